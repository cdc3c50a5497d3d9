from datetime import UTC, date, datetime

import pytest

from audit.models import Event
from common.refused import Refused
from documents import pdfs, tasks
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


def words_of(document):
    return " ".join(f"{each.heading} {each.html}" for each in pdfs.sections_of(document))


def declined_case_8(house, priya, practitioner, **values):
    return declines.decline(
        priya,
        protocol=protocol(house, PCDC),
        reasons=["Breastfeeding for five months"],
        instead=["wait", "family_doctor", "psychology"],
        recheck_on=date(2025, 12, 1),
        by=practitioner,
        at=JUNE,
        **values,
    )


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["1 December 2025", "Psychological support", "11 June 2025"]),
        ("fr", ["1 décembre 2025", "11 juin 2025", "Votre demande", "Un soutien psychologique"]),
        ("es", ["1 de diciembre de 2025", "11 de junio de 2025", "Su solicitud", "Apoyo psicológico"]),
    ],
)
def test_the_letter_says_no_and_neither_what_was_asked_nor_why(house, priya, practitioner, language, words):
    priya.language = language
    priya.save(update_fields=["language"])

    letter = words_of(declined_case_8(house, priya, practitioner).document)

    assert all(word in letter for word in words)
    for secret in ("soy", "breast", "lact", "dysmorph", "phosphatidyl", "deoxychol", "allerg", "fat", "gras"):
        assert secret not in letter.lower()


def test_the_letter_is_printed(house, priya, practitioner):
    document = declined_case_8(house, priya, practitioner).document

    assert tasks.render(document)

    document.refresh_from_db()
    assert document.state == "sealed"


def test_somebody_looks_again_on_the_day_agreed(house, priya, practitioner):
    declined_case_8(house, priya, practitioner)

    task = house.tasks.open().get()
    assert (task.due_on, task.patient, task.assignee.user) == (date(2025, 12, 1), priya, practitioner)
    assert task.link == f"/treatments/patients/{priya.pk}/plans/"


def test_without_a_day_nobody_is_reminded(house, priya, practitioner):
    declines.decline(priya, protocol=protocol(house, PCDC), by=practitioner, at=JUNE)

    assert not house.tasks.exists()


def test_a_clinic_without_words_for_the_letter_declines_all_the_same(house, priya, practitioner):
    house.template_versions.filter(template__kind="decline").update(state="retired")

    assert declined_case_8(house, priya, practitioner).document is None
