"""Bounds that a column may not leave, said in one line."""

from typing import Any

from django.db import models
from django.db.models import F, Q


def _check(condition: Q, label: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=condition, name=f"%(app_label)s_%(class)s_{label}")


def at_least(field: str, low: Any) -> models.CheckConstraint:
    """The value is `low` or more; an empty value passes."""
    return _check(Q(**{f"{field}__gte": low}), f"{field}_at_least")


def more_than(field: str, low: Any) -> models.CheckConstraint:
    """The value is above `low`; an empty value passes."""
    return _check(Q(**{f"{field}__gt": low}), f"{field}_more_than")


def between(field: str, low: Any, high: Any) -> models.CheckConstraint:
    """The value lies within `low` and `high`, both included; an empty value passes."""
    return _check(Q(**{f"{field}__gte": low, f"{field}__lte": high}), f"{field}_between")


def in_order(first: str, second: str) -> models.CheckConstraint:
    """The second value is not below the first; an empty value passes."""
    return _check(Q(**{f"{second}__gte": F(first)}), f"{second}_in_order")


def after(first: str, second: str) -> models.CheckConstraint:
    """The second value is later than the first; an empty value passes."""
    return _check(Q(**{f"{second}__gt": F(first)}), f"{second}_after")


def not_blank(field: str) -> models.CheckConstraint:
    """The text says something."""
    return _check(~Q(**{field: ""}), f"{field}_said")
