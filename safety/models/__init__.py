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

__all__ = [
    "CASE_TRANSITIONS",
    "ActionTaken",
    "CaseOutcome",
    "CaseQuerySet",
    "CaseState",
    "CaseStep",
    "Reporter",
    "Seriousness",
    "SideEffectCase",
    "Suspect",
]
