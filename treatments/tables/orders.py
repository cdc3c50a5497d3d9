"""Orders put before the eyes: what one says, and what the form of a new one begins with."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from common.decimals import parse_decimal, plain
from formulations.rules.mix import asked_of as asked_of_recipe
from treatments.forms.orders import LINES, USUAL
from treatments.models import Order, TreatmentPlan
from treatments.rules import orders as rules


def lines_of(order: Order) -> list[dict[str, Any]]:
    """What an order lets into the mix, line by line."""
    return [
        {
            "name": each.row.name if each.row else each.ingredient.replace("-", " "),
            "strength": f"{plain(each.concentration)} {each.unit}" if each.concentration is not None else "",
            "volume_ml": each.volume_ml,
        }
        for each in rules.asked_of(order)
    ]


def told(orders: Iterable[Order], today: date) -> list[dict[str, Any]]:
    """Each order with its lines, and whether it stands today."""
    return [
        {"order": row, "lines": lines_of(row), "stands": row.withdrawn_at is None and row.valid_until >= today}
        for row in orders
    ]


def parsed(said: str) -> list[tuple[int, Decimal]]:
    """Read a mix that an address carries: product and mL, with commas between; what is not one is left out."""
    found = []
    for part in said.split(",")[:LINES]:
        product, _colon, volume = part.partition(":")
        try:
            if product.isdecimal():
                found.append((int(product), parse_decimal(volume)))
        except ValueError:
            continue
    return found


def first_words(plan: TreatmentPlan, *, said: str, ordinal: int | None, today: date) -> dict[str, Any]:
    """What the form of a new order begins with: the mix that was asked for, else the recipe of the plan."""
    ordinals = sorted(row.ordinal for row in plan.planned_sessions.all())
    open_ones = [row.ordinal for row in plan.planned_sessions.all() if not (row.visit.done_on or row.visit.skipped)]
    first = ordinal or min(open_ones, default=ordinals[0])
    found: dict[str, Any] = {
        "first_ordinal": first,
        "last_ordinal": first if ordinal else ordinals[-1],
        "valid_until": today + USUAL,
    }
    lines = parsed(said)
    if not lines and plan.version is not None:
        recipe = asked_of_recipe(plan.version)
        return {**found, "version": plan.version_id, "max_ml": sum((row.volume_ml for row in recipe), Decimal(0))}
    for number, (product, volume) in enumerate(lines, start=1):
        found |= {f"product_{number}": product, f"volume_{number}": volume}
    if lines:
        found["max_ml"] = sum((volume for _product, volume in lines), Decimal(0))
    return found
