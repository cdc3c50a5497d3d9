"""Case 3 at its original dates: fifteen sessions against cellulite, one of them a week late."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from clinic.demo.cellulite import ACTUAL, LAST, PLANNED, Cellulite
from common.dates import local_day
from formulations.rules.mix import Asked
from scheduling.rules.windows import Timing, judge
from tests.factories.cases import days, doses, lines, mix_of, score, staged, targets
from treatments import scores
from treatments.actions import outcomes
from treatments.rules import consents, mix
from treatments.tables.outcomes import series_in

WANTED = """2025-01-07, 2025-01-14, 2025-01-21, 2025-01-28, 2025-02-04, 2025-02-11, 2025-02-18, 2025-02-25,
    2025-03-11, 2025-03-25, 2025-04-08, 2025-04-22, 2025-05-20, 2025-06-17, 2025-07-15"""
LATER = "2025-04-15, 2025-04-29, 2025-05-27, 2025-06-24, 2025-07-22"


@pytest.fixture(scope="module")
def nadia(django_db_setup, django_db_blocker):
    with staged(Cellulite, django_db_blocker, on=LAST) as case:
        case.foreseen = {}
        next_visit = case.next_visit

        def watched(plan, ordinal, *, at):
            next_visit(plan, ordinal, at=at)
            case.foreseen[ordinal] = targets(plan)

        case.next_visit = watched
        agree = case.agree

        def agreed(*args, **kwargs):
            plan = agree(*args, **kwargs)
            case.foreseen[1] = targets(plan)
            return plan

        case.agree = agreed
        case.patient, case.plan, case.given = case.run()
        case.plan.refresh_from_db()
        yield case


def test_the_fifteen_days_are_planned(nadia):
    assert nadia.foreseen[1] == days(WANTED) == list(PLANNED)


def test_a_session_a_week_late_moves_all_that_follow(nadia):
    assert nadia.foreseen[12][10:] == days(LATER)
    assert targets(nadia.plan) == [*days(WANTED)[:10], *days(LATER)] == list(ACTUAL)
    assert targets(nadia.plan)[-1] - days(WANTED)[-1] == timedelta(days=7)


def test_the_late_session_is_noted_but_needs_no_new_assessment(nadia):
    line = lines(nadia.plan)[10]
    tenth = days(WANTED)[9]

    assert (line.visit.done_on - tenth).days == 21
    assert (line.window.latest_on - tenth).days == 17
    assert (line.window.reassess_after - tenth).days == 34
    assert judge(line.window, line.visit.done_on) == Timing.LATE
    assert line.visit.reassessed_at is None
    found = [row.code for row in line.session.findings.filter(stage="opening")]
    assert found == ["interval_late"]


def test_the_eleventh_visit_was_called_off_by_the_patient_and_booked_again(nadia):
    visits = nadia.patient.appointments.filter(
        kind__slug="session", starts_at__date__range=(date(2025, 4, 8), date(2025, 4, 15))
    )
    assert [(local_day(each.starts_at, "Europe/Madrid"), each.status) for each in visits.order_by("starts_at")] == [
        (date(2025, 4, 8), "cancelled"),
        (date(2025, 4, 15), "done"),
    ]


def test_every_mix_has_the_doses_of_the_reference(nadia):
    assert len(nadia.given) == 15
    for given in nadia.given:
        drawn = mix_of(given)
        rows = given.zone_applications.select_related("zone")
        assert (drawn.total_ml, drawn.injected_ml, drawn.wasted_ml) == (10, 10, 0)
        assert doses(given) == {
            "pentoxifylline": 40,
            "organic-silicon": 20,
            "lidocaine": 10,
            "sodium-chloride": 45,
        }
        assert {(row.zone.slug, row.side, row.points, row.volume_ml) for row in rows} == {
            (zone, side, 25, Decimal("2.5")) for zone in ("buttock", "thigh-posterior") for side in ("left", "right")
        }
        assert given.state == "signed"


def test_lidocaine_stands_at_a_thirtieth_of_its_cap(nadia):
    given = nadia.given[0]
    asked = [Asked(Decimal(ml), lot=nadia.lots[number]) for number, ml in (("LD-2412-40", "1"), ("NS-2410-61", "9"))]
    figures = mix.session_findings(given, components=asked, at=given.started_at).components
    lidocaine = next(each for each in figures if each.ingredient == "lidocaine")

    assert (lidocaine.delivered, lidocaine.cap) == (10, 300)
    assert scores.shown_percent(lidocaine.delivered / lidocaine.cap * 100) == "3.33"


def test_four_products_are_more_than_immediate_use_allows(nadia):
    first, second = (mix_of(given) for given in nadia.given[:2])
    flagged = second.findings.get(code="too_many_products")

    assert (flagged.severity, bool(flagged.reason)) == ("warn", True)
    assert "4 products; immediate use allows 3" in flagged.message
    assert not first.findings.filter(code="too_many_products").exists()


def test_the_first_mix_came_from_the_hood_and_keeps_for_twelve_hours(nadia):
    first, second = (mix_of(given) for given in nadia.given[:2])

    assert first.prepared_at == nadia.at(PLANNED[0], 9, 10)
    assert first.beyond_use_at == nadia.at(PLANNED[0], 21, 10)
    assert second.beyond_use_at - second.prepared_at == timedelta(hours=4)


def test_the_salicylate_salt_is_no_matter_for_who_tolerates_aspirin(nadia):
    assert nadia.lots["OS-2501-19"].product.allergens == ["salicylates"]
    assert not any(mix_of(given).findings.filter(code="allergy").exists() for given in nadia.given)


def test_after_eight_sessions_somebody_decided_to_go_on_more_slowly(nadia):
    first = nadia.plan.phase_decisions.get(after_ordinal=8)

    assert (first.advance, first.improved, first.measure) == (True, True, "gais")
    assert score(nadia.plan, "gais", rated_on=date(2025, 2, 25)) == ["3"]
    windows = [line.window for line in lines(nadia.plan)]
    assert (windows[8].target_on - days(WANTED)[7]).days == 14


def test_the_side_effects_are_mild_and_over(nadia):
    told = nadia.patient.side_effects.order_by("onset_at").select_related("effect", "session__planned_session", "zone")
    facts = [
        (each.effect.slug, each.session.planned_session.ordinal, each.grade, each.serious, each.is_red) for each in told
    ]
    assert facts == [
        ("haematoma", 2, 1, [], False),
        ("haematoma", 5, 1, [], False),
        ("nausea", 6, 1, [], False),
        ("haematoma", 9, 1, [], False),
    ]
    ninth = told[3]
    assert (ninth.zone.slug, ninth.side, ninth.narrative) == ("thigh-posterior", "right", "4 cm.")
    assert (ninth.resolved_on - local_day(ninth.onset_at, "Europe/Madrid")).days == 11
    assert {each.expected for each in told} == {True}


def test_the_cellulite_score_falls_by_a_sixth(nadia):
    before, after = nadia.plan.outcomes.of("css").order_by("rated_on")
    parts = [{region: int(part.value) for region, part in scores.score("css", row.items).parts.items()}
             for row in (before, after)]  # fmt: skip

    assert parts == [
        {"right_thigh": 9, "left_thigh": 9, "right_buttock": 12, "left_buttock": 12},
        {"right_thigh": 7, "left_thigh": 7, "right_buttock": 10, "left_buttock": 11},
    ]
    bands = [part.band for part in scores.score("css", after.items).parts.values()]
    assert sorted(bands) == ["moderate", "moderate", "moderate", "severe"]
    assert score(nadia.plan, "css") == ["10.5", "8.75"]
    assert outcomes.change_of(after) == "-16.67"


def test_the_page_says_it_region_by_region_and_warns_of_the_weight(nadia):
    series = {each.label: each for each in series_in(nadia.plan.outcomes.standing().with_names())}
    css, girth = series["Cellulite severity (CSS)"].points[-1], series["Circumference"].points[-1]

    assert {*css.remarks} == {
        "Right buttock: 10 moderate",
        "Left buttock: 11 severe",
        "Right thigh: 7 moderate",
        "Left thigh: 7 moderate",
    }
    assert "Girth change may reflect weight loss." in girth.remarks


def test_girth_fell_with_the_weight(nadia):
    assert score(nadia.plan, "circumference", side="right") == ["58.4", "57.8"]
    assert score(nadia.plan, "circumference", side="left") == ["58.1", "57.6"]
    first, last = nadia.plan.outcomes.of("circumference").filter(side="right").order_by("rated_on")
    assert scores.girth_may_reflect_weight(
        first.score, last.score, Decimal(first.items["weight_kg"]), Decimal(last.items["weight_kg"])
    )


def test_what_both_thought_in_the_end(nadia):
    assert score(nadia.plan, "gais", rated_on=LAST, rater="clinician") == ["3"]
    assert score(nadia.plan, "gais", rated_on=LAST, rater="patient") == ["3"]
    assert score(nadia.plan, "satisfaction") == ["3"]
    assert nadia.plan.state == "completed"


def test_she_agreed_to_pictures_for_the_record_and_for_teaching(nadia):
    consent, _code = consents.standing(nadia.plan, LAST)
    assert {name for name, said in consent.options.items() if said} == {"photos_record", "photos_teaching"}
