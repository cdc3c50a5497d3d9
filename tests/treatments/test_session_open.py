from datetime import date

import pytest

from accounts.models import Practitioner
from audit.models import Event
from common.refused import Refused
from patients.models import CareTeam
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
