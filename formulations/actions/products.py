"""What the clinic buys to inject."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Clinic, User
from audit.actions import audited
from common.refused import Refusal, Refused
from formulations.models import Ingredient, PackDose, Product, ProductIngredient, ProductType
from formulations.rules import products as rules


@audited("product.added")
def add(
    clinic: Clinic,
    *,
    name: str,
    ingredients: Iterable[dict[str, Any]],
    form: str,
    volume_ml: Decimal,
    dose: str = PackDose.SINGLE,
    opened_hours: int | None = None,
    product_type: str = ProductType.MEDICINE,
    allergens: Iterable[str] = (),
    maker: str = "",
    ph: tuple[Decimal, Decimal] | None = None,
    by: User,
    at: datetime,
) -> Product:
    """Add a product with what a millilitre of it contains; its allergens are those that its own label names."""
    contents = list(ingredients)
    rules.add.check(by, clinic, name=name, volume_ml=volume_ml, contents=contents)
    known = _known(clinic, [content["ingredient"] for content in contents])
    product, is_new = Product.objects.get_or_create(
        clinic=clinic,
        name=name.strip(),
        volume_ml=volume_ml,
        defaults={
            "maker": maker,
            "form": form,
            "dose": dose,
            "opened_hours": opened_hours,
            "product_type": product_type,
            "allergens": list(allergens),
            "ph_min": ph[0] if ph else None,
            "ph_max": ph[1] if ph else None,
            "added_at": at,
            "added_by": by,
        },
    )
    if not is_new:
        raise Refused("already_done", rules.IN_THE_LIST)
    ProductIngredient.objects.bulk_create(_content(product, known, content) for content in contents)
    return product


def _known(clinic: Clinic, named: list[Any]) -> dict[str, Ingredient]:
    slugs = {getattr(each, "slug", each) for each in named}
    known = {row.slug: row for row in clinic.ingredients.current().filter(slug__in=slugs)}
    unknown = sorted(slugs - set(known))
    if unknown:
        raise Refused.of(
            Refusal("invalid", _("“%(slug)s” is not in the catalogue of substances.") % {"slug": slug})
            for slug in unknown
        )
    return known


def _content(product: Product, known: dict[str, Ingredient], content: dict[str, Any]) -> ProductIngredient:
    concentration = content.get("concentration")
    return ProductIngredient(
        clinic=product.clinic,
        product=product,
        ingredient=known[getattr(content["ingredient"], "slug", content["ingredient"])],
        concentration=concentration,
        unit=rules.strength_unit(content.get("unit")) if concentration is not None else "",
    )
