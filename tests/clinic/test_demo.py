"""The demo clinic is built once, through the product; each case has the day differences of the reference."""

import json
from collections import Counter
from datetime import date, datetime, timedelta
from io import StringIO
from time import process_time

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Clinic, Role
from clinic.demo import house, ordinary, story
from clinic.demo.cellulite import Cellulite
from clinic.demo.declined import Contraindicated
from clinic.demo.lot_recall import LotRecall
from clinic.demo.melasma import Melasma
from clinic.demo.submental import Submental
from common.dates import local_day
from formulations.rules import stock
from patients.actions import patients
from scheduling.models import AppointmentStatus
from tests.factories.cases import days, doses, lines, mix_of, score
from treatments.actions import outcomes
from treatments.models import SessionState, TreatmentPlan
from treatments.rules import exposure

SECONDS_OF_WORK = 40


def told() -> dict:
    output = StringIO()
    call_command("demo", json=True, stdout=output)
    return json.loads(output.getvalue())


class Demo:
    """The demo clinic as it was built, and what it prints."""

    def __init__(self) -> None:
        started = process_time()
        self.answer = told()
        self.seconds = process_time() - started
        self.clinic = Clinic.objects.get(slug="demo")
        self.cases = self.answer["cases"]

    def plan(self, number: str) -> TreatmentPlan:
        return self.clinic.plans.with_chart().get(pk=self.cases[number]["plan"])

    def shift(self, number: str) -> timedelta:
        return timedelta(weeks=self.cases[number]["shift_weeks"])

    def done(self, number: str) -> list[date]:
        """The days on which sessions were given, at the dates of the reference."""
        given = [line.visit.done_on for line in lines(self.plan(number)) if line.visit.done_on]
        return [day - self.shift(number) for day in given]

    @property
    def today(self) -> date:
        return local_day(timezone.now(), self.clinic.time_zone)


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield Demo()
        transaction.set_rollback(True)


def test_it_has_an_account_for_each_role(demo):
    assert {account["role"] for account in demo.answer["accounts"]} == set(Role.values)


def test_it_refuses_in_production(db, settings):
    settings.CLINIC_ENV = "production"
    with pytest.raises(CommandError, match="not for production"):
        call_command("demo")


def test_building_it_again_changes_nothing(demo):
    before = counted(demo.clinic)
    again = told()

    assert [account["api_token"] for account in again["accounts"]] == [
        each["api_token"] for each in demo.answer["accounts"]
    ]
    assert again["cases"] == demo.cases
    assert counted(demo.clinic) == before


def counted(clinic: Clinic) -> dict[str, int]:
    """How many rows each table holds; a fresh link into the portal is printed each time."""
    with connection.cursor() as cursor:
        names = [
            name
            for name in connection.introspection.table_names(cursor)
            if not name.startswith(("patients_portal", "audit_"))
        ]
        found = {}
        for name in names:
            cursor.execute(f'SELECT count(*) FROM "{name}"')
            found[name] = cursor.fetchone()[0]
        return found


def test_it_takes_bounded_work(demo):
    assert demo.seconds < SECONDS_OF_WORK


def test_each_case_says_where_it_is(demo):
    assert set(demo.cases) == {"1", "3", "5", "8", "9"}
    for case in demo.cases.values():
        assert {"patient", "plan", "sessions", "lots", "shift_weeks"} <= set(case)
    assert demo.cases["8"]["declined"]
    assert len(demo.cases["3"]["side_effects"]) == 4
    assert len(demo.cases["5"]["side_effects"]) == 3
    assert len(demo.cases["9"]["side_effects"]) == 1


def test_nothing_that_was_signed_given_or_told_lies_in_the_future(demo):
    now, clinic = timezone.now(), demo.clinic

    assert not clinic.treatment_sessions.filter(started_at__gt=now).exists()
    assert not clinic.treatment_sessions.filter(signed_at__gt=now).exists()
    assert not clinic.side_effects.filter(reported_at__gt=now).exists()
    assert not clinic.outcomes.filter(recorded_at__gt=now).exists()
    assert not clinic.stock_movements.filter(at__gt=now).exists()
    assert not clinic.status_changes.filter(at__gt=now).exists()


