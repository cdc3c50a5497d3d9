"""The bridge from the clinic's rows to the check of a mix: it gathers, and the plain check decides."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Clinic
from common.dates import day_bounds, local_day
from common.refused import Refusal, Refused
from formulations import mixing
from formulations.checks import Check, charts, check
from formulations.checks.contexts import ApprovedRecipe, Context, Given, PairRule
from formulations.checks.mixes import Component, Content, Product, Substance
from formulations.checks.mixes import Lot as LotFacts
from formulations.checks.mixes import Pack as PackFacts
from formulations.models import (
    FormulationVersion,
    Ingredient,
    Lot,
    Pack,
    Preparation,
    PreparationState,
    PreparationSubstance,
)
from formulations.models import Product as ProductRow

ENABLED = "ingredients.enabled"
PROHIBITED = "ingredients.prohibited"
USP_797 = "preparations.usp_797"


@dataclass(frozen=True)
class Asked:
    """A component as somebody asks for it: of a pack, a lot, a product, or a bare substance with its strength."""

    volume_ml: Decimal
    ingredient: str = ""
    concentration: Decimal | None = None
    unit: str = ""
    product: ProductRow | None = None
    lot: Lot | None = None
    pack: Pack | None = None

    @property
    def row(self) -> ProductRow | None:
        """The product behind a pack or a lot."""
        lot = self.pack.lot if self.pack else self.lot
        return lot.product if lot else self.product

    @property
    def from_lot(self) -> Lot | None:
        return self.pack.lot if self.pack else self.lot


def slugs_of(components: Iterable[Asked]) -> set[str]:
    """The substances in a mix."""
    components = list(components)
    rows = [each.row for each in components if each.row is not None]
    inside = {content.ingredient.slug for row in rows for content in row.contents.all()}
    return inside | {each.ingredient for each in components if each.ingredient}


def drawn_as_asked(components: Iterable[dict[str, Any]]) -> list[Asked]:
    """The components of a draw, as the check wants them: each names a `lot` or an open `pack`."""
    return [
        Asked(each["volume_ml"], lot=None if each.get("pack") else each["lot"], pack=each.get("pack"))
        for each in components
    ]


def findings(
    clinic: Clinic,
    *,
    components: Iterable[Asked],
    patient: Any = None,
    patient_facts: charts.Patient | None = None,
    context: Context | None = None,
    version: FormulationVersion | None = None,
    injected_ml: Decimal | None = None,
    besides: Preparation | None = None,
    at: datetime,
) -> Check:
    """Check a mix with the clinic's catalogue and policy; `context` brings what only the plan and the session know.

    `besides` is the mix itself where it is drawn already: what it holds is not given a second time.
    """
    asked = list(components)
    mixed, facts = readied(
        clinic, asked, context=context or Context(), patient=patient, version=version, besides=besides, at=at
    )
    total = sum((each.volume_ml for each in asked), Decimal(0))
    if injected_ml is not None and injected_ml > total:
        raise Refused("invalid", _("No more can be injected than was mixed."))
    return check(mixed, injected_ml=injected_ml, patient=patient_facts, context=facts)


def readied(
    clinic: Clinic,
    asked: list[Asked],
    *,
    context: Context,
    patient: Any = None,
    version: FormulationVersion | None = None,
    besides: Preparation | None = None,
    at: datetime,
) -> tuple[tuple[Component, ...], Context]:
    """Everything that a check needs, read once: several places of one mix are then checked without asking again."""
    decided = _decided(clinic)
    rules = with_rules(clinic, context, decided=decided, patient=patient, version=version, besides=besides, at=at)
    return gathered(clinic, asked, decided=decided, patient=patient), rules


def with_rules(
    clinic: Clinic,
    context: Context,
    *,
    decided: dict[str, Any],
    patient: Any = None,
    version: FormulationVersion | None = None,
    besides: Preparation | None = None,
    at: datetime,
) -> Context:
    """Add the clinic's pairs, its policy, the approved recipe and what the patient had today to a context."""
    today = context.today or local_day(at, clinic.time_zone)
    return replace(
        context,
        at=at,
        today=today,
        pairs=tuple(PairRule.of(row, signed=row.signed_at is not None) for row in clinic.pair_rules.current()),
        enabled=context.enabled | frozenset(decided.get(ENABLED) or ()),
        flags_many_products=bool(decided.get(USP_797, False)),
        recipe=context.recipe or (recipe_of(clinic, version) if version else None),
        given_today=context.given_today or (given_on(patient, today, clinic.time_zone, besides) if patient else ()),
    )


