"""Case 5 at its original dates: a labelled product under the chin, and a nerve that holds the plan back."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from clinic.demo.submental import DATES, FOURTH, LAST, Submental
from common.dates import local_day
from formulations.rules.mix import Asked
from scheduling.rules.windows import Timing, judge
from tests.factories.cases import days, doses, lines, mix_of, score, staged, targets
from treatments.rules import mix


@pytest.fixture(scope="module")
def seun(django_db_setup, django_db_blocker):
    with staged(Submental, django_db_blocker, on=LAST) as case:
        agree = case.agree

        def agreed(*args, **kwargs):
            plan = agree(*args, **kwargs)
            case.foreseen = targets(plan)
            return plan

        case.agree = agreed
        case.patient, case.plan, case.given = case.run()
        case.plan.refresh_from_db()
        yield case


def test_a_sunday_is_shifted_to_the_monday(seun):
    assert seun.foreseen == days("2025-01-20, 2025-02-19, 2025-03-21, 2025-04-21")


def test_the_label_s_month_is_never_undercut(seun):
    (refused,) = seun.refused["early"]

    assert (refused.code, refused.severity, refused.source) == ("outside_window", "block", "label")
    assert lines(seun.plan)[1].window.hard_earliest_on == date(2025, 2, 19)


@pytest.mark.parametrize(
    ("ordinal", "points", "drawn", "injected", "wasted", "dose", "vials"),
    [(1, 24, "6.0", "4.8", "1.2", 48, 3), (2, 20, "4.0", "4.0", "0.0", 40, 2), (3, 16, "4.0", "3.2", "0.8", 32, 2)],
)
def test_points_and_doses_are_those_of_the_reference(seun, ordinal, points, drawn, injected, wasted, dose, vials):
    given = seun.given[ordinal - 1]
    zone, made = given.zone_applications.get(), mix_of(given)

    assert (zone.points, zone.area_cm2, zone.ml_per_point) == (points, points, Decimal("0.2"))
    assert [made.total_ml, made.injected_ml, made.wasted_ml] == [Decimal(drawn), Decimal(injected), Decimal(wasted)]
    assert doses(given) == {"deoxycholic-acid": dose}
    assert dose / zone.area_cm2 == 2
    assert made.components.count() == vials
    assert given.state == "signed"


def test_forty_eight_milligrams_are_forty_eight_percent_of_the_cap(seun):
    given = seun.given[0]
    check = mix.session_findings(
        given,
        components=[Asked(Decimal(6), lot=seun.lots["KY-2409-12"])],
        injected_ml=Decimal("4.8"),
        besides=mix_of(given),
        at=given.started_at,
    )
    (figure,) = check.components

    assert (figure.delivered, figure.cap, figure.delivered / figure.cap * 100) == (48, 100, 48)
    assert not any(each.code.startswith("dose_cap") for each in check.findings)


def test_thinning_it_with_salt_water_is_blocked_by_the_label(seun):
    blocked = [each for each in seun.refused["saline"] if each.severity == "block"]

    assert [each.code for each in blocked] == ["pair_incompatible"]
    assert "label (KYBELLA USPI)" in blocked[0].source
    assert [mix_of(given).components.first().pack.lot.number for given in seun.given] == ["KY-2409-12"] * 3


def test_the_side_effects_are_three_facts_each(seun):
    told = seun.patient.side_effects.select_related("effect", "session__planned_session")
    facts = {
        each.effect.slug: (
            each.session.planned_session.ordinal,
            each.grade,
            each.serious,
            each.expected,
            (each.resolved_on - local_day(each.onset_at, "Europe/Madrid")).days,
        )
        for each in told
    }
    assert facts == {
        "swelling": (1, 2, [], True, 8),
        "numbness": (1, 1, [], True, 35),
        "nerve-injury": (2, 2, [], True, 41),
    }


def test_the_nerve_injury_is_expected_by_the_product_although_not_in_general(seun):
    case = seun.patient.side_effects.select_related("effect").get(effect__slug="nerve-injury")

    assert (case.effect.expected, case.expected) == (False, True)
    assert "Deoxycholic acid" in case.expected_basis


def test_nothing_is_booked_until_the_smile_is_even_again(seun):
    (refused,) = seun.refused["nerve"]
    case = seun.patient.side_effects.get(effect__slug="nerve-injury")

    assert (refused.code, refused.url) == ("open_side_effect", f"/safety/{case.pk}/")
    assert (local_day(case.closed_at, "Europe/Madrid"), case.outcome) == (date(2025, 4, 3), "recovered")
    turns = [change.state for change in seun.plan.state_changes.order_by("at", "pk")]
    assert (turns[:2], turns[-1]) == (["paused", "active"], "completed")


def test_the_third_session_comes_forty_seven_days_after_the_second(seun):
    third = lines(seun.plan)[2]

    assert (third.visit.done_on - DATES[1]).days == 47
    assert (third.window.earliest_on - DATES[1]).days == 30
    assert (third.window.latest_on - DATES[1]).days == 56
    assert judge(third.window, third.visit.done_on) == Timing.INSIDE


def test_the_fourth_counts_from_the_third_is_called_off_and_left_out_at_the_end(seun):
    fourth = lines(seun.plan)[3]
    called_off = seun.patient.appointments.get(status="cancelled")

    assert local_day(called_off.starts_at, "Europe/Madrid") == FOURTH == DATES[2] + timedelta(days=30)
    assert (fourth.status, fourth.visit.done_on, fourth.session) == ("skipped", None, None)
    assert fourth.planned.skip_reason == "The aim is reached after three sessions."


def test_the_plan_is_closed_after_three_sessions_with_its_scores(seun):
    assert (seun.plan.state, len(seun.given), seun.plan.protocol.min_sessions) == ("completed", 3, 3)
    assert score(seun.plan, "cr-smfrs") == ["3", "1"]
    assert score(seun.plan, "gais", rater="clinician") == ["2"]
    assert score(seun.plan, "gais", rater="patient") == ["2"]
    assert (LAST - DATES[2]).days == 12 * 7
