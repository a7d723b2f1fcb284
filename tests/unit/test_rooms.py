"""Oracle: the evidence itself, and small tables written here."""

import pytest

from living_review import evidence, rooms


@pytest.fixture(scope="module")
def review():
    return evidence.load()


def test_a_patient_is_called_as_the_paper_calls_them(review):
    assert rooms.person(review.study("carolino_2025"), "p1") == "Case\N{NO-BREAK SPACE}1"
    # No group of one stands for this patient: the number alone names them.
    assert rooms.person(review.study("benson_2014"), "p7") == "Patient\N{NO-BREAK SPACE}7"


def test_a_harm_of_one_person_names_the_person_and_forms_no_share(review):
    study = review.study("carolino_2025")
    shown = rooms.harms(study, review).set_index("Printed term")["Patients"]
    assert shown["pruritic rash"] == "Case\N{NO-BREAK SPACE}2"
    assert shown["no reported side effects"] == "Case\N{NO-BREAK SPACE}1: none"
    assert shown["Rash"] == "not reported"
