"""Search for what explains a printed number."""
from __future__ import annotations
