from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.actions import members
from accounts.models import Role
from tests.cast import NOON

PAGE = "/accounts/team/"


@pytest.fixture
def seated(as_user, owner, time_machine):
    time_machine.move_to(NOON, tick=False)
    browser = as_user(owner)
    assert browser.get(PAGE).status_code == 200
    return browser


def test_a_log_in_ends_after_fifteen_idle_minutes(seated, time_machine):
    time_machine.move_to(NOON + timedelta(minutes=16), tick=False)
    assert seated.get(PAGE).status_code == 302


def test_polling_does_not_keep_a_log_in_alive(seated, time_machine):
    time_machine.move_to(NOON + timedelta(minutes=10), tick=False)
    assert seated.get(PAGE, headers={"x-poll": "1"}).status_code == 200
    time_machine.move_to(NOON + timedelta(minutes=16), tick=False)
    assert seated.get(PAGE).status_code == 302


def test_a_click_right_after_another_writes_nothing(seated, time_machine, django_assert_max_num_queries):
    time_machine.move_to(NOON + timedelta(seconds=20), tick=False)
    with django_assert_max_num_queries(100) as asked:
        assert seated.get(PAGE).status_code == 200
    assert not [each["sql"] for each in asked.captured_queries if each["sql"].startswith(("UPDATE", "INSERT"))]


def test_work_keeps_a_log_in_alive(seated, time_machine):
    for minutes in range(0, 60, 14):
        time_machine.move_to(NOON + timedelta(minutes=minutes, seconds=29), tick=False)
        assert seated.get(PAGE).status_code == 200


def test_a_log_in_ends_after_twelve_hours_of_work(seated, time_machine):
    for minutes in range(10, 12 * 60, 10):
        time_machine.move_to(NOON + timedelta(minutes=minutes), tick=False)
        assert seated.get(PAGE).status_code == 200
    time_machine.move_to(NOON + timedelta(hours=12, minutes=1), tick=False)
    assert seated.get(PAGE).status_code == 302


def test_other_log_ins_end_when_roles_change(as_user, owner, nurse):
    browser = as_user(nurse)
    assert browser.get(PAGE).status_code == 200
    members.change_roles(nurse.memberships.get(), roles=[Role.FRONT_DESK], by=owner, at=timezone.now())
    assert browser.get(PAGE).status_code == 302


def test_other_log_ins_end_when_the_password_changes(as_user, nurse):
    browser = as_user(nurse)
    nurse.set_password("another-long-password")
    nurse.save()
    assert browser.get(PAGE).status_code == 302


def test_who_no_longer_works_here_is_out_at_once(as_user, owner, nurse, api):
    browser, token = as_user(nurse), api(nurse)
    members.disable(nurse.memberships.get(), reason="left", by=owner, at=timezone.now())
    assert browser.get(PAGE).status_code == 302
    assert token.get("/api/v1/me/").status_code == 401


def test_staff_without_a_second_factor_see_only_its_set_up_where_it_is_demanded(as_user, owner, settings):
    settings.STAFF_MFA_REQUIRED = True
    response = as_user(owner).get("/patients/")
    assert response.status_code == 302
    assert "totp" in response["Location"]


def test_nobody_signs_up(client, db):
    assert client.post("/accounts/signup/", {"email": "x@y.example"}).status_code in (200, 302, 403, 404)
    from accounts.models import User

    assert not User.objects.filter(email="x@y.example").exists()
