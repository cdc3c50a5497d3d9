"""The patient's way in: a link with one purpose and one use."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from accounts import tokens
from accounts.actions import policies
from accounts.models import Kind, User
from audit.actions import audited
from common.refused import Refused
from patients.models import LinkPurpose, Patient, PortalAccess, PortalLink, Relation

PORTAL = "portal"
LINK_DAYS = "portal.link_days"
DEFAULT_DAYS = 7


@audited("portal_link.issued")
def invite(
    patient: Patient,
    *,
    purpose: str = PORTAL,
    subject_kind: str = "",
    subject_id: int | None = None,
    by: User,
    at: datetime,
) -> PortalLink:
    """Make a link that lets a patient in once; its secret is shown once, on `link.secret`, and ends earlier ones."""
    purpose = LinkPurpose.LOG_IN if purpose == PORTAL else purpose
    patient = Patient.objects.select_for_update().get(pk=patient.pk)
    earlier = patient.portal_links.usable(at).filter(purpose=purpose, subject_kind=subject_kind, subject_id=subject_id)
    earlier.update(withdrawn_at=at)
    secret, digest = tokens.new_secret()
    days = policies.value_of(patient.clinic, LINK_DAYS, DEFAULT_DAYS)
    link = PortalLink.objects.create(
        clinic=patient.clinic,
        patient=patient,
        access=access_of(patient, by=by, at=at),
        purpose=purpose,
        subject_kind=subject_kind,
        subject_id=subject_id,
        token_sha256=digest,
        created_at=at,
        created_by=by,
        expires_at=at + timedelta(days=days),
    )
    link.secret = secret  # type: ignore[attr-defined]
    return link


@audited("portal.entered")
def enter(secret: str, *, by: User | None = None, at: datetime) -> PortalLink:
    """Use a link: it opens the portal once, and never again; who holds it is known only now."""
    link = (
        PortalLink.objects.select_for_update(of=("self",))
        .usable(at)
        .select_related("access__user", "patient")
        .filter(token_sha256=tokens.digest(secret), access__ended_at__isnull=True, patient__erased_at__isnull=True)
        .first()
    )
    if link is None:
        raise Refused(
            "link_spent", _("This link was used already, has run out, or is not complete. Ask for a new one.")
        )
    link.used_at = at
    link.save(update_fields=["used_at"])
    return link


def access_of(patient: Patient, *, by: User, at: datetime) -> PortalAccess:
    """Give the patient's own way into the portal, made at the first need."""
    access = patient.portal_accesses.standing().filter(relation=Relation.SELF).select_related("user").first()
    if access is None:
        user = User.objects.create(kind=Kind.PATIENT, display_name=patient.full_name, language=patient.language)
        access = PortalAccess.objects.create(
            clinic=patient.clinic, user=user, patient=patient, relation=Relation.SELF, given_at=at, given_by=by
        )
    return access


def call_by_name(patient: Patient) -> None:
    """Let the patient's own log-ins bear the name and speak the language of the file."""
    own = patient.portal_accesses.standing().filter(relation=Relation.SELF)
    User.objects.filter(pk__in=own.values("user")).update(display_name=patient.full_name, language=patient.language)
