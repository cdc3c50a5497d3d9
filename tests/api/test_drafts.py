"""What is typed into a step of a session is kept until it is saved: one's own, revision by revision, for some days."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import Event
from patients.actions import drafts
from patients.models import Draft
from patients.tasks import sweep

pytestmark = pytest.mark.django_db


@pytest.fixture
def address(open_session):
    return f"/api/v1/drafts/session:{open_session.pk}:zones/"


def typed(text, revision=0):
    return {"body": {"fields": [["note", text]]}, "revision": revision}


def test_a_draft_is_begun_kept_and_read_again(api, practitioner, address, open_session):
    machine = api(practitioner)
    assert machine.get(address).json() == {"body": {}, "revision": 0, "saved_at": None}

    assert machine.put(address, typed("one")).json()["revision"] == 1
    assert machine.put(address, typed("two", 1)).json()["revision"] == 2

    shown = machine.get(address).json()
    assert shown["body"] == {"fields": [["note", "two"]]}
    kept = Draft.objects.get()
    assert (kept.user, kept.patient) == (practitioner, open_session.patient)
    assert Event.objects.about(kept).kinds() == ["draft.begun"]


@pytest.mark.parametrize("revision", [0, 7])
def test_another_window_s_draft_is_shown_and_not_overwritten(api, practitioner, address, revision):
    machine = api(practitioner)
    machine.put(address, typed("mine"))

    refused = machine.put(address, typed("the other window's", revision))

    assert refused.status_code == 409
    assert refused.json()["code"] == "stale_revision"
    assert refused.json()["theirs"]["body"] == {"fields": [["note", "mine"]]}
    assert refused.json()["theirs"]["revision"] == 1
    assert machine.get(address).json()["body"] == {"fields": [["note", "mine"]]}


def test_a_late_keystroke_does_not_bring_a_saved_draft_back(api, practitioner, address):
    machine = api(practitioner)
    machine.put(address, typed("mine"))
    assert machine.delete(address).status_code == 204

    late = machine.put(address, typed("mine, late", 1))

    assert late.status_code == 409
    assert late.json()["theirs"]["revision"] == 0
    assert not Draft.objects.exists()
    assert Event.objects.filter(kind="draft.dropped").count() == 1


def test_two_windows_that_begin_at_once_keep_one_draft(api, practitioner, open_session, at_once):
    key, now = f"session:{open_session.pk}:zones", timezone.now()

    def begin(text):
        body = {"fields": [["note", text]]}
        return drafts.keep(
            open_session.clinic, key=key, body=body, revision=0, patient=open_session.patient, by=practitioner, at=now
        )

    answers = at_once(begin, ["one", "two", "three"])

    assert sorted(type(answer).__name__ for answer in answers) == ["Draft", "Refused", "Refused"]
    assert Draft.objects.count() == 1


def test_nobody_sees_another_s_draft(api, practitioner, colleague, stranger, front_desk, address):
    api(practitioner).put(address, typed("mine"))
    assert api(colleague).get(address).status_code == 404
    assert api(stranger).get(address).status_code == 404
    assert api(front_desk).get(address).status_code == 403


@pytest.mark.parametrize(
    "key", ["x", "session:0:zones", "session:1:nothing", "session:99999999999:zones", "patient:1:zones"]
)
def test_a_draft_is_about_a_step_of_a_session_that_exists(api, practitioner, key):
    assert api(practitioner).get(f"/api/v1/drafts/{key}/").status_code == 404
    assert api(practitioner).put(f"/api/v1/drafts/{key}/", typed("x")).status_code == 404


def test_a_body_that_is_too_long_or_has_other_fields_is_refused(api, practitioner, address):
    machine = api(practitioner)
    assert machine.put(address, typed("x" * 200_001)).status_code == 400
    assert machine.put(address, {**typed("x"), "user": 3}).status_code == 400
    assert not Draft.objects.exists()


def test_what_was_typed_days_ago_and_never_saved_goes(api, practitioner, address):
    api(practitioner).put(address, typed("mine"))
    assert sweep() == 0
    Draft.objects.update(saved_at=timezone.now() - timedelta(days=8))
    assert sweep() == 1
    assert not Draft.objects.exists()


def test_a_saved_step_lets_its_draft_go_and_tells_the_window_which_form_that_was(
    as_user, api, practitioner, open_session
):
    address = f"/api/v1/drafts/session:{open_session.pk}:injection/"
    api(practitioner).put(address, typed("mine"))
    browser = as_user(practitioner)
    page = f"/treatments/sessions/{open_session.pk}/"
    assert "mine" in browser.get(page).content.decode()

    browser.post(f"{page}injection/", {"antiseptic": "alcohol", "note": "mine", "idempotency_key": "form-one"})

    assert not Draft.objects.exists()
    assert 'data-draft-done="form-one"' in browser.get(page).content.decode()


def test_a_refused_step_keeps_its_draft(as_user, api, practitioner, open_session):
    address = f"/api/v1/drafts/session:{open_session.pk}:injection/"
    api(practitioner).put(address, typed("mine"))

    refused = as_user(practitioner).post(f"/treatments/sessions/{open_session.pk}/injection/", {"antiseptic": "soap"})

    assert refused.status_code == 422
    assert Draft.objects.exists()


def test_what_is_typed_and_not_saved_is_said_before_the_signature(as_user, api, practitioner, open_session):
    api(practitioner).put(f"/api/v1/drafts/session:{open_session.pk}:zones/", typed("mine"))
    page = as_user(practitioner, confirmed=True).get(f"/treatments/sessions/{open_session.pk}/sign-off/")
    assert "Typed and not saved: Zones" in page.content.decode()
    assert json.dumps("mine") in page.content.decode()
