"""What a signed session asks of the plan: the longer interval, and whether it helps at all."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from common.refused import Refused
from scheduling.actions import courses
from scheduling.models import AppointmentStatus
from tests.cast import NOON
from tests.factories import scheduling as calendar
from tests.factories.plans import start
from treatments.actions import outcomes, plans, reviews
from treatments.models import TreatmentPlan, TreatmentSession
from treatments.rules import gates


def sign(plan, *, by, sessions):
    """Put signed sessions on a plan, as if they had been given one after the other, and ask what each asks."""
    for ordinal in sessions:
        planned = plan.planned_sessions.select_related("visit").get(ordinal=ordinal)
        at = NOON + timedelta(days=7 * (ordinal - 1))
        courses.mark_done(planned.visit, on=at.date(), by=by, at=at)
        session = TreatmentSession.objects.create(
            clinic=plan.clinic, plan=plan, planned_session=planned, patient=plan.patient, location=plan.location,
            practitioner=plan.practitioner, started_at=at, started_by=by, time_out_at=at, time_out_by=by,
            injection_started_at=at, injected_by=by, injection_ended_at=at, ended_at=at, ended_by=by,
            state="signed", signed_at=at, signed_by=by,
        )  # fmt: skip
        reviews.after_session(session, by=by, at=at)
    return TreatmentPlan.objects.get(pk=plan.pk)


def gais(plan, grade, *, by):
    return outcomes.rate(
        plan.patient, plan=plan, measure="gais", items={"value": grade}, rated_on=NOON.date(), by=by, at=NOON
    )


def asked(house):
    return [(task.kind, task.assignee.user) for task in house.tasks.open().order_by("pk")]


def test_the_last_session_of_a_phase_asks_whether_to_move_on(house, plan, practitioner):
    plan = sign(plan, by=practitioner, sessions=[1, 2])
    assert asked(house) == []

    sign(plan, by=practitioner, sessions=[3, 4])

    tasks = house.tasks.open().filter(kind="phase_decision")
    assert [task.link for task in tasks] == [reverse("treatments:plan_phase", args=[plan.pk])]
    assert tasks.get().assignee.user == practitioner


def test_the_decision_ticks_its_task(house, plan, practitioner):
    sign(plan, by=practitioner, sessions=[1, 2, 3, 4])

    plans.decide_phase(plan, advance=True, improved=True, reason="Lighter", by=practitioner, at=NOON)

    assert not house.tasks.open().filter(kind="phase_decision").exists()


def test_kept_intervals_are_asked_about_again(house, plan, practitioner):
    sign(plan, by=practitioner, sessions=[1, 2, 3, 4])
    plans.decide_phase(plan, advance=False, improved=False, reason="Not yet", by=practitioner, at=NOON)

    sign(plan, by=practitioner, sessions=[5])

    assert house.tasks.open().filter(kind="phase_decision").count() == 1


def test_three_sessions_without_a_response_ask_for_a_review(house, plan, practitioner):
    plan = sign(plan, by=practitioner, sessions=[1, 2])
    assert plan.state == "active"

    plan = sign(plan, by=practitioner, sessions=[3])

    assert (plan.state, plan.state_reason) == ("review_due", "Session 3 is signed and no response is on record.")
    assert asked(house) == [("follow_up", practitioner)]


@pytest.mark.parametrize(("grade", "state"), [(2, "active"), (3, "active"), (4, "review_due")])
def test_an_improvement_on_record_is_a_response(house, plan, practitioner, grade, state):
    gais(plan, grade, by=practitioner)

    assert sign(plan, by=practitioner, sessions=[1, 2, 3]).state == state


def test_a_response_on_record_takes_the_question_back(house, plan, practitioner):
    sign(plan, by=practitioner, sessions=[1, 2, 3])

    gais(TreatmentPlan.objects.get(), 4, by=practitioner)
    assert TreatmentPlan.objects.get().state == "review_due"
    gais(TreatmentPlan.objects.get(), 2, by=practitioner)

    assert TreatmentPlan.objects.get().state == "active"
    assert asked(house) == []


def test_a_review_lets_the_plan_go_on_and_is_asked_once(house, plan, practitioner):
    plan = sign(plan, by=practitioner, sessions=[1, 2, 3])

    plans.review(plan, reason="Photographs show a little; three more", by=practitioner, at=NOON)

    assert asked(house) == []
    plan = sign(plan, by=practitioner, sessions=[4])
    assert plan.state == "active"
    with pytest.raises(Refused, match="does not ask"):
        plans.review(plan, reason="Again", by=practitioner, at=NOON)


def test_the_page_asks_and_takes_the_answer(as_user, house, plan, practitioner):
    sign(plan, by=practitioner, sessions=[1, 2, 3])
    browser, address = as_user(practitioner), reverse("treatments:plan_change", args=[plan.pk, "review"])

    assert (
        "The plan asks for a review" in browser.get(reverse("treatments:plan_detail", args=[plan.pk])).content.decode()
    )
    assert browser.post(address, {"reason": ""}).status_code == 422
    assert browser.post(address, {"reason": "Three more"}).status_code == 302
    assert TreatmentPlan.objects.get().state == "active"


def test_a_machine_reviews_too(api, house, plan, practitioner):
    sign(plan, by=practitioner, sessions=[1, 2, 3])

    answer = api(practitioner).post(f"/api/v1/plans/{plan.pk}/review/", {"reason": "Three more"})

    assert (answer.status_code, answer.json()["state"]) == (200, "active")


def test_the_end_of_a_plan_answers_what_it_asked(house, plan, practitioner):
    plan = sign(plan, by=practitioner, sessions=[1, 2, 3])

    plans.discontinue(plan, reason="It does not help", by=practitioner, at=NOON)

    assert asked(house) == []


def test_a_failure_while_asking_leaves_the_session_unsigned(house, ended_session, practitioner, monkeypatch):
    from treatments.actions import sessions

    def broken(*_args, **_values):
        raise RuntimeError("the power went")

    monkeypatch.setattr("treatments.actions.sessions.reviews.after_session", broken)
    with pytest.raises(RuntimeError):
        sessions.sign_off(ended_session, by=practitioner, at=NOON + timedelta(hours=1))

    ended_session.refresh_from_db()
    assert ended_session.state == "ended"


def codes(plan, ordinal=1):
    planned = plan.planned_sessions.with_visit().select_related("plan__clinic", "plan__patient").get(ordinal=ordinal)
    return [(each.code, each.severity) for each in gates.before_opening(planned, at=NOON)]


def test_a_first_session_without_a_closed_consultation_is_a_warning(house, plan, doctor, patient):
    assert codes(plan) == []
    kind = calendar.kind(house, "consultation", is_consultation=True)
    assert codes(plan) == [("consultation_missing", "warn")]
    assert codes(plan, 2)[:1] != [("consultation_missing", "warn")]

    talk = calendar.booked(house, patient, doctor, kind, calendar.local(date(2025, 1, 27), "10:00"))
    assert codes(plan) == [("consultation_missing", "warn")]
    talk.status = AppointmentStatus.DONE
    talk.save(update_fields=["status"])
    assert codes(plan) == []


def test_the_word_on_a_missing_consultation_is_kept_with_the_session(as_user, house, plan, practitioner):
    from treatments.actions import sessions

    calendar.kind(house, "consultation", is_consultation=True)
    said = [{"code": "consultation_missing", "reason": "Seen last year in our other house"}]

    session = sessions.open_session(plan.planned_sessions.get(ordinal=1), overrides=said, by=practitioner, at=NOON)

    row = session.findings.get(code="consultation_missing")
    assert (row.severity, row.reason, row.overridden_by) == ("warn", said[0]["reason"], practitioner)
    page = (
        as_user(practitioner)
        .get(
            reverse(
                "treatments:plan_detail", args=[start(plan.patient, plan.practitioner, start_on=date(2025, 6, 2)).pk]
            )
        )
        .content.decode()
    )
    assert "No consultation is closed" in page
