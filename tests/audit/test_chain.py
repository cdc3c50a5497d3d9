from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction

from accounts.actions import members, policies
from accounts.models import Role, User
from audit import anchors
from audit.models import Event
from tests.cast import NOON, hire


def test_an_action_leaves_one_event_with_its_author_and_never_a_value(clinic, owner):
    policy = policies.decide(clinic, "test.key", "secret value", effective_on=NOON.date(), by=owner, at=NOON)

    event = Event.objects.about(policy).get()

    assert (event.kind, event.actor_id, event.at, event.chain) == ("policy.decided", owner.pk, NOON, clinic.pk)
    assert "secret value" not in repr(vars(event))


def test_a_failure_in_the_middle_leaves_neither_the_change_nor_the_event(clinic, owner, monkeypatch):
    before = Event.objects.count()
    monkeypatch.setattr(members, "_confirm_address", lambda user: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        members.add(clinic, email="x@y.example", display_name="X", password=None, roles=[Role.NURSE], by=owner, at=NOON)

    assert Event.objects.count() == before
    assert not User.objects.filter(email="x@y.example").exists()


def test_two_clinics_have_two_chains(clinic, other_clinic, owner):
    hire(other_clinic, "Someone Else", Role.NURSE)

    for chain in (clinic.pk, other_clinic.pk):
        assert next(iter(Event.objects.in_chain(chain).values_list("seq", flat=True))) == 1


@pytest.mark.parametrize("statement", ["UPDATE audit_event SET reason = 'x'", "DELETE FROM audit_event"])
def test_the_application_can_neither_change_nor_remove_an_event(clinic, owner, statement):
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.fixture
def trail(clinic, owner, tmp_path, settings):
    settings.DATA_DIR = tmp_path
    for day in range(5):
        policies.decide(clinic, f"key.{day}", day, effective_on=NOON.date(), by=owner, at=NOON + timedelta(days=day))
    anchors.drop(NOON)
    return clinic


def test_an_untouched_trail_verifies(trail):
    call_command("verify_audit")


def test_an_anchor_is_written_once_per_growth(trail):
    assert anchors.drop(NOON) == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("statement", "word"),
    [
        ("UPDATE audit_event SET reason = 'x' WHERE chain = %s AND seq = 3", "event 3: edited"),
        ("DELETE FROM audit_event WHERE chain = %s AND seq = 3", "event 3: removed"),
        ("DELETE FROM audit_event WHERE chain = %s AND seq > 4", "event 5: cut"),
    ],
)
def test_verify_names_what_a_superuser_did(committed, trail, statement, word, superuser):
    with superuser() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(statement, [trail.pk])

    with pytest.raises(CommandError, match=word):
        call_command("verify_audit")
