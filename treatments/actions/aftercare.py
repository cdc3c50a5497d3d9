"""The sheet for the days after a session: issued when the last injection was given, for the patient to keep."""

from datetime import datetime
from typing import Any

from django.utils.translation import override as language_of

from accounts.models import User
from audit.actions import audited
from documents.actions import documents
from documents.models import DocumentKind
from treatments.models import SessionDocument, TreatmentSession
from treatments.rules import aftercare as rules


@audited("aftercare.issued")
def issue(session: TreatmentSession, *, by: User, at: datetime) -> TreatmentSession:
    """Give the patient what to do, when to call, and which products and lots they received.

    Nothing is issued before a zone is recorded; a sheet that says the same as the last one is not issued twice.
    """
    rows = list(session.zone_applications.select_related("zone").order_by("ordinal"))
    if session.injection_ended_at is None or not rows:
        return session
    plan = session.plan
    with language_of(plan.language):
        payload = rules.payload_of(session, rows, at=at)
    if _last_payload(session) == payload:
        return session
    paper = documents.issue(
        session.clinic,
        kind=DocumentKind.AFTERCARE,
        patient=session.patient,
        payload=payload,
        language=plan.language,
        by=by,
        at=at,
    )
    SessionDocument.objects.create(clinic=session.clinic, session=session, document=paper)
    return session


def _last_payload(session: TreatmentSession) -> dict[str, Any] | None:
    """What the newest sheet of the session says, as far as it is ours to say."""
    paper = session.session_documents.filter(document__kind=DocumentKind.AFTERCARE).order_by("-pk").first()
    if paper is None:
        return None
    return {key: paper.document.payload.get(key) for key in rules.KEYS}