@pytest.mark.parametrize("case", story.CASES)
@pytest.mark.parametrize("day", days("2026-01-01, 2026-03-29, 2026-11-22, 2027-02-28, 2028-02-29"))
def test_each_case_is_shifted_so_that_its_anchor_lies_in_the_week_before_today(case, day):
    anchor = case.anchor + timedelta(weeks=case.shift_weeks(day))
    assert 1 <= (day - anchor).days <= 7
    assert anchor.weekday() == case.anchor.weekday()


def test_licences_and_the_lots_of_the_cases_lie_a_year_ahead(demo):
    year = demo.today + timedelta(days=365)
    used = {number for case in story.CASES for number in case.lots_used}

    assert all(each.licence_expires_on >= year for each in demo.clinic.practitioners.exclude(licence_number=""))
    assert all(lot.expires_on >= year for lot in demo.clinic.lots.filter(number__in=used))


def test_case_1_has_the_dates_of_the_reference(demo):
    assert demo.done("1") == days("2025-02-03, 2025-02-10, 2025-02-17, 2025-02-24, 2025-03-10, 2025-03-24")


def test_case_1_has_the_doses_of_the_reference(demo):
    for session in demo.plan("1").sessions.all():
        mix = mix_of(session)
        found = doses(session)

        assert (mix.total_ml, mix.injected_ml, mix.wasted_ml) == (4, 3, 1)
        assert (found["vitamin-c"], found["glutathione"]) == (150, pytest.approx(112.5))
        assert session.state == "signed"


def test_case_1_has_the_scores_of_the_reference(demo):
    shown = {
        measure: [(str(row.score.normalize()), outcomes.change_of(row)) for row in demo.plan("1").outcomes.of(measure)]
        for measure in ("mmasi", "masi")
    }
    assert shown == {"mmasi": [("10.1", None), ("6.1", "-39.6")], "masi": [("19.2", None), ("13.4", "-30.21")]}


def test_case_3_stands_between_its_eleventh_and_its_twelfth_session(demo):
    plan, shift = demo.plan("3"), demo.shift("3")
    rows = lines(plan)

    assert demo.done("3") == days(
        "2025-01-07, 2025-01-14, 2025-01-21, 2025-01-28, 2025-02-04, 2025-02-11, 2025-02-18, 2025-02-25,"
        "2025-03-11, 2025-03-25, 2025-04-15"
    )
    assert [row.window.target_on - shift for row in rows[11:]] == days("2025-04-29, 2025-05-27, 2025-06-24, 2025-07-22")
    assert (plan.state, rows[11].status) == ("active", "booked")
    assert local_day(rows[11].appointment.starts_at, demo.clinic.time_zone) > demo.today
    assert score(plan, "css") == ["10.5"]


def test_case_5_is_closed_after_three_sessions(demo):
    first, second, third = demo.done("5")

    assert ((second - first).days, (third - second).days) == (30, 47)
    assert demo.plan("5").state == "completed"
    called_off = demo.plan("5").patient.appointments.get(status="cancelled")
    assert local_day(called_off.starts_at, demo.clinic.time_zone) - third - demo.shift("5") == timedelta(days=30)
    assert lines(demo.plan("5"))[3].status == "skipped"
    assert score(demo.plan("5"), "cr-smfrs") == ["3", "1"]


def test_case_8_has_left_nothing_but_its_record(demo):
    priya = demo.clinic.patients.get(pk=demo.cases["8"]["patient"])
    declined = priya.declines.get()

    assert not priya.plans.exists()
    assert not priya.treatment_sessions.exists()
    assert (declined.recheck_on - local_day(declined.at, demo.clinic.time_zone)).days == 173


def test_case_9_is_red_open_and_holds_the_plan_back(demo):
    plan = demo.plan("9")
    case = demo.clinic.side_effects.get(pk=demo.cases["9"]["side_effects"][0])
    onset = local_day(case.onset_at, demo.clinic.time_zone) - demo.shift("9")

    assert demo.done("9") == days("2025-04-01, 2025-04-08, 2025-04-15, 2025-04-22")
    assert (onset, case.is_red, case.grade, plan.state) == (date(2025, 5, 6), True, 3, "paused")
    assert case.state != "closed"
    assert plan.course.blocked_code == "open_side_effect"


