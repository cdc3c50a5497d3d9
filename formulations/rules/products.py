"""What a product must say of itself."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Clinic, User
from common.refused import Refusal
from common.rules import rule
from formulations.models import Strength

IN_THE_LIST = _("A product of this name and size is in the list already.")


@rule
def add(
    user: User, clinic: Clinic, *, name: str, volume_ml: Decimal, contents: list[dict[str, Any]]
) -> Iterator[tuple[bool, Refusal]]:
    """A product is named once for each size of its pack, and names every substance once."""
    slugs = [getattr(content["ingredient"], "slug", content["ingredient"]) for content in contents]
    yield bool(slugs), Refusal("invalid", _("Name at least one substance that the product contains."))
    yield len(slugs) == len(set(slugs)), Refusal("invalid", _("A substance is named twice."))
    yield (
        not clinic.products.filter(name__iexact=name.strip(), volume_ml=volume_ml).exists(),
        Refusal("already_done", IN_THE_LIST),
    )


def strength_unit(text: str | None) -> str:
    """The unit of a strength as labels write it: mg and mg/mL mean the same here; unsaid is mg/mL."""
    return f"{(text or Strength.MG).removesuffix('/mL')}/mL"
