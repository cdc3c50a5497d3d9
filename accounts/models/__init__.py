"""Who we are: users, clinics, members, practitioners, and what a clinic has decided."""

from accounts.models.clinics import Clinic, Location
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
    "ApiToken",
    "Approval",
    "Clinic",
    "ClinicKey",
    "Competence",
    "Counter",
    "IdempotencyKey",
    "Kind",
    "Location",
    "Membership",
    "Policy",
    "Practitioner",
    "PractitionerCompetence",
    "Role",
    "StepUp",
    "User",
    "UserKey",
]
