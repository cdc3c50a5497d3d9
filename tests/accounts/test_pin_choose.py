"""A personal PIN of six digits: chosen by its owner after the password, kept as a hash, locked after five tries."""

from datetime import timedelta

import pytest

from accounts import devices
from accounts.actions import devices as on_devices
from accounts.actions import pins
from accounts.models import MOST_TRIES, DeviceLogIn, Pin
from accounts.rules import pins as rules
from audit.models import Event
from common.refused import Refused
from tests.cast import NOON

PAGE = "/accounts/pin/"
DIGITS = "274918"

pytestmark = pytest.mark.django_db


@pytest.fixture
def pin(practitioner):
    return pins.choose(practitioner, digits=DIGITS, by=practitioner, at=NOON)


def test_a_pin_is_chosen_after_the_password_was_shown_and_kept_as_a_hash(as_user, practitioner, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    page = as_user(practitioner).get(PAGE)
    assert page.status_code == 302
    assert "reauthenticate" in page["Location"]

    browser = as_user(practitioner, confirmed=True)
    assert browser.post(PAGE, {"digits": DIGITS, "again": DIGITS}).status_code == 302

    kept = Pin.objects.get(user=practitioner)
    assert kept.digest.startswith("argon2")
    assert DIGITS not in kept.digest
    assert Event.objects.about(kept).kinds() == ["pin.chosen"]


def test_the_two_must_be_the_same(as_user, practitioner):
    page = as_user(practitioner, confirmed=True).post(PAGE, {"digits": DIGITS, "again": "274919"})
    assert page.status_code == 422
    assert DIGITS not in page.content.decode()
    assert not Pin.objects.exists()


@pytest.mark.parametrize(
    "digits", ["123456", "654321", "111111", "121212", "455455", "12345", "1234567", "27491a", "٢٧٤٩١٨"]
)
def test_an_easy_or_malformed_pin_is_refused(practitioner, digits):
    with pytest.raises(Refused):
        pins.choose(practitioner, digits=digits, by=practitioner, at=NOON)


def test_nobody_chooses_somebody_else_s_pin(practitioner, owner):
    with pytest.raises(Refused, match="their own"):
        pins.choose(practitioner, digits=DIGITS, by=owner, at=NOON)


def test_the_fifth_wrong_try_locks_it_even_for_the_right_digits(practitioner, pin):
    for _try in range(MOST_TRIES):
        assert not pins.confirms(practitioner, digits="000001", by=practitioner, at=NOON)

    assert not pins.confirms(practitioner, digits=DIGITS, by=practitioner, at=NOON)
    pin.refresh_from_db()
    assert pin.is_locked
    assert Event.objects.about(pin).kinds() == ["pin.chosen"] + ["pin.refused"] * MOST_TRIES


def test_the_right_digits_take_the_wrong_tries_back(practitioner, pin):
    for _try in range(MOST_TRIES - 1):
        pins.confirms(practitioner, digits="000001", by=practitioner, at=NOON)
    assert pins.confirms(practitioner, digits=DIGITS, by=practitioner, at=NOON)
    pin.refresh_from_db()
    assert pin.tries == 0


@pytest.mark.django_db(transaction=True)
def test_ten_tries_at_once_are_counted_one_by_one(practitioner, pin, at_once):
    def guess(digits):
        return pins.confirms(practitioner, digits=digits, by=practitioner, at=NOON)

    answers = at_once(guess, [f"00000{number}" for number in range(1, 9)])
    assert answers == [False] * 8
    assert Event.objects.filter(kind="pin.refused").count() == MOST_TRIES


def test_a_full_log_in_opens_a_locked_pin(client, practitioner, pin):
    Pin.objects.update(tries=MOST_TRIES)
    practitioner.set_password("a-long-enough-password")
    practitioner.save()
    client.post("/accounts/login/", {"login": practitioner.email, "password": "a-long-enough-password"})
    pin.refresh_from_db()
    assert pin.tries == 0


def against(user, log_in, pin, at=NOON):
    return [reason.code for reason in rules.use_pin.reasons_against(user, log_in, pin=pin, zone="Europe/Madrid", at=at)]


@pytest.fixture
def log_in(practitioner):
    return on_devices.enter(practitioner, device="d" * 64, with_second_factor=True, by=practitioner, at=NOON)


def test_a_pin_counts_after_a_full_log_in_of_the_same_day_on_this_device(practitioner, log_in, pin):
    assert against(practitioner, log_in, pin) == []
    assert against(practitioner, log_in, pin, NOON + timedelta(hours=12, minutes=1)) == ["log_in_of_today"]
    assert against(practitioner, None, pin) == ["log_in_of_today"]
    assert against(practitioner, log_in, None) == ["pin_missing"]


def test_where_a_second_factor_is_demanded_the_log_in_must_have_shown_it(practitioner, log_in, pin, settings):
    settings.STAFF_MFA_REQUIRED = True
    assert against(practitioner, log_in, pin) == []
    log_in.with_second_factor = False
    assert against(practitioner, log_in, pin) == ["log_in_of_today"]


def test_a_pin_is_worth_nothing_after_a_change_of_password_or_role(practitioner, log_in, pin):
    practitioner.session_epoch += 1
    assert against(practitioner, log_in, pin) == ["log_in_of_today"]


def test_old_log_ins_on_devices_are_dropped(practitioner, log_in):
    assert devices.forget_old(NOON + timedelta(days=1)) == 0
    assert devices.forget_old(NOON + timedelta(days=3)) == 1
    assert not DeviceLogIn.objects.exists()
