"""How staff reach a patient: by what their role says, through the clinic, and never past it."""

from typing import Any

from django.shortcuts import get_object_or_404

from accounts.access import Permission, Scope, chart, may
from accounts.models import Clinic, Kind, Membership, User
from patients.models import Patient, StatementSource


def member_of(clinic: Clinic, user: User) -> Membership | None:
    """Give the active place of a person in a clinic; None for patients, jobs and strangers."""
    if user.kind != Kind.STAFF:
        return None
    return clinic.memberships.active().filter(user=user).first()


def source_of(clinic: Clinic, user: User) -> StatementSource:
    """Say as what a person speaks about health: a clinician, other staff, the patient, or a file that was read in."""
    if user.kind == Kind.PATIENT:
        return StatementSource.PATIENT
    if user.kind == Kind.SYSTEM:
        return StatementSource.IMPORTED
    clinician = may(member_of(clinic, user), Permission.EDIT_HISTORY)
    return StatementSource.CLINICIAN if clinician else StatementSource.STAFF


def reads_history(membership: Membership | None) -> bool:
    """Say whether a member may read what was stated about a patient's health."""
    return may(membership, Permission.VIEW_HISTORY)


def sees_flags(membership: Membership | None) -> bool:
    """Say whether a member may know at least that there is something to heed."""
    return reads_history(membership) or may(membership, Permission.STATE_HISTORY)


def is_masked(membership: Membership | None, permission: Permission = Permission.VIEW_PATIENTS) -> bool:
    """Say whether a member sees of a patient no more than name, number and year of birth."""
    return not may(membership, Permission.EDIT_PATIENTS) and may(membership, permission)


def reachable(request: Any) -> Any:
    """Give the patients that the permission of this door reaches: those of the clinic, or one's own."""
    patients = request.clinic.patients.live()
    if request.grant.scope == Scope.OWN:
        return patients.visible_to(request.user)
    return patients


def patient_or_404(request: Any, pk: int) -> Patient:
    """Fetch a patient through the clinic; another clinic's does not exist."""
    return get_object_or_404(reachable(request), pk=pk)


def open_chart(request: Any, pk: int) -> Patient:
    """Fetch a patient for a page of the chart, and have it written down that it was seen."""
    patient = patient_or_404(request, pk)
    chart(request, patient)
    return patient
