from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from patients.actions import alerts, statements, weights
from patients.models import AlertKind, StatementState
from tests.cast import NOON

pytestmark = pytest.mark.django_db
SECRETS = ["Kestinol", "apixaban", "porphyria", "71.25", "71,25", "anticoagulant", "suspected of lying"]


@pytest.fixture
def stated(patient, practitioner, front_desk):
    """A patient of whom much was said, by a clinician and by the front desk itself."""
    statements.state_allergy(patient, "Kestinol", severity="anaphylaxis", by=front_desk, at=NOON)
    statements.state_medicine(patient, "apixaban 5 mg", by=practitioner, at=NOON)
    statements.state_condition(patient, "porphyria", by=front_desk, at=NOON)
    statements.state_condition(patient, "pregnant", by=practitioner, at=NOON)
    weights.record(patient, weight_kg=Decimal("71.25"), by=front_desk, at=NOON)
    alerts.raise_alert(patient, kind=AlertKind.CLINICAL, text="suspected of lying", by=practitioner, at=NOON)
    alerts.raise_alert(patient, kind=AlertKind.ACCESS, text="comes with a wheelchair", by=practitioner, at=NOON)
    return patient


def test_the_banner_tells_a_clinician_what_to_heed(stated, nurse, as_user):
    page = as_user(nurse).get(f"/patients/{stated.pk}/edit/").content.decode()

    for heard in ["Kestinol (anaphylaxis, not checked)", "apixaban", "pregnant", "suspected of lying", "To review"]:
        assert heard in page


def test_an_allergy_that_nobody_knows_is_one_chip(patient, nurse, as_user):
    statements.state_allergy(patient, "Kestinol", severity="mild", by=nurse, at=NOON)

    page = as_user(nurse).get(f"/patients/{patient.pk}/edit/").content.decode()

    assert page.count("Kestinol (not checked)") == page.count("Kestinol") == 1
    assert "Not checked" not in page
    statements.state_medicine(patient, "Zorbitol", by=nurse, at=NOON)
    assert "Not checked" in as_user(nurse).get(f"/patients/{patient.pk}/edit/").content.decode()


@pytest.mark.parametrize("page", ["", "history/", "edit/", "contact/", "portal/", "log/", "alerts/", "team/"])
def test_the_front_desk_sees_chips_without_their_text_on_every_page(stated, front_desk, as_user, page):
    answer = as_user(front_desk).get(f"/patients/{stated.pk}/{page}")
    shown = answer.content.decode()

    assert answer.status_code == 200
    for chip in ["Allergy", "Bleeds more", "Pregnancy", "Not checked", "Clinical", "comes with a wheelchair"]:
        assert chip in shown
    for secret in SECRETS:
        assert secret not in shown


@pytest.mark.parametrize(
    "url",
    ["/patients/", "/patients/?q=kestinol", "/patients/tasks/?show=all", "/patients/tasks/?show=done",
     "/patients/alike/?given_name=Amara&family_name=Okonkwo", "/patients/find/?q=amara"],
)  # fmt: skip
def test_no_list_tells_the_front_desk_what_was_stated(stated, front_desk, as_user, url):
    shown = as_user(front_desk).get(url).content.decode()

    for secret in SECRETS[:-1]:
        assert secret not in shown.replace("kestinol", "")


def test_stating_the_same_again_tells_the_front_desk_nothing(stated, front_desk, as_user):
    browser = as_user(front_desk)
    known = browser.post(f"/patients/{stated.pk}/history/allergy/", {"name": "kestinol"}, follow=True)
    fresh = browser.post(f"/patients/{stated.pk}/history/allergy/", {"name": "walnuts"}, follow=True)

    assert known.status_code == fresh.status_code == 200
    assert "waits for a clinician" in known.content.decode()
    assert "waits for a clinician" in fresh.content.decode()
    assert "walnuts" not in fresh.content.decode()


@pytest.mark.parametrize(
    ("kind", "form", "count"),
    [
        ("allergy", {"name": "D'Angelo's soap <b>", "severity": "mild"}, "allergies"),
        ("condition", {"name": "épilepsie", "since_on": "2010-01-01"}, "conditions"),
        ("medicine", {"name": "ibuprofen", "dose": "400 mg", "prescribed": "on"}, "medicines"),
        ("weight", {"weight_kg": "64,5"}, "weights"),
    ],
)
def test_the_front_desk_adds_what_the_patient_tells(patient, front_desk, as_user, kind, form, count):
    answer = as_user(front_desk).post(f"/patients/{patient.pk}/history/{kind}/", form)

    assert answer["Location"] == f"/patients/{patient.pk}/history/"
    assert getattr(patient, count).unreviewed().count() == 1


