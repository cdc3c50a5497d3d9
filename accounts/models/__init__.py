"""Who we are: users, clinics, members, practitioners, and what a clinic has decided."""

from accounts.models.backups import Backup, Restoration
from accounts.models.clinics import Clinic, Location
from accounts.models.devices import MOST_TRIES, DeviceLogIn, Pin
from accounts.models.governance import Approval, Counter, IdempotencyKey, Policy
from accounts.models.memberships import (
    ApiToken,
    Competence,
    Membership,
    Practitioner,
    PractitionerCompetence,
    Role,
    StepUp,
)
from accounts.models.owned import ClinicKey, UserKey
from accounts.models.users import Kind, User

__all__ = [
    "MOST_TRIES",
    "ApiToken",
    "Approval",
    "Backup",
    "Clinic",
    "ClinicKey",
    "Competence",
    "Counter",
    "DeviceLogIn",
    "IdempotencyKey",
    "Kind",
    "Location",
    "Membership",
    "Pin",
    "Policy",
    "Practitioner",
    "PractitionerCompetence",
    "Restoration",
    "Role",
    "StepUp",
    "User",
    "UserKey",
]
