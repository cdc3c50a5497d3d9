import pytest

from accounts.access import ROLES, TABLE, Permission, Scope, grant_of, may
from accounts.models import Membership, Role


def test_every_permission_stands_in_the_table():
    assert set(TABLE) == set(Permission)


@pytest.mark.parametrize("permission", [p for p in Permission if p not in (Permission.WORK_HERE,)])
def test_an_auditor_writes_nothing(permission):
    grant = ROLES[Role.AUDITOR].get(permission)
    assert grant is None or permission.startswith("view_")


def test_two_roles_reach_as_far_as_the_wider_one():
    both = Membership(roles=[Role.PRACTITIONER, Role.FRONT_DESK], is_active=True)
    assert grant_of(both, Permission.BOOK_APPOINTMENTS).scope == Scope.ALL


def test_a_member_who_left_may_nothing():
    gone = Membership(roles=[Role.OWNER], is_active=False)
    assert not may(gone, Permission.WORK_HERE)


def test_signing_is_for_practitioners_and_asks_again():
    signer = Membership(roles=[Role.PRACTITIONER], is_active=True)
    assert grant_of(signer, Permission.SIGN_SESSIONS).step_up
    assert not any(Permission.SIGN_SESSIONS in ROLES[role] for role in Role if role != Role.PRACTITIONER)
