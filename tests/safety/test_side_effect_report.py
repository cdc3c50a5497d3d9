import pytest

from audit.models import Event
from common.refused import Refused
from safety.actions import side_effects
from tests.factories.safety import days, report
from tests.factories.treatments import inject, minutes
from treatments.models import PlanIngredient


def test_a_side_effect_is_recorded_with_its_three_facts(signed_session, practitioner):
    case = report(signed_session, by=practitioner)

    assert (case.grade, case.serious, case.expected, case.is_red) == (1, [], True, False)
    assert case.plan == signed_session.plan
    assert "side_effect.reported" in Event.objects.about(case).kinds()
    assert list(case.steps.values_list("state", flat=True)) == ["new"]


@pytest.mark.parametrize(
    ("effect", "grade", "expected"),
    [
        ("redness", 1, True),
        ("burning", 1, True),
        ("haematoma", 1, True),
        ("redness", 3, False),
        ("hypertrichosis", 1, False),
        ("scar", 2, False),
        ("severe-cutaneous-reaction", 2, True),
    ],
)
def test_expected_is_what_the_plans_own_list_says(signed_session, practitioner, effect, grade, expected):
    assert report(signed_session, effect, grade=grade, by=practitioner).expected is expected


def test_a_substance_of_the_plan_makes_its_effects_expected(signed_session, practitioner, house):
    minoxidil = house.ingredients.current().get(slug="minoxidil")
    PlanIngredient.objects.create(clinic=house, plan=signed_session.plan, ingredient=minoxidil, ordinal=4)

    case = report(signed_session, "hypertrichosis", by=practitioner)

    assert case.expected
    assert "inoxidil" in case.expected_basis


def test_every_lot_of_the_half_year_is_proposed_with_its_latency(signed_session, stock, practitioner):
    case = report(signed_session, "nodule", onset_at=days(14), grade=2, by=practitioner)

    suspects = case.suspects.order_by("lot")
    assert {row.lot.number for row in suspects} == {"VC-2411-07", "GS-2502-03", "NS-2410-61"}
    assert {(row.latency_hours, row.in_window, row.pre_ticked) for row in suspects} == {(336, True, True)}


@pytest.mark.parametrize(
    ("onset_days", "in_window"), [(6, False), (7, True), (84, True), (85, False)], ids=["d6", "d7", "w12", "later"]
)
def test_a_lump_is_suspect_from_a_week_to_twelve(signed_session, practitioner, onset_days, in_window):
    case = report(signed_session, "nodule", onset_at=days(onset_days), grade=2, by=practitioner)

    assert {row.pre_ticked for row in case.suspects.all()} == {in_window}


def test_lots_of_more_than_half_a_year_ago_are_no_suspects(signed_session, practitioner):
    case = side_effects.report(
        signed_session.patient, effect="nodule", onset_at=days(181), grade=1, by=practitioner, at=days(182)
    )

    assert not case.suspects.exists()


@pytest.mark.parametrize(
    ("effect", "grade", "serious", "onset_days", "red"),
    [
        ("redness", 2, [], 0, False),
        ("redness", 3, [], 0, True),
        ("redness", 1, ["hospitalisation"], 0, True),
        ("infection", 1, [], 3, True),
        ("nodule", 2, [], 6, False),
        ("nodule", 1, [], 7, True),
        ("hyperpigmentation", 2, [], 30, False),
    ],
)
def test_what_is_red_pauses_the_plan_and_nothing_else_does(
    signed_session, practitioner, effect, grade, serious, onset_days, red
):
    case = report(
        signed_session, effect, grade=grade, serious=serious, onset_at=days(onset_days, hours=1), by=practitioner
    )

    plan = case.plan
    plan.refresh_from_db()
    plan.course.refresh_from_db()
    assert (case.is_red, case.pauses_plan) == (red, red)
    assert plan.state == ("paused" if red else "active")
    assert plan.course.blocked_code == ("open_side_effect" if red else "")
    assert plan.course.blocked_url == (f"/safety/{case.pk}/" if red else "")


def test_a_lump_without_a_named_session_counts_from_any_session(signed_session, practitioner):
    case = side_effects.report(
        signed_session.patient, effect="nodule", onset_at=days(20), grade=1, by=practitioner, at=days(21)
    )

    assert case.is_red
    assert case.plan == signed_session.plan


def test_the_practitioner_gets_a_task_and_of_a_serious_case_the_director_too(
    signed_session, second_doctor, practitioner, doctor
):
    doctor.membership.is_medical_director = False
    doctor.membership.save()
    second_doctor.membership.is_medical_director = True
    second_doctor.membership.save()

    report(signed_session, by=practitioner)
    report(signed_session, serious=["medically_important"], by=practitioner)

    tasks = signed_session.clinic.tasks.filter(kind="side_effect").order_by("pk")
    assert [(task.assignee, task.is_red) for task in tasks[:1]] == [(doctor.membership, False)]
    assert {task.assignee for task in tasks[1:]} == {doctor.membership, second_doctor.membership}
    assert {task.is_red for task in tasks[1:]} == {True}


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"grade": 6}, "1 to 5"),
        ({"serious": ["dreadful"]}, "not known"),
        ({"grade": 5}, "belong together"),
        ({"serious": ["death"], "grade": 4}, "belong together"),
        ({"onset_at": minutes(-60 * 24)}, "before the session"),
        ({"effect": "glow"}, "not in the list"),
    ],
)
def test_what_cannot_be_is_refused(signed_session, practitioner, values, sentence):
    with pytest.raises(Refused, match=sentence):
        report(signed_session, by=practitioner, **values)


def test_a_side_that_the_zone_does_not_have_is_refused(signed_session, practitioner, house):
    zone = house.zones.current().get(slug="forehead")

    with pytest.raises(Refused, match="that side"):
        report(signed_session, zone=zone, side="left", by=practitioner)


def test_the_session_of_another_patient_is_refused(signed_session, other_patient, practitioner):
    with pytest.raises(Refused, match="another patient"):
        side_effects.report(
            other_patient,
            session=signed_session,
            effect="redness",
            onset_at=days(1),
            grade=1,
            by=practitioner,
            at=days(2),
        )


def test_the_front_desk_records_no_side_effect(signed_session, front_desk):
    with pytest.raises(Refused) as refused:
        report(signed_session, by=front_desk)

    assert refused.value.code == "not_allowed"


def test_a_session_that_was_not_signed_yet_has_suspects_too(mixed_session, practitioner):
    inject(mixed_session, by=practitioner)

    case = report(mixed_session, onset_at=minutes(30), by=practitioner)

    assert case.suspects.count() == 3
