from datetime import timedelta

import pytest

from accounts.access import Permission
from accounts.actions import approvals
from common.refused import Refused
from tests.cast import NOON, hire


@pytest.fixture
def request_of_owner(clinic, owner):
    return approvals.ask(clinic, kind="export", subject=clinic, body={"rows": "all"}, by=owner, at=NOON)


def test_nobody_agrees_to_their_own_request(request_of_owner, owner):
    with pytest.raises(Refused, match="another person"):
        approvals.approve(request_of_owner, by=owner, at=NOON)


def test_a_second_person_agrees_once(request_of_owner, practitioner, colleague):
    given = approvals.approve(request_of_owner, by=practitioner, at=NOON)

    assert approvals.is_given(given, Permission.MANAGE_STAFF, NOON)
    with pytest.raises(Refused) as refused:
        approvals.approve(given, by=colleague, at=NOON)
    assert refused.value.code == "already_done"


def test_somebody_of_another_clinic_cannot_agree(request_of_owner, stranger):
    with pytest.raises(Refused, match="works here"):
        approvals.approve(request_of_owner, by=stranger, at=NOON)


def test_asking_the_same_again_gives_the_open_request(request_of_owner, clinic, owner):
    again = approvals.ask(clinic, kind="export", subject=clinic, body={"rows": "all"}, by=owner, at=NOON)
    assert again == request_of_owner


def test_where_nobody_else_could_agree_a_day_passes_instead(request_of_owner):
    assert not approvals.is_given(request_of_owner, Permission.MANAGE_STAFF, NOON + timedelta(hours=23))
    assert approvals.is_given(request_of_owner, Permission.MANAGE_STAFF, NOON + timedelta(hours=24))


def test_where_somebody_else_could_agree_waiting_does_not_help(request_of_owner, clinic):
    hire(clinic, "Second Owner", "owner")
    assert not approvals.is_given(request_of_owner, Permission.MANAGE_STAFF, NOON + timedelta(hours=48))


def test_a_cancelled_request_never_ripens(request_of_owner, owner):
    approvals.cancel(request_of_owner, by=owner, at=NOON)
    request_of_owner.refresh_from_db()
    assert not approvals.is_given(request_of_owner, Permission.MANAGE_STAFF, NOON + timedelta(hours=25))
