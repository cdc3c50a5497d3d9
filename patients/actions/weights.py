"""A patient's weight, a measurement of one day: stated, reviewed and counted like all that is said of health."""

from patients.actions.statements import record_weight as record

__all__ = ["record"]
