import json

import pytest

from audit.models import Event
from tests.cast import NOON
from tests.factories.treatments import STROKES
from tests.portal.conftest import enter
from treatments.actions import consents
from treatments.models import Consent

pytestmark = pytest.mark.django_db


@pytest.fixture
def presented(plan, practitioner):
    """A consent that waits for Amara."""
    return consents.present(plan, options={"photos_record": True}, by=practitioner, at=NOON)


def filled(consent, **more):
    values = {"understood": "on", "strokes": json.dumps(STROKES), "sha256": consent.document.sha256}
    return {name: value for name, value in {**values, **more}.items() if value is not None}


def test_what_waits_stands_on_the_first_page_and_among_the_papers(phone, presented):
    assert f"/portal/consents/{presented.pk}/" in phone.get("/portal/home/").content.decode()
    assert f"/portal/consents/{presented.pk}/" in phone.get("/portal/documents/").content.decode()


def test_the_patient_reads_and_signs_as_herself(phone, patient, presented):
    address = f"/portal/consents/{presented.pk}/"
    page = phone.get(address).content.decode()
    assert "Vitamin C" in page
    assert presented.document.sha256 in page

    assert phone.post(address, filled(presented)).status_code == 302

    presented.refresh_from_db()
    user = patient.portal_accesses.get().user
    assert (presented.state, presented.signed_by) == ("signed", user)
    signature = presented.document.signatures.get()
    assert (signature.role, signature.by, signature.witnessed_by, signature.ip) == ("patient", user, None, "127.0.0.1")
    assert Event.objects.about(presented).filter(actor_id=user.pk).kinds() == ["consent.signed"]
    after = phone.get(address).content.decode()
    assert "You have signed" in after
    assert "<canvas" not in after


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"understood": None}, "Tick that you have read it"),
        ({"strokes": ""}, "Sign in the box"),
        ({"strokes": "[]"}, "empty"),
        ({"strokes": "not a drawing"}, "JSON"),
        ({"strokes": '[[["x", 1, 2]]]'}, "outside the board"),
        ({"sha256": "0" * 64}, "not the text that was issued"),
    ],
)
def test_what_is_missing_or_wrong_is_said_and_nothing_is_signed(phone, presented, wrong, said):
    answer = phone.post(f"/portal/consents/{presented.pk}/", filled(presented, **wrong))

    assert answer.status_code == 422
    assert said in answer.content.decode()
    presented.refresh_from_db()
    assert presented.state == "presented"


def test_a_signature_that_was_drawn_is_kept_when_the_tick_was_forgotten(phone, presented):
    answer = phone.post(f"/portal/consents/{presented.pk}/", filled(presented, understood=None))
    assert "[[[10, 10, 0]" in answer.content.decode().replace("&quot;", '"')


def test_two_taps_sign_once(phone, presented):
    address, values = f"/portal/consents/{presented.pk}/", {**filled(presented), "idempotency_key": "one-form"}

    assert [phone.post(address, values).status_code for _ in range(2)] == [302, 302]
    assert phone.post(address, filled(presented)).status_code == 422
    assert presented.document.signatures.count() == 1


def test_nobody_else_signs_it(presented, other_patient):
    bruno = enter(other_patient)
    address = f"/portal/consents/{presented.pk}/"

    assert bruno.get(address).status_code == 404
    assert bruno.post(address, filled(presented)).status_code == 404
    presented.refresh_from_db()
    assert presented.state == "presented"


def test_the_form_takes_no_role_no_name_and_no_patient(phone, patient, presented):
    extra = {"role": "practitioner", "signer_name": "Dr Evil", "patient": 99, "by": 1, "witness": "on"}

    phone.post(f"/portal/consents/{presented.pk}/", {**filled(presented), **extra})

    signature = presented.document.signatures.get()
    assert (signature.role, signature.signer_name) == ("patient", patient.full_name)
    assert signature.witnessed_by is None


def test_a_withdrawn_consent_is_read_but_not_signed(phone, presented, practitioner):
    consents.withdraw(presented, reason="changed her mind", by=practitioner, at=NOON)
    address = f"/portal/consents/{presented.pk}/"

    page = phone.get(address).content.decode()
    assert "withdrawn" in page
    assert "changed her mind" not in page
    assert phone.post(address, filled(presented)).status_code == 422


def test_a_link_for_one_consent_opens_that_consent_alone(patient, presented):
    phone = enter(patient, purpose="sign_consent", subject_kind="consent", subject_id=presented.pk)
    address = f"/portal/consents/{presented.pk}/"

    for page in ("/portal/home/", "/portal/documents/", "/portal/me/", "/portal/person/"):
        assert phone.get(page)["Location"] == address
    assert phone.get(f"/portal/documents/{presented.document_id}/").status_code == 200
    assert phone.post(address, filled(presented)).status_code == 302
    assert Consent.objects.get().state == "signed"


def test_a_link_for_one_consent_opens_no_other(patient, presented, plan, practitioner):
    other = consents.present(plan, options={}, by=practitioner, at=NOON)
    phone = enter(patient, purpose="sign_consent", subject_kind="consent", subject_id=presented.pk)

    assert phone.get(f"/portal/consents/{other.pk}/").status_code == 404
    assert phone.get(f"/portal/documents/{other.document_id}/").status_code == 404


def test_the_consent_page_has_a_budget(phone, presented, django_assert_max_num_queries):
    phone.get(f"/portal/consents/{presented.pk}/")
    with django_assert_max_num_queries(16):
        phone.get(f"/portal/consents/{presented.pk}/")
