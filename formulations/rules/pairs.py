"""Which rules speak of a substance."""

from typing import Any

from django.db.models import Q

from formulations.models import Ingredient


def touching(rows: Any, ingredient: Ingredient) -> Any:
    """The rules that name a substance or its class on either side, the hardest first."""
    names = [ingredient.slug, f"class:{ingredient.substance_class}"]
    return rows.filter(Q(a__in=names) | Q(b__in=names)).order_by("severity", "a", "b")
