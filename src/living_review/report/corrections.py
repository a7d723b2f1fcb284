"""*Report a wrong number*: the way from a card of evidence to those who can correct it.

Where the repository is named (``data/review/people.yaml``) the way is its issue form, with the study,
the table, the row and the version filled in; where an e-mail address is, a letter; otherwise the card
shows what to send. Nothing is sent by the page itself.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from urllib.parse import quote, urlencode

from markupsafe import Markup

from living_review.evidence import Review, digest_of, people

FORM = "correct_a_number.yml"  # in .github/ISSUE_TEMPLATE; its fields have these ids
PLACE, VERSION, LOCATOR = "place", "version", "locator"
LABEL = "Report a wrong number"

Line = Callable[[str, str, str, str], tuple[str, Markup]]


def reporter(review: Review) -> Line:
    """Return what makes the line of a card.

    Parameters
    ----------
    review : Review

    Returns
    -------
    callable
        Of study (or ``context``), table, row and place in the paper; it returns the cells of a line.
    """
    named = people.read(review.root)

    # Of the folder that the row is in: a digest of all data would change every card with each cell.
    @cache
    def version(folder: str) -> str:
        return f"{review.version}, data {digest_of([review.data / folder])}"

    def line(study: str, table: str, row: str, locator: str = "") -> tuple[str, Markup]:
        place = f"data/{study}/{table}.csv, row {row}"
        return "Wrong?", _channel(named, place, version(study), locator)

    return line


def _channel(named: people.People, place: str, version: str, locator: str) -> Markup:
    link = Markup('<a href="{}">{}</a>')
    title = f"Correct a number: {place}"
    if named.repository != people.NOT_NAMED:
        filled = {"template": FORM, "title": title, PLACE: place, VERSION: version, LOCATOR: locator}
        query = urlencode({key: text for key, text in filled.items() if text}, quote_via=quote)
        return link.format(f"https://github.com/{named.repository}/issues/new?{query}", LABEL)
    asked = "What the book shows: \nWhat it should show: \nWhere the paper prints it: "
    body = f"Place: {place}\nVersion: {version}\n{asked}{locator}\n"
    if "@" in named.contact and "://" not in named.contact:
        query = urlencode({"subject": title, "body": body}, quote_via=quote)
        return link.format(f"mailto:{named.contact}?{query}", LABEL)
    where = Markup("")
    if named.contact != people.NOT_NAMED:
        where = Markup(" to {}").format(link.format(named.contact, named.contact))
    return Markup(
        "<details><summary>{}</summary>Send{}: {}; version {}; what the book shows, what it should "
        "show, and where the paper prints it.</details>"
    ).format(LABEL, where, place, version)
