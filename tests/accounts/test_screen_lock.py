"""A screen that is locked in place: it answers nothing but its PIN; another who came in today may go on instead."""

import pytest
from django.test import Client

from accounts import devices
from accounts.actions import pins
from accounts.models import MOST_TRIES, DeviceLogIn
from audit.models import Event
from tests.cast import NOON, PASSWORD

LOCKED = "/accounts/locked/"
DIGITS = {"practitioner": "274918", "colleague": "830517"}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now(time_machine):
    time_machine.move_to(NOON, tick=True)


def come_in(browser, user):
    user.set_password(PASSWORD)
    user.save()
    browser.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert int(browser.session["_auth_user_id"]) == user.pk
    return browser


@pytest.fixture
def tablet(practitioner, colleague):
    """A tablet on which a colleague came in this morning, and the practitioner after them, who is at it now."""
    for user, digits in ((practitioner, DIGITS["practitioner"]), (colleague, DIGITS["colleague"])):
        pins.choose(user, digits=digits, by=user, at=NOON)
    browser = come_in(Client(), colleague)
    for name in list(browser.cookies):
        if name != devices.COOKIE:
            del browser.cookies[name]
    return come_in(browser, practitioner)


def lock(browser, back="/patients/"):
    session = browser.session
    session[devices.LOCKED] = {"back": back, "timers": [], "open_to": []}
    session.save()


def test_a_locked_screen_answers_nothing_but_its_own_page(tablet, patient):
    lock(tablet)

    page = tablet.get(f"/patients/{patient.pk}/")
    assert page["Location"] == LOCKED
    assert tablet.post("/accounts/pin/", {}).status_code == 403
    assert tablet.get("/patients/", headers={"hx-request": "true"}).status_code == 403
    assert tablet.get("/api/v1/me/").status_code == 403
    assert tablet.get("/api/v1/patients/").json()["code"] == "not_allowed"
    assert "Okonkwo" not in tablet.get(LOCKED).content.decode()


def test_the_pin_opens_it_and_is_a_fresh_confirmation(tablet, practitioner):
    lock(tablet)
    assert tablet.post(LOCKED, {"who": who(practitioner), "digits": "111222"}).status_code == 422
    assert tablet.get("/patients/").status_code == 302

    opened = tablet.post(LOCKED, {"who": who(practitioner), "digits": DIGITS["practitioner"]})

    assert opened["Location"] == "/patients/"
    assert tablet.get("/patients/").status_code == 200
    assert tablet.session["account_authentication_methods"][-1]["method"] == "pin"
    assert Event.objects.filter(kind="screen.unlocked", actor_id=practitioner.pk).count() == 1


def test_another_who_came_in_today_goes_on_under_their_own_name(tablet, practitioner, colleague):
    before = tablet.session.session_key
    lock(tablet)

    opened = tablet.post(LOCKED, {"who": who(colleague), "digits": DIGITS["colleague"]})

    assert opened["Location"] == "/patients/"
    assert int(tablet.session["_auth_user_id"]) == colleague.pk
    assert tablet.session.session_key != before
    assert tablet.session["began_at"] == DeviceLogIn.objects.get(user=colleague).at.timestamp()
    assert Event.objects.filter(kind="screen.handed_over", actor_id=colleague.pk).count() == 1
    assert not Event.objects.filter(kind="screen.unlocked").exists()


def test_one_person_s_digits_do_not_open_it_as_another(tablet, colleague):
    lock(tablet)
    assert tablet.post(LOCKED, {"who": who(colleague), "digits": DIGITS["practitioner"]}).status_code == 422
    assert colleague.pin.__class__.objects.get(user=colleague).tries == 1


def test_who_has_logged_out_here_is_not_offered(tablet, practitioner, colleague):
    DeviceLogIn.objects.filter(user=colleague).update(ended_at=NOON)
    lock(tablet)
    assert "Carl" not in tablet.get(LOCKED).content.decode()
    assert tablet.post(LOCKED, {"who": who(colleague), "digits": DIGITS["colleague"]}).status_code == 422


def test_a_log_in_on_another_device_counts_for_nothing_here(tablet, nurse):
    pins.choose(nurse, digits="905172", by=nurse, at=NOON)
    come_in(Client(), nurse)
    lock(tablet)
    assert "Nora" not in tablet.get(LOCKED).content.decode()


def test_after_five_wrong_tries_the_password_is_asked_for(tablet, practitioner, colleague):
    DeviceLogIn.objects.filter(user=colleague).update(ended_at=NOON)
    lock(tablet)
    for _try in range(MOST_TRIES):
        assert tablet.post(LOCKED, {"digits": "111222"}).status_code == 422
    page = tablet.get(LOCKED).content.decode()
    assert 'name="digits"' not in page
    assert tablet.post(LOCKED, {"password": "wrong"}).status_code == 422
    assert tablet.post(LOCKED, {"password": PASSWORD})["Location"] == "/patients/"


def test_logging_out_is_possible_while_locked_and_ends_the_pin_here(tablet, practitioner):
    lock(tablet)
    tablet.post("/accounts/logout/")
    assert DeviceLogIn.objects.get(user=practitioner).ended_at is not None
    assert "_auth_user_id" not in tablet.session


def test_a_locked_screen_waits_longer_than_an_idle_one_but_not_for_ever(tablet, time_machine):
    lock(tablet)
    time_machine.shift(60 * 60)
    assert tablet.get("/patients/")["Location"] == LOCKED
    time_machine.shift(61 * 60)
    assert tablet.get("/patients/")["Location"].startswith("/accounts/login/")


def test_the_pin_confirms_where_a_confirmation_is_asked(tablet, practitioner, time_machine):
    time_machine.shift(6 * 60)
    page = tablet.get("/accounts/team/invite/")
    if page.status_code == 302:
        assert "/accounts/pin/confirm/" in page["Location"]
    confirm = tablet.get("/accounts/pin/confirm/?next=/patients/")
    assert confirm.status_code == 200
    assert tablet.post("/accounts/pin/confirm/?next=/patients/", {"digits": "111222"}).status_code == 422
    done = tablet.post("/accounts/pin/confirm/", {"digits": DIGITS["practitioner"], "next": "/patients/"})
    assert done["Location"] == "/patients/"


def test_without_a_pin_the_password_is_asked_for(as_user, nurse):
    page = as_user(nurse).get("/accounts/pin/confirm/?next=/patients/")
    assert page.status_code == 302
    assert "reauthenticate" in page["Location"]


def who(user):
    return str(user.memberships.get().pk)
