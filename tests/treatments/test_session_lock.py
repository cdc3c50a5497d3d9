"""A session page locks in place and keeps its clocks; the tablet given to a patient comes back by a PIN."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse

from accounts import devices
from audit.models import Event
from tests.cast import NOON, PASSWORD
from tests.factories.treatments import STROKES
from treatments.actions import sessions
from treatments.tables.timers import timers_of

pytestmark = pytest.mark.django_db
LOCKED = "/accounts/locked/"


def page(name, thing):
    return reverse(f"treatments:{name}", args=[thing.pk])


@pytest.fixture
def tablet(as_user, practitioner, time_machine):
    practitioner.set_password(PASSWORD)
    practitioner.save()
    return as_user(practitioner)


def labels(session, at):
    return [timer["label"] for timer in timers_of(session, at)]


def test_the_clocks_of_a_session_follow_what_happens(mixed_session, practitioner):
    at = mixed_session.started_at + timedelta(minutes=5)
    cream = {"kind": "cream", "applied_at": at.isoformat()}
    session = sessions.edit(mixed_session, anaesthetic=cream, by=practitioner, at=at)
    assert [label.rpartition(" ")[0] for label in labels(session, at)] == ["Numbing cream on since", "Use before"]

    session = sessions.edit(session, injection_started_at=at, by=practitioner, at=at)
    assert [label.rpartition(" ")[0] for label in labels(session, at)] == ["Use before", "Injecting since"]


def test_a_closed_session_has_no_clock_and_nothing_of_it_is_late(signed_session, as_user, practitioner):
    assert timers_of(signed_session, NOON + timedelta(days=3)) == []
    shown = as_user(practitioner).get(page("session_detail", signed_session)).content.decode()
    assert "text-danger" not in shown
    assert "figure-danger" not in shown


def test_one_tap_says_that_the_cream_is_on_and_saving_again_keeps_since_when(tablet, open_session):
    tablet.post(page("session_injection", open_session), {"anaesthetic": "none", "now": "cream"})
    open_session.refresh_from_db()
    since = open_session.anaesthetic["applied_at"]
    assert open_session.anaesthetic["kind"] == "cream"

    tablet.post(page("session_injection", open_session), {"anaesthetic": "cream", "note": "calm skin"})
    open_session.refresh_from_db()
    assert open_session.anaesthetic["applied_at"] == since
    assert open_session.note == "calm skin"


def test_a_session_page_that_is_locked_shows_clocks_and_no_name(tablet, open_session):
    tablet.post(page("session_injection", open_session), {"anaesthetic": "none", "now": "cream"})
    assert tablet.post(page("session_lock", open_session))["Location"] == LOCKED

    assert tablet.get(page("session_detail", open_session))["Location"] == LOCKED
    shown = tablet.get(LOCKED).content.decode()
    assert "Numbing cream" in shown
    assert "Amara" not in shown
    assert "Okonkwo" not in shown
    assert Event.objects.filter(kind="screen.locked").count() == 1

    opened = tablet.post(LOCKED, {"password": PASSWORD})
    assert opened["Location"] == page("session_detail", open_session)
    assert tablet.get(opened["Location"]).status_code == 200


def test_another_s_session_is_not_locked_by_a_stranger(as_user, stranger, open_session):
    assert as_user(stranger).post(page("session_lock", open_session)).status_code == 404


def test_a_tablet_that_a_patient_holds_shows_the_paper_and_nothing_else(tablet, presented_consent, practitioner):
    paper = page("consent_sign", presented_consent)
    assert tablet.get(paper).status_code == 200

    assert tablet.get("/patients/")["Location"] == LOCKED
    assert tablet.get(page("consent_detail", presented_consent))["Location"] == LOCKED
    assert tablet.get(f"{paper}?text=large").status_code == 200
    sent = {"strokes": json.dumps(STROKES), "sha256": presented_consent.document.sha256, "understood": "on"}
    thanks = tablet.post(paper, sent)["Location"]
    assert "Hand back to staff" in tablet.get(thanks).content.decode()
    assert tablet.get(page("consent_return", presented_consent))["Location"] == LOCKED
    assert "Amara" not in tablet.get(LOCKED).content.decode()

    opened = tablet.post(LOCKED, {"password": PASSWORD})
    assert opened["Location"] == page("consent_return", presented_consent)
    assert tablet.get(opened["Location"])["Location"] == page("consent_countersign", presented_consent)


def test_no_word_for_the_staff_is_shown_to_the_patient(tablet, presented_consent, open_session):
    tablet.post(page("session_injection", open_session), {"note": "calm skin"})
    shown = tablet.get(page("consent_sign", presented_consent)).content.decode()
    assert "Written down" not in shown
    assert "Written down" not in tablet.get(page("consent_hand_back", presented_consent)).content.decode()
    tablet.post(LOCKED, {"password": PASSWORD})
    assert "Written down" in tablet.get(page("session_detail", open_session)).content.decode()


def test_reading_a_paper_that_nobody_can_sign_now_locks_nothing(tablet, signed_consent):
    tablet.get(page("consent_sign", signed_consent))
    assert not tablet.session.get(devices.LOCKED)


def test_the_unsigned_sessions_are_listed_oldest_first_with_their_age(as_user, practitioner, colleague, ended_session):
    shown = as_user(practitioner).get("/treatments/sessions/unsigned/").content.decode()
    assert "1 session is under way or waits for a signature" in shown
    assert "Waits since" in shown
    assert ">1<" in as_user(practitioner).get("/treatments/sessions/unsigned/count/").content.decode()
    assert as_user(colleague).get("/treatments/sessions/unsigned/count/").content.decode().strip() == ""


def test_the_row_that_nobody_filled_asks_for_nothing(tablet, mixed_session):
    shown = tablet.get(page("session_detail", mixed_session))
    row = shown.context["zone_rows"].forms[-1]
    assert not row["depth_mm"].value()
    sent = {
        "zones-TOTAL_FORMS": "1",
        "zones-INITIAL_FORMS": "0",
        "zones-0-technique": "papule",
        "zones-0-delivery": "manual",
        "zones-0-depth_mm": "1.2",
    }
    assert tablet.post(page("session_zones", mixed_session), sent).status_code == 302
