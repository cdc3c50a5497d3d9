from datetime import date
from decimal import Decimal

import pytest

from common.refused import Refused
from tests.factories.treatments import NOTHING_NEW, answered, minutes
from treatments.actions import sessions


def codes(session, stage="screening"):
    return sorted(session.findings.filter(stage=stage).values_list("code", flat=True))


@pytest.mark.parametrize("question", list(NOTHING_NEW))
def test_each_of_the_five_questions_wants_an_answer_of_its_own(consented_session, practitioner, question):
    answers = {key: value for key, value in NOTHING_NEW.items() if key != question}

    with pytest.raises(Refused, match=question.replace("_", " ")):
        sessions.screen(consented_session, answers=answers, by=practitioner, at=minutes(1))


def test_an_answer_is_one_of_those_offered(consented_session, practitioner):
    with pytest.raises(Refused, match="answered with one of"):
        answered(consented_session, by=practitioner, pregnancy="perhaps")


def test_nothing_new_finds_nothing(screened_session):
    assert codes(screened_session) == []


def test_pregnancy_stops_the_treatment(consented_session, practitioner):
    session = answered(consented_session, by=practitioner, pregnancy="yes")

    found = session.findings.get(stage="screening", code="contraindication")
    assert found.severity == "block"


def test_what_is_not_known_wants_a_word(consented_session, practitioner):
    session = answered(consented_session, by=practitioner, infection="unknown", last_reaction="severe")

    assert codes(session) == ["contraindication", "not_checked"]
    assert set(session.findings.values_list("severity", flat=True)) == {"warn"}


def test_without_a_consent_the_screening_says_so(open_session, practitioner):
    session = answered(open_session, by=practitioner)

    assert "consent_missing" in codes(session)


def test_a_second_answer_replaces_the_first_and_its_findings(screened_session, practitioner):
    answered(screened_session, by=practitioner, pregnancy="yes")
    session = answered(screened_session, by=practitioner, at=minutes(2))

    assert codes(session) == []
    assert session.screening.answered_at == minutes(2)


def test_the_weight_of_today_is_written_down(consented_session, practitioner):
    session = sessions.screen(
        consented_session, answers=NOTHING_NEW, weight_kg=Decimal("64"), by=practitioner, at=minutes(1)
    )

    assert session.screening.weight.kg == Decimal("64")
    assert session.patient.weight_on(date(2025, 2, 3)).kg == Decimal("64")


def test_an_old_version_of_the_page_does_not_overwrite_a_newer_one(screened_session, practitioner):
    with pytest.raises(Refused) as refused:
        sessions.screen(screened_session, answers=NOTHING_NEW, revision=1, by=practitioner, at=minutes(1))

    assert refused.value.code == "stale_revision"
