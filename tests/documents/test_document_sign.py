import math

import pytest

from audit.models import Event
from common.refused import Refused
from documents.actions import documents
from documents.models import Document, Signature
from tests.cast import NOON
from tests.factories import documents as papers
from tests.factories.patients import register


@pytest.fixture
def consent(clinic):
    return papers.issue(clinic, register(clinic), "consent")


def test_the_patient_signs_first_then_the_practitioner_and_the_file_is_due(consent, nurse, practitioner):
    with pytest.raises(Refused, match="patient signs first"):
        papers.sign(consent, "practitioner", practitioner)

    mine = papers.sign(consent, "patient", nurse, witness=True, signer_name="Amara Okonkwo")
    consent.refresh_from_db()
    assert consent.render_after == documents.NOT_YET
    assert (mine.witnessed_by, mine.signer_name, mine.shown_sha256) == (nurse, "Amara Okonkwo", consent.sha256)

    papers.sign(consent, "practitioner", practitioner)
    consent.refresh_from_db()
    assert consent.render_after == NOON
    assert Event.objects.filter(kind="document.signed").count() == 2


def test_a_signature_under_another_text_is_refused(consent, nurse):
    with pytest.raises(Refused, match="not the text that was issued"):
        papers.sign(consent, "patient", nurse, sha256="0" * 64)
    assert not Signature.objects.exists()


def test_nobody_signs_twice_in_one_role(consent, nurse):
    papers.sign(consent, "patient", nurse)

    with pytest.raises(Refused, match="already signed"):
        papers.sign(consent, "patient", nurse)


def test_two_hands_at_once_sign_once(committed, clinic, nurse, at_once):
    consent = papers.issue(clinic, register(clinic), "consent")
    results = at_once(lambda _n: papers.sign(consent, "patient", nurse), range(4))

    assert sum(isinstance(each, Signature) for each in results) == 1
    assert sum(isinstance(each, Refused) for each in results) == 3


def test_a_sheet_of_advice_is_not_signed(clinic, nurse):
    with pytest.raises(Refused, match="Nobody signs"):
        papers.sign(papers.issue(clinic, register(clinic)), "patient", nurse)


def test_a_failure_in_the_middle_leaves_no_signature(consent, nurse, monkeypatch):
    monkeypatch.setattr(documents.rules, "is_complete", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        papers.sign(consent, "patient", nurse)

    assert not Signature.objects.exists()
    assert Document.objects.get().render_after == documents.NOT_YET


@pytest.mark.parametrize(
    "drawn",
    [
        [],
        [[]],
        [[[1, 2]]],
        None,
        "strokes",
        [["ab", "cd"]],
        [[[1, 2], [math.nan, 3]]],
        [[[1, 2], [math.inf, 3]]],
        [[[1, 2], [True, 3]]],
        [[[1, 2], [9_999, 3]]],
        [[[1, 2], [1]]],
        [[[1, 2, 3, 4, 5], [1, 2]]],
        [[[1, 2]] * 20_001],
        {"a": 1},
    ],
)
def test_what_is_not_a_drawing_is_not_a_signature(consent, nurse, drawn):
    with pytest.raises(Refused):
        papers.sign(consent, "patient", nurse, strokes=drawn)
    assert not Signature.objects.exists()
