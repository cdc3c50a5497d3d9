"""The first evening of a real clinic: the owner comes in by password and sets up the second step."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.urls import reverse

from tests.cast import PASSWORD

pytestmark = pytest.mark.django_db
ACTIVATE = reverse("mfa_activate_totp")


@pytest.fixture
def newcomer(client, owner, settings):
    settings.STAFF_MFA_REQUIRED = True
    owner.set_password(PASSWORD)
    owner.save()
    client.post(reverse("account_login"), {"login": owner.email, "password": PASSWORD})
    return client


def secret_on(page):
    return re.search(r'value="([A-Z2-7]{32})"', page.content.decode())[1]


def test_whoever_has_just_shown_the_password_is_not_asked_for_it_again(newcomer, owner):
    arrived = newcomer.get("/", follow=True)
    assert arrived.request["PATH_INFO"] == ACTIVATE
    code = format_hotp_value(hotp_value(secret_on(arrived), int(time.time()) // 30))
    newcomer.post(ACTIVATE, {"code": code})
    assert Authenticator.objects.filter(user=owner, type="totp").exists()
    assert newcomer.get(reverse("set_up_show")).status_code == 200


@pytest.mark.parametrize("way", [{"HTTP_HX_REQUEST": "true"}, {"HTTP_SEC_FETCH_DEST": "empty"}])
def test_a_part_of_a_page_makes_no_new_secret_while_one_is_shown(newcomer, way):
    shown = newcomer.get(ACTIVATE)
    assert newcomer.get(reverse("safety:side_effect_count"), **way).status_code == 204
    assert newcomer.session["mfa.totp.secret"] == secret_on(shown)


def test_the_rail_is_not_there_before_the_second_step(newcomer):
    assert reverse("patients:patient_list") not in newcomer.get(ACTIVATE).content.decode()


def test_after_five_minutes_the_password_is_asked_for_again(newcomer, settings):
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = -1
    asked = newcomer.get(ACTIVATE)
    assert asked.status_code == 302
    assert reverse("account_reauthenticate") in asked.url
