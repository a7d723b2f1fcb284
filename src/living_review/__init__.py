"""mTOR inhibitors in mTOR-driven lesions: the code that the notebooks share."""
