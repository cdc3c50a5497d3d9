"""How staff reach a patient: by what their role says, through the clinic, and never past it."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts.access import Permission, Scope, chart, may, reach
from accounts.models import Clinic, Kind, Membership, User
from audit.models import Event
from common.dates import local_day
from common.prepared import Given, Question
from patients.models import (
    Allergy,
    Condition,
    ContactChannel,
    ContactPurpose,
    Medicine,
    Patient,
    Statement,
    StatementSource,
    WeightMeasurement,
)
from patients.synonyms import folded

MOST_FOUND = 100  # more than anybody reads; the search stops looking there
MOST_ALIKE = 5
LISTED = ("clinic", "number", "given_name", "family_name", "preferred_name", "born_on", "phone")
LIVE = Question(lambda: Patient.objects.live().filter(clinic=Given("clinic"), pk=Given("patient")))
KINDS: dict[str, type[Statement]] = {
    "allergy": Allergy,
    "condition": Condition,
    "medicine": Medicine,
    "weight": WeightMeasurement,
}


def live_patient(clinic: Clinic, pk: int) -> Patient:
    """A patient of the clinic whose file is in use, or 404."""
    patient: Patient | None = LIVE.first(clinic=clinic.pk, patient=pk)
    if patient is None:
        raise Http404
    patient.clinic = clinic
    return patient


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


def is_masked(membership: Membership | None) -> bool:
    """Say whether a member sees of a patient no more than name, number and year of birth."""
    return reach(membership, Permission.VIEW_PATIENTS) in (None, Scope.LIMITED)


def reachable(request: Any) -> Any:
    """Give the patients that the permission of this door reaches: those of the clinic, or one's own."""
    patients = request.clinic.patients.live()
    if request.grant.scope == Scope.OWN:
        return patients.visible_to(request.user)
    return patients


class MergedAway(Http404):
    """The file that was asked for is part of another one now."""

    def __init__(self, pk: int, into: int) -> None:
        self.pk, self.into = pk, into
        super().__init__()


def patient_or_404(request: Any, pk: int) -> Patient:
    """Fetch a patient through the clinic; another clinic's does not exist, one that was merged leads on."""
    patient = reachable(request).filter(pk=pk).first()
    if patient is None:
        into = request.clinic.patients.filter(pk=pk).values_list("merged_into", flat=True).first()
        raise MergedAway(pk, into) if into else Http404
    return patient


def open_chart(request: Any, pk: int) -> Patient:
    """Fetch a patient for a page of the chart, and have it written down that it was seen."""
    patient = patient_or_404(request, pk)
    chart(request, patient)
    return patient


def found(request: Any, text: str) -> tuple[Any, bool]:
    """Look for patients: everybody in the order of names, or who matches; and whether the search stopped early."""
    everybody = reachable(request)
    if not text:
        return everybody.order_by("family_name", "given_name", "pk"), False
    matching = everybody.named(text) if is_masked(request.membership) else everybody.matching(text)
    rows = list(matching.only(*LISTED)[: MOST_FOUND + 1])
    is_capped = len(rows) > MOST_FOUND
    return sorted(rows[:MOST_FOUND], key=_by_name), is_capped


def _by_name(patient: Patient) -> tuple[str, str, int]:
    return folded(patient.family_name), folded(patient.given_name), patient.pk


def twins(request: Any, likeness: dict[str, Any]) -> list[Patient]:
    """Give those of the clinic who may be the same person."""
    return list(request.clinic.patients.alike(**likeness)[:MOST_ALIKE]) if likeness else []


def statement_or_404(request: Any, patient: Patient, kind: str, pk: int) -> Statement:
    """Fetch a statement through its patient."""
    if kind not in KINDS:
        raise Http404
    return get_object_or_404(KINDS[kind].objects.filter(patient=patient).select_related("clinic"), pk=pk)


def tasks_of(request: Any) -> Any:
    """Give the tasks that a member may see: a clinician's and owner's all, others' those meant for them."""
    tasks = request.clinic.tasks.all()
    return tasks if reads_history(request.membership) else tasks.for_member(request.membership)


def alerts_of(request: Any, patient: Patient) -> Any:
    """Give the standing alerts of a patient whose words this member may read."""
    readable = patient.alerts.standing().readable_by(reads_history=reads_history(request.membership))
    return readable.select_related("raised_by").order_by("pk")


def consents_of(patient: Patient) -> list[dict[str, Any]]:
    """Give, for each purpose and channel, the permission that stands, if any."""
    standing = {
        (row.purpose, row.channel): row for row in patient.contact_consents.standing().select_related("given_by")
    }
    return [
        {
            "purpose": purpose,
            "channels": [
                {"channel": way, "consent": standing.get((purpose.value, way.value))} for way in ContactChannel
            ],
        }
        for purpose in ContactPurpose
    ]


def trail_of(request: Any, patient: Patient) -> Any:
    """Give who saw and changed a file, newest first; to whom the role shows only their own acts, only these."""
    files = [patient.pk, *patient.merged_from.values_list("pk", flat=True)]
    events = Event.objects.in_chain(patient.clinic_id).filter(patient_id__in=files).order_by("-seq")
    return events.filter(actor_id=request.user.pk) if only_own_acts(request) else events


def only_own_acts(request: Any) -> bool:
    """Say whether the role shows of the trail only what the member did."""
    return reach(request.membership, Permission.VIEW_AUDIT) == Scope.OWN


def names_in(clinic: Clinic) -> dict[int, str]:
    """Give the names of all who work or have worked in a clinic, by user."""
    return dict(clinic.memberships.values_list("user_id", "user__display_name"))


def today_of(request: Any, at: Any) -> Any:
    """Give the day it is at the clinic."""
    return local_day(at, request.clinic.time_zone)
