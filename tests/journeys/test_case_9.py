"""Case 9 at its original dates: nodules two weeks after the fourth session, and the lot behind them."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from clinic.demo.lot_recall import CLEARED, CULPRIT, DATES, HOME, INSTEAD, ONSET, LotRecall
from common.dates import local_day
from common.refused import Refused
from formulations.rules import stock
from formulations.rules.mix import Asked
from scheduling.actions import bookings
from tests.factories.cases import days, doses, lines, mix_of, staged, targets
from treatments import scores
from treatments.actions import sessions
from treatments.rules import exposure, mix


@pytest.fixture(scope="module")
def beatriz(django_db_setup, django_db_blocker):
    with staged(LotRecall, django_db_blocker, on=HOME) as case:
        begin = case.begin

        def begun(patient, start_on, *, at):
            plan = begin(patient, start_on, at=at)
            case.foreseen = getattr(case, "foreseen", None) or targets(plan)
            return plan

        case.begin = begun
        case.patient, case.plan, case.case = case.run()
        case.plan.refresh_from_db()
        yield case


def test_the_first_days_are_those_of_the_reference(beatriz):
    wanted = days("2025-04-01, 2025-04-08, 2025-04-15, 2025-04-22, 2025-04-29, 2025-05-06")
    assert beatriz.foreseen[:6] == wanted
    assert [line.visit.done_on for line in lines(beatriz.plan)][:4] == wanted[:4]


def test_four_sessions_came_from_two_lots_of_procaine(beatriz):
    given = beatriz.plan.sessions.order_by("started_at")
    lots = [mix_of(each).components.order_by("ordinal").first().pack.lot.number for each in given]

    assert lots == [CLEARED, CULPRIT, CULPRIT, CULPRIT]
    for each in given:
        assert (mix_of(each).total_ml, mix_of(each).wasted_ml) == (10, 0)
        assert doses(each) == {"procaine": 40, "pentoxifylline": 40, "sodium-chloride": 54}
        assert not mix_of(each).findings.filter(code="too_many_products").exists()


def test_procaine_stands_at_a_fifteenth_of_its_cap(beatriz):
    given = beatriz.plan.sessions.first()
    asked = [Asked(Decimal(2), lot=beatriz.lots[CLEARED]), Asked(Decimal(8), lot=beatriz.lots["NS-2410-61"])]
    figures = mix.session_findings(given, components=asked, at=given.started_at).components
    procaine = next(each for each in figures if each.ingredient == "procaine")

    assert (procaine.delivered, procaine.cap) == (40, 600)
    assert scores.shown_percent(procaine.delivered / procaine.cap * 100) == "6.67"


def test_the_fifth_was_missed_booked_again_and_never_given(beatriz):
    fifth = lines(beatriz.plan)[4]
    visits = beatriz.patient.appointments.filter(kind__slug="session").order_by("starts_at")[4:]

    assert [(local_day(each.starts_at, "Europe/Madrid"), each.status) for each in visits] == [
        (date(2025, 4, 29), "no_show"),
        (INSTEAD, "cancelled"),
    ]
    assert (fifth.visit.done_on, fifth.session) == (None, None)
    assert (INSTEAD - DATES[3]).days == 21
    assert fifth.visit.reassessed_at is not None


def test_the_patient_told_of_it_and_the_plan_stopped_by_itself(beatriz):
    case, told_at = beatriz.case, beatriz.at(date(2025, 5, 9), 9)
    paused = beatriz.plan.state_changes.get(state="paused")

    assert (case.reporter, case.reported_at, paused.at) == ("patient", told_at, told_at)
    assert local_day(case.onset_at, "Europe/Madrid") == ONSET
    assert (case.zone.slug, case.side) == ("thigh-posterior", "right")
    assert (beatriz.plan.state, case.is_red, case.pauses_plan) == ("paused", True, True)


def test_lumps_became_a_serious_unexpected_infection_of_grade_3(beatriz):
    case = beatriz.case

    assert case.effect.slug == "atypical-mycobacterial-infection"
    assert (case.grade, sorted(case.serious), case.expected) == (3, ["hospitalisation", "medically_important"], False)
    assert case.state != "closed"
    notes = "\n".join(case.steps.order_by("pk").values_list("note", flat=True))
    assert "Bump / nodule" in notes
    assert "Mycobacterium chelonae" in notes
    assert "put off: a single case, culture pending" in notes


def test_every_lot_of_the_four_sessions_is_suspect_inside_the_window(beatriz):
    rows = beatriz.case.suspects.select_related("lot", "session__planned_session")
    days_before = {row.session.planned_session.ordinal: row.latency_hours // 24 for row in rows}

    assert days_before == {1: 35, 2: 28, 3: 21, 4: 14}
    assert {(row.session.planned_session.ordinal, row.lot.number) for row in rows} == {
        (ordinal, lot)
        for ordinal, procaine in ((1, CLEARED), (2, CULPRIT), (3, CULPRIT), (4, CULPRIT))
        for lot in (procaine, "PX-2411-33", "NS-2410-61")
    }
    assert all(row.in_window and row.pre_ticked and row.ticked for row in rows)


def test_booking_is_refused_at_every_door_while_the_case_is_open(beatriz):
    fifth, at = lines(beatriz.plan)[4], beatriz.at(HOME, 20)
    for by in (beatriz.staff["frontdesk"].user, beatriz.treats):
        with pytest.raises(Refused) as refused:
            bookings.book(
                beatriz.clinic,
                patient=beatriz.patient,
                kind=fifth.visit.kind,
                practitioner=beatriz.doctor,
                starts_at=beatriz.at(HOME + timedelta(days=3), 11),
                course_visit=fifth.visit,
                overrides=[{"code": "open_side_effect", "reason": "She insists"}],
                by=by,
                at=at,
            )
        assert "open_side_effect" in [each.code for each in refused.value.reasons]
        assert f"/safety/{beatriz.case.pk}/" in [each.url for each in refused.value.reasons]
    with pytest.raises(Refused) as refused:
        sessions.open_session(fifth.planned, by=beatriz.treats, at=at)
    assert "plan_paused" in [each.code for each in refused.value.reasons]


def test_the_red_case_is_put_before_the_director_who_treats_her(beatriz):
    tasks = beatriz.clinic.tasks.open().filter(patient=beatriz.patient, is_red=True)
    assert {str(task.assignee.user) for task in tasks} == {"Elena Marchetti"}


def test_the_lot_reached_nine_patients_in_fourteen_sessions(beatriz):
    rows = exposure.of_lot(beatriz.lots[CULPRIT])

    assert exposure.counts(rows) == (9, 14)
    assert (min(row.on for row in rows), max(row.on for row in rows)) == (date(2025, 4, 8), date(2025, 5, 14))
    assert sum(row.ml for row in rows) == 28


def test_the_balance_of_the_lot_is_accounted_for(beatriz):
    lot = beatriz.lots[CULPRIT]
    lot.refresh_from_db()
    account = stock.account(lot)

    assert (account.received, account.used, account.discarded, account.quarantined, account.left) == (60, 28, 4, 28, 0)
    assert account.received == account.used + account.discarded + account.quarantined


def test_the_lot_was_set_aside_when_the_smear_was_read_and_serves_nobody_since(beatriz):
    lot = beatriz.lots[CULPRIT]
    lot.refresh_from_db()
    turned = lot.state_changes.get(state="quarantined")

    assert (lot.state, turned.at) == ("quarantined", beatriz.at(date(2025, 5, 16), 10, 5))
    assert lot not in beatriz.clinic.lots.drawable(date(2025, 5, 17))
    assert beatriz.lots[CLEARED].state == "active"
