"""What the chapter of every study shows in the same way: opened once, each part is one call.

A notebook opens its chapter, then asks for its parts; the numbers, tables and marks come from the
modules beside this one. Names of tables and figures begin with the name of the study, which is added
here.

    page = chapter.start("rossi_2027", globals())
    page.provenance()

What is said, of a table or in a text, is written in ``book/chapters/<study>.md`` (:mod:`.prose`), under
the name that the part has in the notebook.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, TypedDict, Unpack

import pandas as pd
from markupsafe import Markup

from living_review import audit, evidence
from living_review.plots import theme
from living_review.report import audit as report_audit
from living_review.report import (
    citing,
    context,
    counts,
    display,
    evidence_cards,
    lineage,
    prose,
    sections,
    timelines,
)
from living_review.stats.number_words import in_words
from living_review.stats.proportions import Proportion

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from living_review.report.display import HtmlOutput


class TableOptions(TypedDict, total=False):
    """How :func:`living_review.report.display.table` shows a table."""

    row_header: bool
    classes: str
    folded: bool


# The parts of a chapter: the answer, the proof, then what only a methodologist opens.
ORDER = (
    "The answer",
    "In plain language",
    "At a glance",
    "Patients",
    "Results",
    "Harms",
    "Dose, monitoring and stopping",
    "What reproduces and what does not",
    "Appraisal",
    "Data and downloads",
    "Appendix",
)
# The five lines with which each chapter answers, in this order.
LINES = ("Found", "Harm", "How sure", "What later studies say", "What it means and what it does not")
# What a reader calls a column, wherever a chapter does not call it otherwise.
HEADS = {
    "who": "Patient",
    "subject": "About",
    "finding": "Finding, in our words",
    "dated": "Finding, in our words",
    "towards": "Direction",
    "qualifier": "Extent",
    "when": "When",
    "printed": "Printed",
    "locator": "Where",
    "note": "Note",
    "source": "Source",
    "definition": "Outcome",
    "share": "Patients, exact 95% CI",
    "age_years": "Age, years",
    "sex": "Sex",
    "site": "Where",
    "diagnosis": "Diagnosis",
    "drug": "Drug",
    "dose": "Dose",
    "lesion": "Lesion",
    "quantity": "Quantity",
    "statistic": "Statistic",
    "value": "Value",
    "lower": "From",
    "upper": "To",
    "unit": "Unit",
    "n": "Patients",
}
LONG: TableOptions = {
    "classes": "lr-explore",
    "folded": True,
}  # a long table: searched, and opened on a click
CLAIMS: TableOptions = {"classes": "lr-explore lr-claims", "row_header": False, "folded": True}


# The lines of the card with which a chapter opens, by their name in its prose.
GLANCE = {
    "dose": "Dose",
    "target_level": "Target blood level",
    "follow_up": "Follow-up",
    "after_stopping": "After stopping",
    "other_treatment": "Other treatment",
    "printed_for_each_patient": "Printed for each patient",
}


def start(study_id: str, values: Mapping[str, object] | None = None) -> Chapter:
    """Open the chapter of a study: load the evidence, set the look of its figures.

    Parameters
    ----------
    study_id : str
    values : mapping of str to object, optional
        The variables that its prose may name: ``globals()`` of the notebook.

    Returns
    -------
    Chapter
    """
    theme.apply()
    review = evidence.load(keep=study_id)
    return Chapter(review, review.study(study_id), values or {})


class Chapter:
    """The chapter of one study.

    Parameters
    ----------
    review : Review
    study : Study
        Of that review.
    values : mapping of str to object
        The variables that its prose may name.
    """

    def __init__(
        self, review: evidence.Review, study: evidence.Study, values: Mapping[str, object]
    ) -> None:
        self.review = review
        self.study = study
        self.prose = prose.Prose(
            review, study, values, review.root / prose.FOLDER / f"{study.study_id}.md"
        )
        self._prefix = study.study_id.rpartition("_")[0].replace("_", "-")

    # --- Whatever a chapter shows. ----------------------------------------------------------------

    def table(
        self,
        name: str,
        frame: pd.DataFrame,
        columns: str | Mapping[str, str] | None = None,
        *,
        caption: str | None = None,
        heads: Mapping[str, str] | None = None,
        **options: Unpack[TableOptions],
    ) -> HtmlOutput:
        """Show a table, with the caption and perhaps the note that the prose has under its name.

        Parameters
        ----------
        name : str
            Its own part of the name.
        frame : pandas.DataFrame
        columns : str or mapping of str to str, optional
            Names of columns in reading order, or names and what a reader calls them. Default: the
            frame as it is.
        caption : str, optional
            Where the prose has none.
        heads : mapping of str to str, optional
            What a reader calls some of the columns here, in place of :data:`HEADS`.
        **options
            As :func:`living_review.report.display.table` takes them.

        Returns
        -------
        HtmlOutput
            Shown by a notebook as the last line of a cell.
        """
        frame = evidence_cards.with_links(frame)
        if isinstance(columns, str):
            before = {"prior_treatment": f"Before {self.study.meta['drugs'][0].replace('_', ' ')}"}
            known = HEADS | before | dict(heads or {})
            columns = {column: known[column] for column in columns.split()}
        shown = frame if columns is None else sections.for_display(frame, dict(columns))
        caption = self.prose.line(f"{name}/caption", caption)
        note = self.prose.line(f"{name}/note", "") or None
        named = f"{self._prefix}-{name}"
        return display.table(shown, caption, named, note=note, **options)  # type: ignore[arg-type]

    def text(self, name: str) -> HtmlOutput:
        """Show a text of the prose."""
        return display.text(self.prose.text(name))

    def questions(self, name: str, heads: Sequence[str]) -> HtmlOutput:
        """Show what the prose answers under a name: each question is a heading there.

        Parameters
        ----------
        name : str
            Its own part of the name. Under each question is its answer, then a paragraph on why.
        heads : sequence of str
            What a reader calls question, answer and why.

        Returns
        -------
        HtmlOutput
            Shown by a notebook as the last line of a cell.
        """
        asked = [q for q in self.prose.below(name) if q not in ("caption", "note")]
        answers = [self.prose.text(f"{name}/{q}").partition("\n\n")[::2] for q in asked]
        rows = [(q, a, " ".join(why.split("\n"))) for q, (a, why) in zip(asked, answers, strict=True)]
        return self.table(name, pd.DataFrame(rows, columns=list(heads)), folded=True)

    def figure(self, name: str, fig: Figure, data: pd.DataFrame | None = None) -> HtmlOutput:
        """Show a figure, with the text alternative and the caption that the prose has under its name.

        Parameters
        ----------
        name : str
            Its own part of the name.
        fig : matplotlib.figure.Figure
            The figure.
        data : pandas.DataFrame, optional
            The numbers drawn, offered as CSV.

        Returns
        -------
        HtmlOutput
            Shown by a notebook as the last line of a cell.
        """
        alt, caption = (self.prose.line(f"{name}/{part}") for part in ("alt", "caption"))
        return display.figure(fig, f"{self._prefix}-{name}", alt, caption, data)

    def patient(self, patient: str) -> str:
        """Return what a patient is called."""
        return sections.patient_label(self.study, patient)

    def who(self, patients: pd.Series, together: str = "not named") -> list[str]:
        """Return what each patient of a column is called; ``together`` where a row is of no one.

        Parameters
        ----------
        patients : pandas.Series
            Ids, or ``not_applicable``.
        together : str, optional
            Shown where a row is of no single patient.

        Returns
        -------
        list of str
            As many as rows.
        """
        none = "not_applicable"
        return [together if p == none else sections.patient_label(self.study, p) for p in patients]

    def share(self, outcome: str) -> Proportion:
        """Return the share, with its exact interval, that a row of ``outcomes`` gives, cited."""
        row = f"outcomes/{outcome}"
        return citing.cite_proportion(self.study, counts.proportion(self.study.row(row)), row)

    def cite(self, shown: object, *rows: citing.Evidence, how: str = "") -> str:
        """Return a number or words that lead to the rows they rest on; see :func:`citing.cite`.

        Parameters
        ----------
        shown : object
            A number, words or a proportion.
        how : str, optional
            How it was computed, shown with the link.
        *rows : Evidence
            Rows it rests on: ``table/id``, or frames of the study's rows.

        Returns
        -------
        str
            Text with marks that become a link.
        """
        if isinstance(shown, Proportion):
            return str(citing.cite_proportion(self.study, shown, *rows))
        return citing.cite(self.study, shown, *rows, how=how)

    def value(self, reference: str, form: str = "") -> str:
        """Return the cell that ``table/id.column`` names, as ``form`` formats it, cited.

        Parameters
        ----------
        reference : str
            ``table/id.column``.
        form : str, optional
            A format specification.

        Returns
        -------
        str
            Text with marks that become a link.
        """
        return citing.cite(self.study, format(self.study.value(reference), form), reference)

    def statements(self, *classes: str, together: str = "both") -> pd.DataFrame:
        """Return the findings in words of some endpoint classes, by patient.

        Parameters
        ----------
        *classes : str
            Of the vocabulary; default all.
        together : str
            Who is meant where a row is of no one patient.

        Returns
        -------
        pandas.DataFrame
            Rows of ``statements`` with ``who``, the finding with its time (``dated``) and, in words,
            the direction (``towards``).
        """
        rows = self.study.table("statements")
        rows = rows[rows["endpoint_class"].isin(classes)] if classes else rows
        towards = [self.review.word("directions", d) for d in rows["direction"]]
        dated = sections.with_time(rows)
        return rows.assign(who=self.who(rows["patient"], together), towards=towards, dated=dated)

    # --- What every chapter shows. ----------------------------------------------------------------

    def provenance(self) -> HtmlOutput:
        """Show which version of the review and which data the page was made from."""
        return display.provenance_line(self.study, self.review)

    def answer(self) -> HtmlOutput:
        """Show the five lines of the chapter: *found*, *harm* and *meaning* from the prose.

        The certainty and what later studies say come from the review.
        """
        verdicts = Markup(context.verdict_line(self.review, str(self.study.meta["indication"])))
        found, harm, meaning = (
            self.prose.line(f"answer/{part}") for part in ("found", "harm", "meaning")
        )
        said = (found, harm, sections.how_sure(self.study.study_id, self.review), verdicts, meaning)
        return display.answer(dict(zip(LINES, said, strict=True)))

    def at_a_glance(self) -> HtmlOutput:
        """Show the card with what a reader wants first: the same lines for each study."""
        lines = {title: self.prose.line(f"glance/{name}") for name, title in GLANCE.items()}
        return sections.at_a_glance(self.study, self.review, lines)

    def methods(self, *classes: str, patients: bool = True) -> HtmlOutput:
        """Show how the study was done, in words; without ``patients``, what is said of all only.

        Parameters
        ----------
        patients : bool, optional
            Whether findings of single patients are shown as well.
        *classes : str
            Endpoint classes of ``statements``.

        Returns
        -------
        HtmlOutput
            Shown by a notebook as the last line of a cell.
        """
        said = sections.statements(self.study, *classes, patients=patients)
        if said.empty:
            return display.text("The text that was read does not say how the study was done.")
        return self.table("methods", said, **LONG)

    def times(self, events: pd.DataFrame, *, folded: bool = False) -> HtmlOutput:
        """Show printed times one by one.

        Parameters
        ----------
        events : pandas.DataFrame
            Rows of ``events``.
        folded : bool, optional
            Whether it opens on a click.

        Returns
        -------
        HtmlOutput
            Shown by a notebook as the last line of a cell.
        """
        shown = timelines.times(events, self.study, self.review)
        return self.table("times", shown, classes="lr-stack", folded=folded)

    def outcomes(self, columns: str, **options: Unpack[TableOptions]) -> HtmlOutput:
        """Show the results of groups, each with its denominator and interval.

        ``dated`` is the definition with its time as printed, ``when`` the time in months.

        Parameters
        ----------
        columns : str
            Names of columns in reading order.
        **options : Unpack of TableOptions
            As :func:`living_review.report.display.table` takes them.

        Returns
        -------
        HtmlOutput
            Shown by a notebook as the last line of a cell.
        """
        rows = self.study.table("outcomes")
        rows = rows.assign(
            share=counts.with_share(rows, "events", "n"),
            dated=sections.with_time(rows, "definition"),
            when=timelines.in_months(rows),
        )
        return self.table("outcomes", rows, columns, heads={"dated": "Outcome"}, **options)

    def harms(
        self, name: str, rows: pd.DataFrame | None = None, **options: Unpack[TableOptions]
    ) -> HtmlOutput:
        """Show harms as printed: all of the study, or some rows of ``adverse_events``.

        Parameters
        ----------
        name : str
            Its own part of the name.
        rows : pandas.DataFrame, optional
            Rows of ``adverse_events``; all of the study without.
        **options : Unpack of TableOptions
            As :func:`living_review.report.display.table` takes them.

        Returns
        -------
        HtmlOutput
            Shown by a notebook as the last line of a cell.
        """
        return self.table(name, counts.harms(self.study, self.review, rows), **options)

    @cached_property
    def _results(self) -> list[audit.Result]:
        return audit.audit(self.review, self.study.study_id)

    def audit_summary(self) -> HtmlOutput:
        """Show what reproduces, in words, and the findings that matter most."""
        if not self._results:
            return display.text(
                "No claim of this source has been written down, so none was recomputed."
            )
        first = report_audit.headlines(self._results, self.study.study_id)
        findings = report_audit.findings_list(first, self.review, chapter=True)
        matter = f"The {in_words(len(first))} that matter most to a reader:\n\n" * (len(first) > 1)
        return display.text(f"{report_audit.summary(self._results)}\n\n{matter}{findings}")

    def audit_conflicts(self) -> HtmlOutput:
        """Show the claims that do not reproduce."""
        caption = "Claims that do not reproduce as printed"
        return self._claims("conflicts", caption, conflict=True)

    def audit_rest(self) -> HtmlOutput:
        """Show the claims that do, and those that nobody can check."""
        caption = "Claims that reproduce, or cannot be checked"
        return self._claims("claims", caption, conflict=False)

    def _claims(
        self, name: str, caption: str, *, conflict: bool, **options: Unpack[TableOptions]
    ) -> HtmlOutput:
        ordered = report_audit.ordered(self._results, self.review)
        evidence.reads.note(f"{self.study.study_id}/claims")  # read once, for another cell perhaps
        chosen = [result for result in ordered if result.is_finding == conflict]
        if not chosen:
            none = "No claim is in conflict with what the source prints."
            return display.text(none if conflict else "There is no other claim.")
        shown = report_audit.table(chosen, self.review, chapter=True)
        return self.table(name, shown, caption=caption, **CLAIMS)

    def appraisal(self) -> HtmlOutput:
        """Show the judgements on the study."""
        items = sections.appraisal(self.study, self.review)
        return self.table("appraisal", items, caption="Appraisal, item by item", folded=True)

    def certainty(self) -> HtmlOutput:
        """Show how the certainty was rated."""
        steps = sections.certainty(self.study.study_id, self.review)
        caption = "How certain: the rating, step by step"
        return self.table("certainty", steps, caption=caption, row_header=False, folded=True)

    def would_fall(self) -> HtmlOutput:
        """Show which statements, verdicts and numbers of the review hang on this source."""
        from living_review.report import what_would_fall

        frame = what_would_fall.of_source(self.review, self.study.study_id)
        caption = f"What would change in this review without {self.study.label}"
        return self.table("would-fall", frame, caption=caption, folded=True)

    def quoted(self) -> HtmlOutput:
        """Show what the paper quotes from others."""
        about = "Results of other studies and background as this paper quotes them"
        caption = f"{about}; not results of this study"
        return self.table("quoted", sections.quoted(self.study), caption=caption, **LONG)

    def downloads(self) -> HtmlOutput:
        """Show the tables of the study as files."""
        caption = "The evidence of this chapter as tables"
        return self.table("downloads", sections.downloads(self.study), caption=caption, folded=True)


lineage.OPENED.append(Chapter)
