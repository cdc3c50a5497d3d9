"""Who looks after a patient, and may therefore open the clinical chart."""

from datetime import datetime

from accounts.models import Membership, Practitioner, User
from audit.actions import audited
from patients.models import CareTeam, CareTeamReason, Patient


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
    team, _created = CareTeam.objects.get_or_create(
        clinic=patient.clinic,
        patient=patient,
        membership=membership,
        ended_at__isnull=True,
        defaults={"reason": reason, "joined_at": at, "joined_by": by},
    )
    return team
