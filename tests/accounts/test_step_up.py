from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from tests.cast import PASSWORD

NOW = datetime(2025, 2, 3, 12, 0, tzinfo=UTC)
INVITE = "/accounts/team/invite/"
CONFIRM = reverse("account_reauthenticate")


@pytest.fixture(autouse=True)
def noon(time_machine):
    time_machine.move_to(NOW, tick=False)
    return time_machine


@pytest.fixture
def marked(as_user, owner):
    """marked(method="password", seconds=10): the owner's log-in with one mark of that age."""

    def mark(*, method, seconds, of=None, **more):
        browser = as_user(owner)
        session = browser.session
        session["account_authentication_methods_user"] = str((of or owner).pk)
        at = (NOW - timedelta(seconds=seconds)).timestamp()
        session["account_authentication_methods"] = [{"method": method, "at": at, **more}]
        session.save()
        return browser

    return mark


def asked(browser):
    answer = browser.get(INVITE)
    assert answer.status_code in (200, 302)
    return answer.status_code == 302


def test_who_has_nothing_to_show_has_shown_nothing(as_user, owner):
    assert not owner.has_usable_password()
    assert asked(as_user(owner))


@pytest.mark.parametrize(
    "mark",
    [
        {"method": "password"},
        {"method": "password", "reauthenticated": True},
        {"method": "mfa", "type": "webauthn", "passwordless": True},
        {"method": "mfa", "type": "totp", "reauthenticated": True},
    ],
)
def test_a_password_a_passkey_and_a_code_count_for_five_minutes(marked, mark):
    assert not asked(marked(seconds=299, **mark))
    assert asked(marked(seconds=300, **mark))


@pytest.mark.parametrize("method", ["password_reset", "code", "socialaccount", "link"])
def test_no_other_way_in_proves_a_person(marked, method):
    assert asked(marked(method=method, seconds=1, reauthenticated=True))


def test_the_mark_of_somebody_else_does_not_count(marked, nurse):
    assert asked(marked(method="password", seconds=1, of=nurse))


def test_a_log_in_with_the_password_counts_once_for_five_minutes(client, owner, noon):
    owner.set_password(PASSWORD)
    owner.save()
    client.post(reverse("account_login"), {"login": owner.email, "password": PASSWORD})
    assert not asked(client)
    noon.move_to(NOW + timedelta(minutes=5), tick=False)
    assert asked(client)
    assert client.post(CONFIRM, {"password": "not the one at all"}).status_code == 200
    assert asked(client)
    client.post(f"{CONFIRM}?next={INVITE}", {"password": PASSWORD, "next": INVITE})
    assert not asked(client)


def test_a_token_proves_nothing_but_by_its_header(api, as_user, practitioner):
    assert not practitioner.has_usable_password()
    door, signing = api(practitioner), "/api/v1/sessions/0/sign-off/"
    assert door.post(signing, {}).json()["code"] == "step_up_required"
    door.cookies = as_user(practitioner, confirmed=True).cookies
    assert door.post(signing, {}).json()["code"] == "step_up_required"
    assert api(practitioner, confirmed=True).post(signing, {}).json()["code"] == "not_found"
