"""The mix page of a session: what its lines begin with, and whose order stands behind it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from formulations.checks import Check
from formulations.checks.findings import Finding, verdict
from formulations.forms.mixes import LINES, product_of
from formulations.models import FormulationVersion
from formulations.rules import packs
from formulations.rules.preparations import reason_for
from treatments.models import Order, TreatmentSession
from treatments.rules import gates, mix
from treatments.rules import orders as order_rules
from treatments.tables import orders as order_tables
from treatments.tables.sessions import asked as asked_of_person
from treatments.tables.sessions import last_of

FREE, LAST, PLAN = "free", "last", "plan"


@dataclass(frozen=True)
class Wanted:
    """A line as it is wanted: of a product, or of whatever holds nothing but one substance, so many mL."""

    volume_ml: Decimal | None
    product: int | None = None
    slug: str = ""
    concentration: Decimal | None = None

    def fits(self, row: Any) -> bool:
        """Whether a lot or an open pack is of that product, or of that substance at that strength."""
        product = product_of(row)
        if self.product is not None:
            return bool(product.pk == self.product)
        contents = list(product.contents.all())
        return [content.ingredient.slug for content in contents] == [self.slug] and (
            self.concentration is None or contents[0].concentration == self.concentration
        )


def recipes_of(session: TreatmentSession) -> list[FormulationVersion]:
    """The recipes to choose from: that of the plan in front, then the clinic's approved ones."""
    rows = session.clinic.formulation_versions.approved().select_related("formulation").order_by("formulation__name")
    return sorted(rows, key=lambda row: row.pk != session.plan.version_id)


def choices_of(session: TreatmentSession, recipes: Iterable[FormulationVersion]) -> list[tuple[str, str]]:
    """What the lines may begin with."""
    found = [(str(row.pk), str(row)) for row in recipes]
    if last_of(session) is not None:
        found.append((LAST, _("As in the last session")))
    return [*found, (PLAN, _("The plan's substances")), (FREE, _("Free mix"))]


def usual_choice(session: TreatmentSession) -> str:
    """What the lines begin with where nobody chose: the plan's recipe, else the last session, else the plan."""
    if session.plan.version_id:
        return str(session.plan.version_id)
    return LAST if last_of(session) is not None else PLAN


def begin(session: TreatmentSession, sources: dict[str, Any], *, choice: str, recipes: Any) -> dict[str, Any]:
    """The lines to begin with, each from the patient's open pack or the lot that is to be used up first.

    A lot is never taken over from a session before.
    """
    choice = choice or usual_choice(session)
    chosen = next((row for row in recipes if str(row.pk) == choice), None)
    if choice == FREE:
        return {}
    last = [] if choice == PLAN else _of_last(session)
    wanted = _of_recipe(chosen) if chosen else last or _of_plan(session)
    found: dict[str, Any] = {"version": chosen.pk} if chosen else {}
    for number, line in enumerate(wanted[:LINES], start=1):
        source = next((key for key, row in sources.items() if line.fits(row)), "")
        found |= {f"source_{number}": source, f"volume_{number}": line.volume_ml if source else None}
    return found


def _of_recipe(version: FormulationVersion) -> list[Wanted]:
    rows = version.components.select_related("ingredient", "product").order_by("ordinal")
    return [
        Wanted(row.volume_ml, product=row.product_id)
        if row.product_id
        else Wanted(row.volume_ml, slug=row.ingredient.slug if row.ingredient else "", concentration=row.concentration)
        for row in rows
    ]


def _of_last(session: TreatmentSession) -> list[Wanted]:
    before = last_of(session)
    joined = before.session_preparations.order_by("pk").first() if before else None
    if joined is None:
        return []
    merged: dict[int, Decimal] = {}
    for row in joined.preparation.components.select_related("pack__lot").order_by("ordinal"):
        product = row.pack.lot.product_id
        merged[product] = merged.get(product, Decimal(0)) + row.volume_ml
    return [Wanted(volume, product=product) for product, volume in merged.items()]


def _of_plan(session: TreatmentSession) -> list[Wanted]:
    slugs = session.plan.plan_ingredients.order_by("ordinal").values_list("ingredient__slug", flat=True)
    return [Wanted(None, slug=slug) for slug in slugs]


@dataclass(frozen=True)
class Bench:
    """What the mix page shows beside its form: the check, who signed an order, and where one is asked for."""

    check: Check | None
    verdict: str
    open: list[Finding]
    decided: list[tuple[Finding, str]]
    orders: list[dict[str, Any]]
    needs_order: bool
    ask_url: str
    use_before: datetime | None = None


def bench_of(
    session: TreatmentSession,
    user: Any,
    *,
    check: Check | None,
    asked: Any = (),
    standard: str = "",
    at: datetime,
) -> Bench:
    """Gather what stands beside the form of a mix; drawn now, it is to be used before a moment."""
    needs = not order_rules.is_prescriber(user, session.plan)
    standing: list[Order] = order_rules.standing(session, at=at) if needs else []
    told = order_tables.told(standing, mix.local_day(at, session.location.time_zone))
    found = check.findings if check else ()
    open_ones = asked_of_person(user, session, found)
    said = gates.said_before(session) if check else []
    decided = [(each, reason_for(each, said)) for each in found if each.interrupts and each not in open_ones]
    until = use_before(asked, standard=standard, at=at) if check else None
    ask_url = order_rules.page_of(session, asked)
    return Bench(check, verdict(open_ones), open_ones, decided, told, needs, ask_url, until)


def use_before(asked: Iterable[Any], *, standard: str, at: datetime) -> datetime:
    """Say before when a mix would have to be used if it were drawn now."""
    drawn = [
        (each.pack.lot, each.pack.discard_at) if each.pack else (each.lot, packs.discard_at(each.lot, at))
        for each in asked
    ]
    return packs.use_before(drawn, standard=standard, at=at)
