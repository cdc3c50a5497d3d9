from datetime import UTC, date, datetime

import pytest

from audit.models import Event
from common.refused import Refused
from scheduling.models import Course
from tests.factories.plans import protocol, start
from treatments.actions import declines
from treatments.models import Declined, TreatmentPlan

PCDC, OTHER = "localised-fat-pcdc-4", "localised-fat-lipolytic-10"
JUNE = datetime(2025, 6, 11, 9, 0, tzinfo=UTC)
EVERY_REASON = [
    {"code": code, "reason": "She insists"}
    for code in ("protocol_unavailable", "allergy", "contraindication", "referral_needed")
]


def refused_for(patient, doctor, slug, **values):
    with pytest.raises(Refused) as refused:
        start(patient, doctor, slug, **values)
    assert not TreatmentPlan.objects.exists()
    assert not Course.objects.exists()
    return refused.value.reasons


def test_case_8_hears_everything_at_once_hardest_first(house, priya, doctor):
    reasons = refused_for(priya, doctor, PCDC)

    assert [(each.code, each.severity) for each in reasons] == [
        ("protocol_unavailable", "block"),
        ("allergy", "block"),
        ("contraindication", "block"),
        ("referral_needed", "warn"),
    ]
    assert "soy" in reasons[1].message
    assert "Phosphatidylcholine, Sodium deoxycholate" in reasons[2].message
    assert all(each.source for each in reasons)


def test_case_8_is_not_to_be_argued_away(house, priya, doctor):
    reasons = refused_for(priya, doctor, PCDC, overrides=EVERY_REASON)

    assert [each.code for each in reasons] == ["protocol_unavailable", "allergy", "contraindication"]


def test_case_8_finds_the_alternative_ruled_out_too(house, priya, doctor):
    reasons = refused_for(priya, doctor, OTHER)

    assert [(each.code, each.severity) for each in reasons] == [
        ("contraindication", "block"),
        ("referral_needed", "warn"),
    ]


def test_a_declined_request_keeps_every_reason_and_no_plan(house, priya, practitioner):
    declined = declines.decline(
        priya,
        protocol=protocol(house, PCDC),
        reasons=["Wait until weaning", "Ask the family doctor"],
        recheck_on=date(2025, 12, 1),
        by=practitioner,
        at=JUNE,
    )

    assert [each["code"] for each in declined.findings] == [
        "protocol_unavailable",
        "allergy",
        "contraindication",
        "referral_needed",
    ]
    assert all(each["source"] for each in declined.findings)
    assert (declined.by, declined.at, declined.recheck_on) == (practitioner, JUNE, date(2025, 12, 1))
    assert Event.objects.about(declined).kinds() == ["request.declined"]
    assert not TreatmentPlan.objects.exists()


def test_a_request_is_declined_for_a_reason(house, patient, practitioner):
    with pytest.raises(Refused, match="Say why") as refused:
        declines.decline(patient, protocol=protocol(house), by=practitioner, at=JUNE)

    assert refused.value.code == "reason_needed"
    assert not Declined.objects.exists()
