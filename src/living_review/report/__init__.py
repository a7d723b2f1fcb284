"""Tables, text and marks for readers: what the notebooks and the prose pages show.

A module is imported when it is first used: ``from living_review import report; report.audit``.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submodules={
        "across",
        "audit",
        "audit_examples",
        "audit_power",
        "bounds",
        "bounds_file",
        "by_disease",
        "chapter",
        "context",
        "context_figure",
        "context_tables",
        "context_words",
        "counts",
        "diff",
        "display",
        "explorer",
        "extraction",
        "findings",
        "harms",
        "html",
        "lineage",
        "margins",
        "practical",
        "prose",
        "ratings",
        "sections",
        "substitutions",
        "summary_of_findings",
        "synthesis",
        "synthesis_parts",
        "timelines",
        "what_if",
        "what_would_fall",
    },
    submod_attrs={
        "display": ["answer", "figure", "json_data", "provenance_line", "summary_box", "table", "text"],
    },
)
