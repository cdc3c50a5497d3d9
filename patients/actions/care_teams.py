"""Who looks after a patient, and may therefore open the clinical chart."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Membership, Practitioner, User
from audit.actions import audited
from common.prepared import Given, Question
from common.refused import Refused
from patients import rules
from patients.models import CareTeam, CareTeamReason, Patient

STANDING = Question(
    lambda: CareTeam.objects.standing().filter(
        clinic=Given("clinic"), patient=Given("patient"), membership=Given("membership")
    )
)


@audited("care_team.joined")
def join(
    patient: Patient,
    colleague: Practitioner | Membership,
    *,
    reason: str = CareTeamReason.NAMED,
    by: User,
    at: datetime,
) -> CareTeam:
    """Put somebody on a patient's team; who is on it already stays as they are."""
    membership = colleague.membership if isinstance(colleague, Practitioner) else colleague
    whose = {"clinic": patient.clinic_id, "patient": patient.pk, "membership": membership.pk}
    try:
        return STANDING.first(**whose) or _joined(patient, membership, reason=reason, by=by, at=at)
    except IntegrityError:  # somebody was faster by a moment
        if team := STANDING.first(**whose):
            return team
        raise


def _joined(patient: Patient, membership: Membership, *, reason: str, by: User, at: datetime) -> CareTeam:
    with transaction.atomic():
        return CareTeam.objects.create(
            clinic_id=patient.clinic_id,
            patient=patient,
            membership=membership,
            reason=reason,
            joined_at=at,
            joined_by=by,
        )


@audited("care_team.named")
def name(patient: Patient, membership: Membership, *, by: User, at: datetime) -> CareTeam:
    """Put a colleague on a patient's team by hand."""
    rules.care_teams.name.check(by, patient, membership=membership)
    return join(patient, membership, reason=CareTeamReason.NAMED, by=by, at=at)


@audited("care_team.left")
def leave(team: CareTeam, *, by: User, at: datetime) -> CareTeam:
    """Take somebody off a patient's team; from now on the chart is closed to them again."""
    team = CareTeam.objects.select_for_update().get(pk=team.pk)
    if team.ended_at is not None:
        raise Refused("already_done", _("This colleague left the team already."))
    team.ended_at, team.ended_by = at, by
    team.save(update_fields=["ended_at", "ended_by"])
    return team
