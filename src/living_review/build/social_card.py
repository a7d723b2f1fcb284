"""The picture that other sites show beside a link to this one: the top of the synthesis figure."""

from __future__ import annotations

import textwrap
from pathlib import Path

from living_review.build import digest

SIZE = (12, 6.3)  # inches; at 100 dots an inch the 1200 by 630 that such pictures have
GROUPS = 3  # endpoints shown
LINES = 6  # of each at most: a card is looked at for a second
MADE_FROM = (".csv", ".yaml", ".json", ".py")


def made_from(root: Path) -> str:
    """Return the digest of what the card is drawn from: the data, and the code that draws."""
    return digest.of_files(
        (path.relative_to(folder).as_posix(), path)
        for folder in (root / "data", Path(__file__).parents[1])
        for path in sorted(p for p in folder.rglob("*") if p.suffix in MADE_FROM)
    )


def write(root: Path, path: Path) -> None:
    """Draw the card from the data.

    Parameters
    ----------
    root : Path
        Top folder of the project.
    path : Path
        Where the PNG goes.
    """
    import matplotlib as mpl

    mpl.use("agg")
    import matplotlib.pyplot as plt

    from living_review import evidence, synthesis
    from living_review.evidence import topic
    from living_review.plots import basic, theme

    review = evidence.load(root)
    lines = synthesis.forest_rows(review)
    lines = lines[lines["of"] == "evaluable"]
    lines = lines[lines["group"].isin(lines["group"].unique()[:GROUPS])]
    lines = lines.groupby("group", sort=False).head(LINES)
    theme.apply()
    with mpl.rc_context({"figure.constrained_layout.use": False}):
        fig = plt.figure(figsize=SIZE)
    for number, line in enumerate(textwrap.wrap(topic.title(root), 20)[:2]):
        fig.text(0.04, 0.86 - 0.085 * number, line, size=29, weight="bold", color=theme.INK)
    fig.text(0.04, 0.67, "A living review that recomputes", size=17, color=theme.MUTED)
    fig.text(0.04, 0.61, "every number of its sources", size=17, color=theme.MUTED)
    fig.text(
        0.04,
        0.08,
        f"Version {review.version} · shares of patients, exact 95% intervals",
        size=14,
        color=theme.ACCENT,
    )
    fig.add_artist(plt.Line2D([0, 1], [1, 1], color=theme.ACCENT, linewidth=24))
    ax = fig.add_axes((0.48, 0.11, 0.48, 0.8))
    basic.forest(ax, lines.assign(look=lines["study_id"].map(review.looks)))
    path.parent.mkdir(parents=True, exist_ok=True)
    fig.savefig(path, dpi=100, metadata={"Software": None})
    plt.close(fig)
