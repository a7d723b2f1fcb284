"""How single patients are called, in figures, tables and sentences."""

from __future__ import annotations

from living_review.evidence.model import Study


def label(study: Study, patient: str) -> str:
    """Return how a patient is called: the paper's word if the study has one, else ``Patient 3``.

    Parameters
    ----------
    study : Study
        The opened study.
    patient : str
        Id of the patient: ``p3``.

    Returns
    -------
    str
        For readers, with plain spaces.
    """
    number = patient.removeprefix("p")
    return str(study.groups.get(f"patient_{number}", {}).get("label", f"Patient {number}"))


def label_across(study: Study, patient: str) -> str:
    """Return how a patient is called beside those of other studies: ``Rossi 2027, 1``.

    Parameters
    ----------
    study : Study
        The opened study.
    patient : str
        Id of the patient: ``p1``.

    Returns
    -------
    str
        For readers.
    """
    return f"{study.label}, {patient.removeprefix('p')}"
