from safety.models.cases import (
    CASE_TRANSITIONS,
    ActionTaken,
    CaseOutcome,
    CaseQuerySet,
    CaseState,
    CaseStep,
    Reporter,
    Seriousness,
    SideEffectCase,
    Suspect,
)
from safety.models.check_ins import CheckIn

__all__ = [
    "CASE_TRANSITIONS",
    "ActionTaken",
    "CaseOutcome",
    "CaseQuerySet",
    "CaseState",
    "CaseStep",
    "CheckIn",
    "Reporter",
    "Seriousness",
    "SideEffectCase",
    "Suspect",
]
