"""Every parameter that names a row, with another clinic's row, a missing one, a huge one: not found."""

import pytest

from accounts.models import Clinic, Role, User
from clinic.demo import people
from tests.cast import hire
from tests.clinic.test_demo import told
from tests.security.doors import Rows, doors, tell
from tests.security.test_role_url_method import knock

HUGE = 9_223_372_036_854_775_807
MISSING = 987_654_321


@pytest.fixture
def everything(db, as_user):
    """Somebody who holds every role in one clinic, looking at the rows of another."""
    told()
    demo = Clinic.objects.get(slug="demo")
    return demo


@pytest.fixture
def intruder(other_clinic, as_user):
    membership = hire(other_clinic, "Iris Intruder", *Role.values, director=True, licence="I-1")
    return as_user(membership.user, confirmed=True)


@pytest.fixture
def insider(everything, as_user):
    user = User.objects.get(email=people.PEOPLE[1].email)
    membership = user.memberships.get()
    membership.roles = list(Role.values)
    membership.save()
    return as_user(user, confirmed=True)


def named(rows):
    return [
        door
        for door in doors()
        if door.access.kind in ("staff", "api") and {"pk", "statement_pk"} & set(door.converters) and rows.has(door)
    ]


def methods_of(door):
    return [method for method in ("GET", "POST", "PATCH") if door.access.permissions_for(method)]


def test_another_clinic_s_rows_do_not_exist(everything, intruder):
    rows, wrong, asked = Rows(everything), [], 0
    for door in named(rows):
        for method in methods_of(door):
            status = knock(intruder, method, rows.address(door))
            asked += 1
            if status not in (404, 405):
                wrong.append(f"{method} {door.name}: {status}")
    tell("object swap, other clinic", asked, wrong)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("pk", [MISSING, HUGE], ids=["missing", "huge"])
def test_rows_that_are_not_there_are_not_found(everything, insider, pk):
    rows, wrong, asked = Rows(everything), [], 0
    for door in named(rows):
        for name in {"pk", "statement_pk"} & set(door.converters):
            for method in methods_of(door):
                status = knock(insider, method, rows.address(door, **{name: pk}))
                asked += 1
                if status not in (400, 404, 405):
                    wrong.append(f"{method} {door.name} {name}: {status}")
    tell("object swap, not there", asked, wrong)
    assert not wrong, "\n".join(wrong)
