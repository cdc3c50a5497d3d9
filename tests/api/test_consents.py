import pytest
from rest_framework.test import APIClient

from documents.models import Signature
from tests.cast import NOON, PASSWORD
from tests.factories.plans import sign
from tests.factories.treatments import STROKES
from treatments.actions import consents
from treatments.models import Consent

CONSENTS = "/api/v1/consents/"
OPTIONS = {"photos_record": True, "photos_teaching": False, "photos_marketing": False}


def signed(consent, role, values=()):
    return {"role": role, "strokes": STROKES, "sha256": consent.document.sha256} | dict(values)


def test_a_consent_is_presented_signed_and_countersigned(api, front_desk, practitioner, plan):
    machine = api(front_desk)

    made = machine.post(CONSENTS, {"plan": plan.pk, "language": "en", "options": OPTIONS})
    consent = Consent.objects.select_related("document").get()
    assert made.status_code == 201
    assert (made.json()["id"], made.json()["document"], made.json()["sha256"]) == (
        consent.pk,
        consent.document_id,
        consent.document.sha256,
    )

    first = machine.post(f"{CONSENTS}{consent.pk}/sign/", signed(consent, "patient"))
    assert (first.status_code, first.json()["state"]) == (200, "signed")
    last = api(practitioner, confirmed=True).post(f"{CONSENTS}{consent.pk}/sign/", signed(consent, "practitioner"))
    assert (last.status_code, last.json()["state"]) == (200, "countersigned")
    assert Signature.objects.get(role="patient").witnessed_by == front_desk


def test_countersigning_needs_a_fresh_proof(api, practitioner, signed_consent):
    practitioner.set_password(PASSWORD)
    practitioner.save()

    answer = api(practitioner).post(f"{CONSENTS}{signed_consent.pk}/sign/", signed(signed_consent, "practitioner"))

    assert (answer.status_code, answer.json()["code"]) == (403, "step_up_required")


def test_the_front_desk_never_countersigns(api, front_desk, signed_consent):
    answer = api(front_desk, confirmed=True).post(
        f"{CONSENTS}{signed_consent.pk}/sign/", signed(signed_consent, "practitioner")
    )

    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


def test_a_colleague_never_countersigns(api, colleague, signed_consent):
    answer = api(colleague, confirmed=True).post(
        f"{CONSENTS}{signed_consent.pk}/sign/", signed(signed_consent, "practitioner")
    )

    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert Consent.objects.get().state == "signed"


@pytest.mark.parametrize(
    ("values", "status", "code"),
    [
        ({"sha256": "0" * 64}, 409, "consent_outdated"),
        ({"strokes": []}, 409, "signature_missing"),
        ({"strokes": "scribble"}, 400, "invalid"),
        ({"role": "witness"}, 400, "invalid"),
        ({"signed_at": "now"}, 400, "unknown_field"),
    ],
)
def test_a_signature_that_is_none_is_refused(api, front_desk, presented_consent, values, status, code):
    answer = api(front_desk).post(
        f"{CONSENTS}{presented_consent.pk}/sign/", signed(presented_consent, "patient", values)
    )

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert Consent.objects.get().state == "presented"


def test_the_patient_signs_first(api, practitioner, presented_consent):
    answer = api(practitioner, confirmed=True).post(
        f"{CONSENTS}{presented_consent.pk}/sign/", signed(presented_consent, "practitioner")
    )

    assert (answer.status_code, answer.json()["code"]) == (409, "wrong_state")


def test_an_unknown_option_is_an_error(api, front_desk, plan):
    answer = api(front_desk).post(CONSENTS, {"plan": plan.pk, "options": {"soul": True}})

    assert (answer.status_code, answer.json()["code"]) == (400, "unknown_field")
    assert not Consent.objects.exists()


def test_a_consent_is_withdrawn_once(api, front_desk, consent):
    machine, address = api(front_desk), f"{CONSENTS}{consent.pk}/withdraw/"

    assert machine.post(address, {}).status_code == 400
    assert machine.post(address, {"reason": "Changed her mind"}).json()["state"] == "withdrawn"
    assert machine.post(address, {"reason": "Again"}).json()["code"] == "already_done"


def test_who_sees_what_of_a_consent(api, client, owner, nurse, colleague, front_desk, auditor, stranger, consent):
    address = f"{CONSENTS}{consent.pk}/"

    assert client.get(address).status_code == 401
    assert api(stranger).get(address).status_code == 404
    for reader in (owner, nurse, colleague, auditor):
        assert api(reader).get(address).json()["options"]["photos_record"] is True
    assert api(front_desk).get(address).json()["options"] is None
    assert api(auditor).post(f"{address}withdraw/", {"reason": "x"}).status_code == 403
    assert api(auditor).post(CONSENTS, {"plan": consent.plan_id}).status_code == 403


def test_two_signatures_at_once_are_one(api, front_desk, presented_consent, at_once):
    machine = api(front_desk)
    address, body = f"{CONSENTS}{presented_consent.pk}/sign/", signed(presented_consent, "patient")
    credentials = machine._credentials

    def tap(_number):
        own = APIClient()
        own.default_format = "json"
        own.credentials(**credentials)
        return own.post(address, body)

    answers = at_once(tap, range(4))

    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert Signature.objects.count() == 1


@pytest.mark.parametrize("more", [0, 3])
def test_the_list_asks_the_database_as_often_for_one_as_for_many(
    api, nurse, practitioner, plan, consent, more, django_assert_num_queries
):
    for _time in range(more):
        sign(consents.present(plan, by=practitioner, at=NOON), "patient", practitioner)
    machine = api(nurse)
    machine.get(CONSENTS)

    with django_assert_num_queries(4):
        rows = machine.get(CONSENTS).json()["results"]

    assert len(rows) == 1 + more