def test_case_9_has_the_exposure_and_the_balance_of_the_lot(demo):
    lot = demo.clinic.lots.get(number="PR-2503-17")
    rows, account = exposure.of_lot(lot), stock.account(lot)
    others = {demo.cases[number]["patient"] for number in "1358"}

    assert exposure.counts(rows) == (9, 14)
    assert not others & {row.patient.pk for row in rows}
    assert (account.received, account.used, account.discarded, account.quarantined) == (60, 28, 4, 28)


def test_today_has_visits_in_every_state(demo):
    since, until = timezone.now() - timedelta(hours=4), timezone.now() + timedelta(hours=4)
    states = Counter(demo.clinic.appointments.between(since, until).values_list("status", flat=True))

    assert set(states) >= {
        AppointmentStatus.DONE,
        AppointmentStatus.IN_ROOM,
        AppointmentStatus.ARRIVED,
        AppointmentStatus.CONFIRMED,
        AppointmentStatus.BOOKED,
        AppointmentStatus.NO_SHOW,
        AppointmentStatus.CANCELLED,
    }


def test_something_waits_on_each_list(demo):
    states = Counter(demo.clinic.treatment_sessions.values_list("state", flat=True))
    soon = demo.today + timedelta(days=30)

    assert (states[SessionState.OPEN], states[SessionState.ENDED]) == (2, 1)
    assert demo.clinic.tasks.open().filter(is_red=True).exists()
    assert {task.kind for task in demo.clinic.tasks.open()} >= {"side_effect", "review_statement"}
    assert demo.clinic.lots.filter(expires_on__lte=soon, balance__gt=0).count() >= 2


def test_the_nurse_has_a_session_that_she_prepared_under_an_order(demo):
    nurse = demo.clinic.memberships.get(user__email="nurse@demo.example")
    joined = demo.clinic.session_preparations.get(preparation__prepared_by=nurse.user)
    session, order = joined.session, joined.order

    assert order.practitioner.membership.user.email == "colleague@demo.example"
    assert (order.plan, order.max_ml, order.withdrawn_at) == (session.plan, joined.preparation.total_ml, None)
    assert (session.state, session.started_by, session.time_out_at) == (SessionState.OPEN, nurse.user, None)
    assert nurse.delegations.standing(demo.today).get().practitioner == order.practitioner
    assert demo.clinic.treatment_sessions.visible_to(nurse.user).open().contains(session)


@pytest.mark.parametrize(
    ("case", "last"),
    [(Melasma, "2025-04-21"), (Cellulite, "2025-04-15"), (Submental, "2025-06-30")]
    + [(Contraindicated, "2025-06-11"), (LotRecall, "2025-05-31")],
)
def test_each_case_is_moved_by_its_own_weeks(demo, case, last):
    moved = date.fromisoformat(last) + demo.shift(case.number)
    assert 1 <= (demo.today - moved).days <= 7


@pytest.mark.parametrize(
    "moment", ["2026-11-22T00:20:00+01:00", "2026-11-23T02:10:00+01:00", "2026-11-24T23:50:00+01:00"]
)
def test_a_day_can_be_filled_at_any_hour(db, moment):
    now = datetime.fromisoformat(moment)
    with time_machine.travel(now, tick=False):
        opened_at = now - timedelta(days=60)
        clinic, made = house.build(today=now.date(), opened_at=opened_at)
        for family_name in ordinary.EXPECTED:
            patients.register(
                clinic, family_name=family_name, born_on=date(1980, 1, 1), by=made["staff"]["nurse"].user, at=opened_at
            )
        ordinary.fill(clinic, made["staff"], made["lots"], now=now)

    assert clinic.treatment_sessions.count() == 4
    assert not clinic.treatment_sessions.filter(signed_at__gt=now).exists()
    assert clinic.appointments.filter(status="in_room").count() == 2
