"""A new review from nothing, and an old one for a newer engine.

``init``      write a review: data, words, one made-up study, chapters, pages, tests, workflows
``chapters``  the notebooks across studies that a new review begins with
``upgrade``   what a newer engine asks of the data of a review
``project``   the files that are copied, ``example`` the made-up study's reading
"""
