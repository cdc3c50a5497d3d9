"""The signature against the real database: ten hands at once, a failure in the middle, the application's own role."""

import pytest
from django.db import connection

from audit.models import Event
from common.refused import Refused
from formulations.actions import packs
from formulations.models import StockMovement
from tests.factories.rows import REFUSED, refusal
from tests.factories.treatments import minutes
from treatments.actions import addenda, sessions


def test_ten_sign_offs_at_once_sign_once(at_once, ended_session, mix, practitioner):
    results = at_once(
        lambda second: sessions.sign_off(ended_session, by=practitioner, at=minutes(40).replace(second=second)),
        range(10),
    )

    refused = [each for each in results if isinstance(each, Refused)]
    signed = [each for each in results if not isinstance(each, BaseException)]
    assert (len(signed), len(refused)) == (1, 9), results
    assert {each.code for each in refused} == {"already_done"}
    mix.refresh_from_db()
    ended_session.refresh_from_db()
    assert (ended_session.state, ended_session.signed_at) == ("signed", signed[0].signed_at)
    assert mix.state == "reconciled"
    assert StockMovement.objects.filter(kind="wastage").count() == 3
    assert Event.objects.about(ended_session).kinds().count("session.signed_off") == 1


def test_ten_sign_offs_at_once_through_the_machines_door(at_once, api, ended_session, practitioner, time_machine):
    time_machine.move_to(minutes(40), tick=False)
    doors = [api(practitioner, confirmed=True) for _number in range(10)]

    answers = at_once(lambda door: door.post(f"/api/v1/sessions/{ended_session.pk}/sign-off/", {}), doors)

    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 9
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"already_done"}


def test_a_failure_in_the_middle_of_a_sign_off_leaves_nothing(committed, ended_session, mix, practitioner, monkeypatch):
    def out_of_power(*args, **kwargs):
        raise RuntimeError("the lights went out")

    events, movements = Event.objects.count(), StockMovement.objects.count()
    monkeypatch.setattr(packs, "waste_rests", out_of_power)

    with pytest.raises(RuntimeError):
        sessions.sign_off(ended_session, by=practitioner, at=minutes(40))

    mix.refresh_from_db()
    ended_session.refresh_from_db()
    assert (ended_session.state, ended_session.signed_by) == ("ended", None)
    assert (mix.state, mix.injected_ml) == ("drawn", None)
    assert StockMovement.objects.count() == movements
    assert not ended_session.findings.filter(stage="sign_off").exists()
    assert Event.objects.count() == events


def test_ten_openings_at_once_open_one_session(at_once, plan, practitioner):
    planned = plan.planned_sessions.get(ordinal=1)

    results = at_once(lambda _n: sessions.open_session(planned, by=practitioner, at=minutes(0)), range(10))

    assert sorted(getattr(each, "code", "opened") for each in results) == ["already_done"] * 9 + ["opened"]
    assert plan.sessions.count() == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE treatments_treatmentsession SET note = 'x' WHERE id = %(session)s",
        "UPDATE treatments_treatmentsession SET state = 'ended', signed_at = NULL, signed_by_id = NULL"
        " WHERE id = %(session)s",
        "DELETE FROM treatments_zoneapplication WHERE session_id = %(session)s",
        "INSERT INTO treatments_sessionpreparation (clinic_id, session_id, preparation_id)"
        " SELECT clinic_id, session_id, preparation_id FROM treatments_sessionpreparation"
        " WHERE session_id = %(session)s",
        "UPDATE formulations_preparation SET wasted_ml = 0, injected_ml = total_ml",
        "DELETE FROM treatments_treatmentsession WHERE id = %(session)s",
        "UPDATE treatments_addendum SET text = 'x'",
        "ALTER TABLE treatments_treatmentsession DISABLE TRIGGER USER",
        "SET session_replication_role = replica",
        "TRUNCATE treatments_treatmentsession CASCADE",
        "UPDATE treatments_treatmentsessionevent SET note = 'x'",
    ],
)
def test_the_applications_role_cannot_touch_a_signed_session_in_raw_sql(signed_session, practitioner, statement):
    addenda.add(signed_session, text="She called.", by=practitioner, at=minutes(60))
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("clinic_app",)

        with pytest.raises(REFUSED) as refused:
            cursor.execute(statement, {"session": signed_session.pk})

    assert refusal(refused) or refused.value.__cause__.pgcode == "42501"
