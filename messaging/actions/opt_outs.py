"""Addresses that asked to be left alone."""

from datetime import datetime

from accounts.models import Clinic, User
from audit.actions import audited
from messaging.models import OptOut
from patients.models import Patient


@audited("opt_out.recorded")
def record(
    clinic: Clinic,
    *,
    channel: str,
    recipient: str,
    kind: str = "",
    patient: Patient | None = None,
    by: User,
    at: datetime,
) -> OptOut:
    """Write down that an address wants no messages of one sort, or none at all; said twice, it stands once."""
    standing = clinic.opt_outs.standing().filter(channel=channel, recipient=recipient, kind=kind).first()
    return standing or OptOut.objects.create(
        clinic=clinic, patient=patient, channel=channel, recipient=recipient, kind=kind, at=at, by=by
    )


@audited("opt_out.lifted")
def lift(opt_out: OptOut, *, by: User, at: datetime) -> OptOut:
    """Take a refusal back, because the person asked for it."""
    opt_out = OptOut.objects.select_for_update().get(pk=opt_out.pk)
    if opt_out.lifted_at is None:
        opt_out.lifted_at, opt_out.lifted_by = at, by
        opt_out.save(update_fields=["lifted_at", "lifted_by"])
    return opt_out