@pytest.mark.parametrize(
    ("kind", "form", "says"),
    [
        ("allergy", {"name": ""}, "This field is required"),
        ("allergy", {"name": "none"}, "Leave it empty"),
        ("weight", {"weight_kg": "1,000.5"}, "is not a number"),
        ("weight", {"weight_kg": "64", "measured_on": "2999-01-01"}, "in the future"),
        ("medicine", {"name": "x" * 201}, "at most 200"),
    ],
)
def test_a_wrong_statement_is_explained_and_kept(patient, nurse, as_user, kind, form, says):
    answer = as_user(nurse).post(f"/patients/{patient.pk}/history/{kind}/", form)

    assert answer.status_code == 422
    assert says in answer.content.decode()
    for name, value in form.items():
        assert answer.context["forms"][kind][name].value() == value


def test_a_nurse_confirms_refutes_ends_and_names_on_the_page(stated, nurse, as_user):
    browser = as_user(nurse)
    soap, porphyria, weight = stated.allergies.get(), stated.conditions.get(slug="porphyria"), stated.weights.get()
    base = f"/patients/{stated.pk}/history"

    assert browser.get(f"{base}/allergy/{soap.pk}/confirm/").status_code == 200
    browser.post(f"{base}/allergy/{soap.pk}/confirm/")
    browser.post(f"{base}/allergy/{soap.pk}/identify/", {"slugs": ["soy"]})
    browser.post(f"{base}/weight/{weight.pk}/confirm/")
    refused = browser.post(f"{base}/condition/{porphyria.pk}/refute/", {"reason": ""})
    browser.post(f"{base}/condition/{porphyria.pk}/refute/", {"reason": "blood test"})
    browser.post(f"{base}/medicine/{stated.medicines.get().pk}/end/", {"ended_on": "2025-01-31"})

    assert refused.status_code == 422
    soap.refresh_from_db()
    porphyria.refresh_from_db()
    assert (soap.state, soap.allergens, soap.checked) == (StatementState.CONFIRMED, ["soy"], True)
    assert (porphyria.state, porphyria.note) == (StatementState.REFUTED, "blood test")
    assert stated.medicines.get().state == StatementState.ENDED
    assert not stated.tasks.open().exists()


@pytest.mark.parametrize("act", ["confirm", "refute", "end", "identify"])
@pytest.mark.parametrize("who", ["front_desk", "owner", "auditor"])
def test_only_clinicians_settle(stated, as_user, request, who, act):
    soap = stated.allergies.get()
    browser = as_user(request.getfixturevalue(who))

    for answer in [
        browser.get(f"/patients/{stated.pk}/history/allergy/{soap.pk}/{act}/"),
        browser.post(f"/patients/{stated.pk}/history/allergy/{soap.pk}/{act}/", {"reason": "x"}),
    ]:
        assert answer.status_code == 403
        assert "Kestinol" not in answer.content.decode()
    soap.refresh_from_db()
    assert soap.state == StatementState.UNREVIEWED


def test_a_statement_is_reached_only_through_its_own_patient(stated, other_patient, nurse, stranger, as_user):
    soap = stated.allergies.get()

    assert as_user(nurse).post(f"/patients/{other_patient.pk}/history/allergy/{soap.pk}/confirm/").status_code == 404
    assert as_user(stranger).post(f"/patients/{stated.pk}/history/allergy/{soap.pk}/confirm/").status_code == 404
    assert as_user(nurse).get(f"/patients/{stated.pk}/history/alert/{soap.pk}/confirm/").status_code == 404
    assert as_user(nurse).get(f"/patients/{stated.pk}/history/allergy/{soap.pk}/delete/").status_code == 404
    assert as_user(nurse).post(f"/patients/{stated.pk}/history/nonsense/", {"name": "x"}).status_code == 404


def test_the_history_page_says_what_the_checks_understood_and_asks_what_is_open(patient, nurse, as_user):
    statements.state_medicine(patient, "aspirin", by=nurse, at=NOON)
    statements.state_allergy(patient, "shellfish", by=nurse, at=NOON)

    page = as_user(nurse).get(f"/patients/{patient.pk}/history/").content.decode()

    assert "Antiplatelets" in page
    assert "aspirin (low-dose) or aspirin (pain-dose)" in page
    assert "not fish; ask" in page
    assert "Not checked" in page


def test_a_minor_carries_a_chip(clinic, nurse, as_user):
    from tests.factories.patients import register

    child = register(clinic, born_on=timezone.localdate() - timedelta(days=17 * 365))

    assert "Under 18" in as_user(nurse).get(f"/patients/{child.pk}/").content.decode()
