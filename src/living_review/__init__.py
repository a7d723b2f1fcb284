"""A living review that recomputes every number: the code that its notebooks share."""
