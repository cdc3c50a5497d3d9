"""Nobody learns on the morning of a session that a licence ended."""

from datetime import datetime, timedelta

import pytest

from accounts.actions import members
from scheduling.actions import licences
from tests.cast import NOON

pytestmark = pytest.mark.django_db
LAST = datetime(2030, 1, 1, 12, tzinfo=NOON.tzinfo)


@pytest.fixture
def told(clinic, doctor, owner):
    def look(days):
        licences.remind(clinic, by=owner, at=LAST - timedelta(days=days))
        assert not licences.is_due(clinic, LAST - timedelta(days=days)), "a second look says nothing new"
        return [(task.text, task.is_red) for task in clinic.tasks.open().order_by("id")]

    return look


def test_a_licence_is_named_sixty_thirty_and_seven_days_before_it_ends(clinic, told):
    assert told(61) == []
    soon = "The licence of Dr Paula Practitioner ends on 1 January 2030: have it renewed."
    assert told(60) == [(soon, False)]
    assert told(45) == [(soon, False)]
    assert told(30) == [(soon, False)]
    assert told(7) == [(soon, True)]
    assert told(-1) == [("The licence of Dr Paula Practitioner ended on 1 January 2030.", True)]
    assert clinic.tasks.count() == 4


def test_what_was_ticked_is_not_said_again_before_the_next_notice(clinic, told, owner):
    from patients.actions import tasks

    told(60)
    tasks.done(clinic.tasks.get(), by=owner, at=NOON)
    assert told(50) == []
    assert len(told(30)) == 1


def test_a_renewal_takes_the_task_away(clinic, told, doctor, owner):
    told(7)
    members.change_licence(doctor, licence_expires_on=LAST.date() + timedelta(days=700), by=owner, at=NOON)
    assert told(6) == []


def test_a_competence_that_ends_is_named_too(clinic, told, doctor, owner):
    until = (LAST - timedelta(days=300)).date()
    members.grant_competence(doctor, slug="device:gun", name="Mesogun", valid_until=until, by=owner, at=NOON)
    assert told(330) == [("Mesogun of Dr Paula Practitioner ends on 7 March 2029: have it renewed.", False)]
