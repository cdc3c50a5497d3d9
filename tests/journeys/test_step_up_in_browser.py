"""Confirming who one is in a real browser, and coming back to what was asked for, or was typed."""

import pytest
from django.contrib.sessions.models import Session

from accounts.models import ApiToken
from tests.cast import PASSWORD

ISSUE = "/accounts/settings/keys/issue/"


@pytest.fixture
def screen(logged_in, owner, front_desk):
    owner.set_password(PASSWORD)
    owner.save()
    return logged_in(owner)


def confirm(page, password=PASSWORD):
    assert "reauthenticate" in page.url
    page.fill("[name=password]", password)
    page.locator("main button[type=submit], form button[type=submit]").first.click()
    page.wait_for_load_state("networkidle")


def five_minutes_pass():
    """The marks of the log-in are older than they count."""
    for row in Session.objects.all():
        marks = row.get_decoded()
        for mark in marks.get("account_authentication_methods", ()):
            mark["at"] -= 301
        row.session_data = Session.objects.encode(marks)
        row.save()


def test_who_confirms_comes_back_to_the_page(screen):
    screen.goto(ISSUE)
    confirm(screen, "not the password at all")
    confirm(screen)
    assert screen.url.endswith(ISSUE)
    assert screen.locator("[name=name]").is_visible()


def test_what_was_typed_is_sent_once_the_person_has_confirmed(screen, front_desk):
    screen.goto(ISSUE)
    confirm(screen)
    five_minutes_pass()
    screen.fill("[name=name]", "Website of the clinic")
    screen.select_option("[name=membership]", label=str(front_desk))
    screen.locator("main form button[type=submit]").last.click()
    screen.wait_for_load_state("networkidle")
    assert not ApiToken.objects.exists()

    confirm(screen)

    assert ApiToken.objects.get().name == "Website of the clinic"
    assert screen.locator("[data-copy-text]").is_visible()
