from datetime import date, timedelta
from decimal import Decimal

import pytest

from audit.models import Event
from common.refused import Refused
from patients.models import CareTeam
from scheduling.models import Course
from tests.cast import NOON
from tests.factories import patients as people
from tests.factories.plans import protocol, start
from treatments.models import TreatmentPlan
from treatments.rules.courses import lines_of
from treatments.rules.schedules import outlook

CASE_1 = [
    date(2025, 2, 3),
    date(2025, 2, 10),
    date(2025, 2, 17),
    date(2025, 2, 24),
    date(2025, 3, 10),
    date(2025, 3, 24),
]


def targets(plan):
    return [line.window.target_on for line in lines_of(TreatmentPlan.objects.with_chart().get(pk=plan.pk))]


def test_case_1_runs_on_its_six_days(plan, practitioner):
    assert targets(plan) == CASE_1
    assert [(each.ordinal, each.phase) for each in plan.planned_sessions.order_by("ordinal")] == [
        (1, 1),
        (2, 1),
        (3, 1),
        (4, 1),
        (5, 2),
        (6, 2),
    ]
    assert [row.ingredient.slug for row in plan.plan_ingredients.order_by("ordinal")] == [
        "vitamin-c",
        "glutathione",
        "sodium-chloride",
    ]
    assert plan.created_by == practitioner
    assert "plan.started" in Event.objects.about(plan).kinds()


def test_what_is_shown_before_a_plan_is_agreed_is_what_it_becomes(house, location):
    rows = outlook(protocol(house), start_on=CASE_1[0], sessions=None, location=location)

    assert [row["window"].target_on for row in rows] == CASE_1


def test_a_target_on_a_closed_sunday_moves_into_its_window(house, patient, doctor):
    plan = start(patient, doctor, "submental-dca-4", start_on=date(2025, 1, 20))

    assert targets(plan) == [date(2025, 1, 20), date(2025, 2, 19), date(2025, 3, 21), date(2025, 4, 21)]
    assert all(visit.label_bound and visit.min_days == 30 for visit in plan.course.visits.all())


def test_a_plan_tells_booking_where_it_can_be_read(plan, patient, doctor):
    course = Course.objects.get(pk=plan.course_id)

    assert course.page_url == f"/treatments/plans/{plan.pk}/"
    assert course.label == plan.protocol.name
    assert CareTeam.objects.filter(patient=patient, membership=doctor.membership).exists()


def test_a_plan_may_be_longer_than_usual_within_its_protocol(house, patient, doctor):
    plan = start(patient, doctor, sessions=8)

    assert plan.planned_sessions.count() == 8
    assert targets(plan)[5:] == [date(2025, 3, 24), date(2025, 4, 7), date(2025, 4, 21)]


def test_more_sessions_than_the_protocol_has_are_refused(house, patient, doctor):
    with pytest.raises(Refused, match="from 3 to 10 sessions, not 11") as refused:
        start(patient, doctor, sessions=11)

    assert refused.value.code == "session_count"


@pytest.mark.parametrize("sessions", [0, 2, 16])
def test_no_plan_has_fewer_than_three_or_more_than_fifteen_sessions(house, patient, doctor, sessions):
    with pytest.raises(Refused, match="from 3 to 15 sessions") as refused:
        start(patient, doctor, sessions=sessions)

    assert refused.value.code == "session_count_out_of_range"


def test_a_closed_start_day_is_refused_and_the_next_open_one_named(house, patient, doctor):
    with pytest.raises(Refused, match="next open day is 2025-02-10") as refused:
        start(patient, doctor, start_on=date(2025, 2, 9))

    assert refused.value.code == "outside_hours"
    assert refused.value.extra == {"next_open": date(2025, 2, 10)}


def test_what_is_injected_can_be_named(house, patient, doctor):
    chosen = [house.ingredients.current().get(slug="glutathione")]

    plan = start(patient, doctor, ingredients=chosen)

    assert [row.ingredient.slug for row in plan.plan_ingredients.all()] == ["glutathione"]


def test_a_plan_needs_somebody_with_a_licence_on_its_first_day(house, patient, doctor):
    with pytest.raises(Refused) as refused:
        start(patient, doctor, start_on=date(2031, 1, 6))

    assert refused.value.code == "licence_expired"


def test_a_retired_version_makes_no_plan(house, patient, doctor):
    old = protocol(house)
    old.review = "retired"
    old.save(update_fields=["review"])

    with pytest.raises(Refused) as refused:
        start(patient, doctor, protocol=old)

    assert refused.value.code == "protocol_unavailable"


def test_tranexamic_acid_beside_the_pill_asks_for_a_word(house, doctor, practitioner):
    amara = people.register(
        house, by=practitioner, medicines=[{"name": "ethinylestradiol/levonorgestrel", "prescribed": True}]
    )

    with pytest.raises(Refused) as refused:
        start(amara, doctor, "melasma-txa-7")

    assert [(each.code, each.severity) for each in refused.value.reasons] == [("drug_interaction", "warn")]
    assert not TreatmentPlan.objects.exists()


def test_going_past_a_warning_is_kept_with_its_reason(house, doctor, practitioner):
    amara = people.register(
        house, by=practitioner, medicines=[{"name": "ethinylestradiol/levonorgestrel", "prescribed": True}]
    )

    plan = start(
        amara, doctor, "melasma-txa-7", overrides=[{"code": "drug_interaction", "reason": "Gynaecologist agrees"}]
    )

    waiver = plan.waivers.get()
    assert (waiver.code, waiver.reason, waiver.by) == ("drug_interaction", "Gynaecologist agrees", practitioner)
    assert "tranexamic" in waiver.message.lower()


def test_the_same_plan_is_not_made_twice(plan, patient, doctor):
    with pytest.raises(Refused, match=plan.number) as refused:
        start(patient, doctor)

    assert refused.value.code == "already_done"


def test_another_plan_of_the_protocol_may_begin_on_another_day(plan, patient, doctor):
    assert start(patient, doctor, start_on=date(2025, 6, 2)).pk != plan.pk


def test_two_clicks_at_once_make_one_plan(house, patient, doctor, at_once):
    results = at_once(lambda _number: start(patient, doctor), range(4))

    assert TreatmentPlan.objects.count() == 1
    assert sum(isinstance(each, TreatmentPlan) for each in results) == 1
    assert {each.code for each in results if isinstance(each, Refused)} == {"already_done"}


def test_a_failure_in_the_middle_leaves_nothing(house, patient, doctor, monkeypatch):
    monkeypatch.setattr("treatments.actions.plans.care_teams.join", broken)

    with pytest.raises(RuntimeError):
        start(patient, doctor)

    assert not TreatmentPlan.objects.exists()
    assert not Course.objects.exists()
    assert not Event.objects.filter(kind="plan.started").exists()


def broken(*_args, **_values):
    raise RuntimeError("the power went")


def test_the_price_is_per_session_and_exact(house, patient, doctor):
    assert start(patient, doctor, price_per_session=Decimal("115.00")).price_per_session == Decimal("115.00")


def test_windows_count_from_what_was_really_done(plan):
    first = plan.planned_sessions.select_related("visit").get(ordinal=1).visit
    first.done_on = NOON.date() + timedelta(days=1)
    first.save(update_fields=["done_on"])

    assert targets(plan)[1] == date(2025, 2, 11)
