"""Case 8 at its original date: a request that must not become a plan."""

from datetime import date

import pytest

from audit.models import Event
from clinic.demo.declined import ASKED_FOR, DAY, INSTEAD, INSTEAD_OF_IT, Contraindicated
from common.dates import local_day
from scheduling.models import Course
from tests.factories.cases import staged
from treatments.models import TreatmentPlan, TreatmentSession


@pytest.fixture(scope="module")
def priya(django_db_setup, django_db_blocker):
    with staged(Contraindicated, django_db_blocker, on=DAY) as case:
        case.patient, case.declined = case.run()
        yield case


def test_everything_is_said_at_once_in_its_order(priya):
    reasons = priya.refused[ASKED_FOR]

    assert [(each.code, each.severity) for each in reasons] == [
        ("protocol_unavailable", "block"),
        ("allergy", "block"),
        ("contraindication", "block"),
        ("referral_needed", "warn"),
    ]
    assert "soy (Phosphatidylcholine)" in reasons[1].message
    assert "breastfeeding rules out Phosphatidylcholine, Sodium deoxycholate" in reasons[2].message


def test_no_word_opens_the_way_past_allergy_and_breastfeeding(priya):
    found = {each["code"]: each["override"] for each in priya.declined.findings}

    assert (found["allergy"], found["contraindication"]) == ("none", "none")
    assert found["referral_needed"] == "practitioner"


def test_the_alternative_is_ruled_out_by_breastfeeding_too(priya):
    assert [(each.code, each.severity) for each in priya.refused[INSTEAD]] == [
        ("contraindication", "block"),
        ("referral_needed", "warn"),
    ]


def test_neither_plan_nor_session_exists(priya):
    assert not TreatmentPlan.objects.exists()
    assert not TreatmentSession.objects.exists()
    assert not Course.objects.exists()
    assert [each.kind.slug for each in priya.patient.appointments.all()] == ["consultation"]


def test_the_declined_request_keeps_reasons_sources_and_the_day_to_look_again(priya):
    declined = priya.declined

    assert [each["code"] for each in declined.findings] == [each.code for each in priya.refused[ASKED_FOR]]
    assert all(each["source"] for each in declined.findings)
    assert len(declined.reasons) == len(INSTEAD_OF_IT) == 5
    assert declined.recheck_on == date(2025, 12, 1)
    assert local_day(declined.at, "Europe/Madrid") == date(2025, 6, 11)


def test_the_record_says_who_looked_and_who_declined(priya):
    marchetti = priya.treats
    viewed = Event.objects.filter(patient_id=priya.patient.pk, kind="chart.viewed")

    assert str(marchetti) == "Elena Marchetti"
    assert {event.actor_id for event in viewed} == {marchetti.pk}
    assert Event.objects.about(priya.declined).kinds()[:1] == ["request.declined"]
    assert priya.declined.by == marchetti


def test_the_letter_is_neutral_and_offers_other_ways(priya):
    letter = priya.declined.document
    said = str(letter.payload).lower()

    assert (letter.kind, letter.patient_id) == ("decline", priya.patient.pk)
    assert letter.payload["recheck_on"] == "2025-12-01"
    assert "surgeon" in said
    assert not any(word in said for word in ("soy", "breastfeeding", "dysmorph", "allerg", "phosphatidyl"))
