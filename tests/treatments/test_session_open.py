from datetime import date

import pytest
from django.urls import reverse

from accounts.models import Practitioner
from audit.models import Event
from common.refused import Refused
from patients.models import CareTeam
from tests.cast import NOON
from tests.factories import scheduling as calendar
from tests.factories.treatments import minutes
from treatments.actions import plans, sessions
from treatments.models import Delegation


def first(plan):
    return plan.planned_sessions.get(ordinal=1)


def test_a_session_is_opened_by_its_practitioner(plan, practitioner, doctor):
    session = sessions.open_session(first(plan), by=practitioner, at=minutes(0))

    assert session.practitioner == doctor
    assert session.state == "open"
    assert CareTeam.objects.filter(patient=plan.patient, membership=doctor.membership).exists()
    assert "session.opened" in Event.objects.about(session).kinds()


def test_a_planned_session_is_opened_once(plan, practitioner):
    sessions.open_session(first(plan), by=practitioner, at=minutes(0))

    with pytest.raises(Refused) as refused:
        sessions.open_session(first(plan), by=practitioner, at=minutes(1))

    assert refused.value.code == "already_done"


def test_a_paused_plan_opens_no_session(plan, practitioner):
    plans.pause(plan, reason="Redness", code="open_side_effect", url="/safety/1/", by=practitioner, at=minutes(0))

    with pytest.raises(Refused) as refused:
        sessions.open_session(first(plan), by=practitioner, at=minutes(1))

    assert refused.value.code == "plan_paused"
    assert refused.value.reasons[0].url == "/safety/1/"


def test_an_expired_licence_opens_no_session(plan, practitioner, doctor):
    Practitioner.objects.filter(pk=doctor.pk).update(licence_expires_on=date(2025, 2, 2))

    with pytest.raises(Refused) as refused:
        sessions.open_session(first(plan), by=practitioner, at=minutes(0))

    assert refused.value.code == "licence_expired"


def test_a_colleague_who_does_not_treat_opens_nothing(plan, colleague):
    with pytest.raises(Refused) as refused:
        sessions.open_session(first(plan), by=colleague, at=minutes(0))

    assert refused.value.code == "not_allowed"


def test_a_nurse_opens_a_session_of_a_protocol_that_was_delegated_to_her(plan, nurse, doctor, practitioner):
    with pytest.raises(Refused, match="delegated"):
        sessions.open_session(first(plan), by=nurse, at=minutes(0))
    Delegation.objects.create(
        clinic=plan.clinic,
        practitioner=doctor,
        membership=nurse.memberships.get(),
        protocol_slug=plan.protocol.slug,
        valid_from=date(2025, 1, 1),
        valid_until=date(2025, 12, 31),
        given_at=minutes(0),
        given_by=practitioner,
    )

    session = sessions.open_session(first(plan), by=nurse, at=minutes(0))

    assert session.started_by == nurse
    assert session.practitioner == doctor


UNSEEN = [{"code": "consultation_missing", "reason": "Seen last year in our other house"}]


@pytest.fixture
def noon(time_machine):
    """The clock of the doors stands at the moment of the story."""
    time_machine.move_to(NOON, tick=False)


@pytest.fixture
def consulting(house):
    """The clinic keeps a kind of visit for the first conversation."""
    return calendar.kind(house, "consultation", is_consultation=True)


def test_a_first_session_without_a_consultation_is_opened_for_a_reason_only(plan, practitioner, consulting):
    with pytest.raises(Refused) as refused:
        sessions.open_session(first(plan), by=practitioner, at=minutes(0))
    assert [(each.code, each.severity) for each in refused.value.reasons] == [("consultation_missing", "warn")]
    with pytest.raises(Refused, match="No consultation"):
        sessions.open_session(first(plan), overrides=[{**UNSEEN[0], "reason": "  "}], by=practitioner, at=minutes(0))
    assert not plan.sessions.exists()

    session = sessions.open_session(first(plan), overrides=UNSEEN, by=practitioner, at=minutes(1))

    said = session.findings.get(code="consultation_missing")
    assert (said.stage, said.reason, said.overridden_by) == ("opening", UNSEEN[0]["reason"], practitioner)


def test_after_a_closed_consultation_nobody_is_asked(plan, practitioner, doctor, consulting):
    talk = calendar.booked(plan.clinic, plan.patient, doctor, consulting, calendar.local(date(2025, 1, 27), "10:00"))
    type(talk).objects.filter(pk=talk.pk).update(status="done")

    assert not sessions.open_session(first(plan), by=practitioner, at=minutes(0)).findings.exists()


def test_the_page_asks_for_the_reason_with_one_tap(noon, as_user, plan, practitioner, consulting):
    page = as_user(practitioner)
    url = reverse("treatments:session_open", args=[plan.pk, 1])
    assert "No consultation is closed for this patient" in page.get(url).content.decode()

    asked = page.post(url, {})
    assert asked.status_code == 422
    assert "No consultation is closed for this patient" in asked.content.decode()
    opened = page.post(url, {"reason_0": "Confirmed with the prescriber"})

    session = plan.sessions.get()
    assert opened["Location"] == reverse("treatments:session_detail", args=[session.pk])
    assert session.findings.get().reason == "Confirmed with the prescriber"


def test_the_machines_door_asks_for_the_reason_too(noon, api, plan, practitioner, consulting):
    door = api(practitioner)
    refused = door.post("/api/v1/sessions/", {"plan": plan.pk})
    assert (refused.status_code, refused.json()["code"]) == (409, "consultation_missing")

    opened = door.post("/api/v1/sessions/", {"plan": plan.pk, "overrides": UNSEEN})

    assert opened.status_code == 201
    found = [(each["code"], each["reason"]) for each in opened.json()["findings"]]
    assert found == [("consultation_missing", UNSEEN[0]["reason"])]
