"""What was done otherwise than it should have been: recorded, printed, and put before the medical director."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from audit.actions import audited
from formulations.checks.findings import Severity
from patients.actions import tasks
from patients.models import TaskKind
from treatments.models import Deviation, TreatmentSession
from treatments.rules import gates, orders
from treatments.rules import sessions as rules


@audited("session.deviations_noted")
def note(session: TreatmentSession, *, by: User, at: datetime) -> TreatmentSession:
    """Compare the moment of the first injection with what should have stood before it; what was done is recordable."""
    moment = session.injection_started_at or at
    found = gates.before_the_needle(session, by=session.injected_by or by, at=moment)
    decisions = gates.said_before(session)
    member = rules.membership(by, session.clinic_id)
    stops = [each for each in gates.against(session, member, found, decisions) if each.severity == Severity.BLOCK]
    return _keep(session, stops, by=by, at=at)


@audited("session.order_compared")
def compare_with_order(session: TreatmentSession, *, by: User, at: datetime) -> TreatmentSession:
    """Compare what was injected in the prescriber's place with what the order allowed."""
    return _keep(session, orders.beyond(session, at=session.injection_started_at or at), by=by, at=at)


def _keep(session: TreatmentSession, stops: Iterable[Any], *, by: User, at: datetime) -> TreatmentSession:
    stops = list(stops)
    known = set(session.deviations.values_list("code", "message"))
    for refusal in stops:
        if (refusal.code, refusal.message) not in known:
            Deviation.objects.create(
                clinic=session.clinic,
                session=session,
                code=refusal.code,
                message=str(refusal.message),
                reason=_("Injected all the same."),
                at=at,
                by=by,
            )
    if stops:
        _ask_the_director(session, by=by, at=at)
    return session


def _ask_the_director(session: TreatmentSession, *, by: User, at: datetime) -> None:
    director = session.clinic.memberships.active().filter(is_medical_director=True).order_by("pk").first()
    tasks.add(
        session.clinic,
        kind=TaskKind.DEVIATION,
        text=_("Something was injected although a check said stop. Look at the session."),
        patient=session.patient,
        due_at=at,
        person=director or session.practitioner.membership,
        url=rules.page_of(session),
        is_red=True,
        reason_key=f"deviation:{session.pk}",
        by=by,
        at=at,
    )