def gathered(
    clinic: Clinic, asked: list[Asked], *, decided: dict[str, Any] | None = None, patient: Any = None
) -> tuple[Component, ...]:
    """The components with all that the catalogue, the label and the lot say of them."""
    slugs = {content.ingredient.slug for each in asked if each.row for content in each.row.contents.all()}
    slugs |= {each.ingredient for each in asked if each.ingredient}
    known = catalogue(clinic, slugs, decided)
    missing = sorted(slugs - set(known))
    if missing:
        sentence = _("“%(slug)s” is not in the catalogue of substances.")
        raise Refused.of(Refusal("invalid", sentence % {"slug": slug}) for slug in missing)
    return tuple(_component(each, known, patient) for each in asked)


def catalogue(clinic: Clinic, slugs: Iterable[str], decided: dict[str, Any] | None = None) -> dict[str, Substance]:
    """Substances as they stand in the clinic today, what its policy prohibits included."""
    prohibited = set((decided if decided is not None else _decided(clinic)).get(PROHIBITED) or ())
    newest: dict[str, Ingredient] = {}
    for row in clinic.ingredients.filter(slug__in=slugs).order_by("-version"):
        if row.review == "approved" or row.slug not in newest:
            newest[row.slug] = row
    return {
        slug: replace(
            Substance.of(row),
            status="prohibited" if slug in prohibited and row.status != "withdrawn" else row.status,
        )
        for slug, row in newest.items()
    }


def _component(each: Asked, known: dict[str, Substance], patient: Any) -> Component:
    row, lot = each.row, each.from_lot
    if row is None:
        unit = mixing.per_ml_unit(each.unit or "mg/mL")
        return Component(Product.bare(known[each.ingredient], each.concentration, unit), each.volume_ml)
    product = _product(row, lot, known)
    if lot is None:
        return Component(product, each.volume_ml)
    packs = (_pack(each.pack, patient),) if each.pack else ()
    return Component(product, each.volume_ml, LotFacts(lot.number, lot.expires_on, lot.state, lot.balance), packs)


def _product(row: ProductRow, lot: Lot | None, known: dict[str, Substance]) -> Product:
    own = frozenset(lot.allergens) if lot and lot.allergens else frozenset(row.allergens)
    return Product(
        key=f"{row.name} · {lot.number}" if lot and lot.allergens else row.name,
        name=row.name,
        contents=tuple(
            Content(known[content.ingredient.slug], content.concentration, mixing.per_ml_unit(content.unit or "mg/mL"))
            for content in row.contents.all()
        ),
        allergens=own,
        ph=(row.ph_min, row.ph_max) if row.ph_min is not None and row.ph_max is not None else None,
        product_type=row.product_type,
    )


def _pack(pack: Pack, patient: Any) -> PackFacts:
    another = patient is not None and pack.patient_id not in (None, patient.pk)
    return PackFacts(another, pack.discard_at, pack.left)


def _decided(clinic: Clinic) -> dict[str, Any]:
    """The clinic's decisions that a mix must heed, newest version of each."""
    rows = clinic.policies.filter(key__in=[ENABLED, PROHIBITED, USP_797]).order_by("version")
    return {row.key: row.value for row in rows}


def recipe_of(clinic: Clinic, version: FormulationVersion) -> ApprovedRecipe | None:
    """What the approval of a version settled; a version that waits for approval settles nothing."""
    if version.approved_at is None or version.approved_by is None or version.retired_at is not None:
        return None
    return ApprovedRecipe(
        label=f"{version.formulation.name} v{version.number}",
        approved_by=version.approved_by.display_name,
        approved_on=local_day(version.approved_at, clinic.time_zone),
        components=gathered(clinic, asked_of(version)),
        reason=version.approval_reason,
        accepted=frozenset(version.accepted_findings),
    )


def asked_of(version: FormulationVersion) -> list[Asked]:
    """The components of a recipe."""
    rows = version.components.select_related("ingredient", "product").prefetch_related("product__contents__ingredient")
    return [
        Asked(
            volume_ml=row.volume_ml,
            ingredient=row.ingredient.slug if row.ingredient and not row.product else "",
            concentration=row.concentration,
            unit=row.unit,
            product=row.product,
        )
        for row in rows.order_by("ordinal")
    ]


def given_on(patient: Any, day: date, zone: str, besides: Preparation | None = None) -> tuple[Given, ...]:
    """What the patient was given that day from other mixes, at most: all that was drawn and not yet accounted for."""
    start, end = day_bounds(day, zone)
    rows = (
        PreparationSubstance.objects.filter(
            component__preparation__patient=patient,
            component__preparation__prepared_at__gte=start,
            component__preparation__prepared_at__lt=end,
            amount__isnull=False,
        )
        .exclude(component__preparation__state=PreparationState.DISCARDED)
        .exclude(component__preparation=besides)
        .select_related("ingredient", "component__preparation")
    )
    return tuple(Given(Substance.of(row.ingredient), _delivered(row), row.unit) for row in rows)


def _delivered(row: PreparationSubstance) -> Fraction:
    mix = row.component.preparation
    share = Fraction(1) if mix.injected_ml is None else Fraction(mix.injected_ml) / Fraction(mix.total_ml)
    return Fraction(row.amount or 0) * share
