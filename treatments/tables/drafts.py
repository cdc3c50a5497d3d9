"""What was typed into the steps of a session and not saved, and the marks by which it is seen whether it still fits."""

import hashlib
from typing import Any

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from patients.actions.drafts import shown
from treatments.models import TreatmentSession

STEPS = {
    "check": _("Check"),
    "mix": _("Preparation"),
    "zones": _("Zones"),
    "injection": _("Injection"),
    "reaction": _("Reaction"),
    "sign": _("Sign"),
    "addendum": _("Addendum"),
    "abandon": _("Give the session up"),
}


def subject_of(session: TreatmentSession) -> str:
    """Name a session as the keys of its drafts begin."""
    return f"session:{session.pk}"


def typed(session: TreatmentSession, user: Any) -> dict[str, dict[str, Any]]:
    """Give what somebody has typed into this session and not saved, by step."""
    subject = subject_of(session)
    rows = session.clinic.drafts.typed_by(user).about(subject).order_by("key")
    return {row.key.removeprefix(f"{subject}:"): shown(row) for row in rows}


def unsaved(session: TreatmentSession, user: Any) -> list[Any]:
    """List the steps into which somebody has typed what is not saved, in words; the signature's own left out."""
    return [STEPS[step] for step in typed(session, user) if step in STEPS and step != "sign"]


def seal_of(user: Any) -> str:
    """Give the key with which a tablet locks away what could not be sent; it is never kept on the tablet."""
    return salted_hmac("treatments.drafts", str(user.pk), algorithm="sha256").hexdigest()


def marks(session: TreatmentSession) -> dict[str, str]:
    """Give for each step a mark of what is recorded: a draft typed on another mark no longer simply fits."""
    reaction, screening = getattr(session, "reaction", None), getattr(session, "screening", None)
    effects = [(each.effect_id, each.grade) for each in reaction.effects.all()] if reaction else []
    moments = (session.injection_started_at, session.injection_ended_at)
    recorded = {
        "check": screening and screening.answered_at,
        "mix": sorted(joined.preparation_id for joined in session.session_preparations.all()),
        "zones": sorted(row.pk for row in session.zone_applications.all()),
        "injection": (session.antiseptic, session.anaesthetic, *moments, session.note),
        "reaction": reaction and (reaction.none_observed, reaction.pain, reaction.note, effects),
        "addendum": session.addenda.count() if session.signed_at else 0,
    }
    return {step: hashlib.sha256(repr(recorded.get(step)).encode()).hexdigest()[:16] for step in STEPS}
