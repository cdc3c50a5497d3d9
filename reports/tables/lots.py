"""Lots, sessions and side effects: who received which lot, how much of it, and what was suspected afterwards.

One chain of foreign keys: session, zone application, preparation, component, pack, lot, suspect, side effect.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, DateField, DecimalField, Exists, F, Func, OuterRef, QuerySet, Sum
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.decimals import half_up
from reports.tables.shares import Share
from reports.tables.sheets import DAYS, PRODUCT, Asked, Column, Report, Sheet
from safety.models import Suspect
from treatments.models import ZoneApplication

ML_PLACES = 3
COMPONENT = "preparation__components"
LOT = f"{COMPONENT}__pack__lot"
NOT_SUSPECTED = {"side_effects": 0, "sessions_with": 0}
ML = DecimalField(max_digits=30, decimal_places=12)


@dataclass(frozen=True)
class Line:
    """One lot: how many it reached, how much was injected, and in how many sessions it was suspected."""

    product: str
    lot: str
    expires_on: date | None
    patients: int
    sessions: int
    injected_ml: Decimal
    side_effects: int
    sessions_with: int

    @property
    def affected(self) -> Share:
        """Of the sessions, those that were followed by a side effect."""
        return Share(self.sessions_with, self.sessions)

    @property
    def share(self) -> str:
        return self.affected.words

    @property
    def percent(self) -> Decimal | None:
        return self.affected.percent

    @property
    def percent_from(self) -> Decimal | None:
        return self.affected.low

    @property
    def percent_to(self) -> Decimal | None:
        return self.affected.high


COLUMNS = (
    Column("product", gettext_lazy("Product")),
    Column("lot", gettext_lazy("Lot"), "code"),
    Column("expires_on", gettext_lazy("Expires"), "day"),
    Column("patients", gettext_lazy("Patients"), "count"),
    Column("sessions", gettext_lazy("Sessions"), "count"),
    Column("injected_ml", gettext_lazy("mL injected"), "number"),
    Column("side_effects", gettext_lazy("Side effects"), "count"),
    Column("sessions_with", gettext_lazy("Affected sessions"), "count"),
    Column("share", gettext_lazy("Share"), "code"),
    Column("percent", gettext_lazy("%"), "number"),
    Column("percent_from", gettext_lazy("95 % from"), "number"),
    Column("percent_to", gettext_lazy("95 % to"), "number"),
)


def sheet(asked: Asked) -> Sheet:
    """Answer the report in four queries, however many lots there are."""
    used, suspected = _used(asked), _suspected(asked)
    blamed = {row.pop("lot"): row for row in suspected.values("lot").annotate(**_suspicions()).order_by()}
    names = {"product": F(f"{LOT}__product__name"), "lot": F(f"{LOT}__number"), "expires_on": F(f"{LOT}__expires_on")}
    given = used.values("lot_pk", **names).annotate(**_exposures()).order_by("product", "lot", "lot_pk")
    lines = [_line(row | blamed.get(row.pop("lot_pk"), NOT_SUSPECTED)) for row in given.iterator()]
    totals = {"product": _("Total"), "lot": "", "expires_on": None}
    totals |= used.aggregate(**_exposures()) | suspected.aggregate(**_suspicions())
    return Sheet(lines, _line(totals))


def _line(row: dict[str, Any]) -> Line:
    # Rounded first where the database's division ends, so that a half is still a half when it is rounded up.
    injected = half_up(half_up(row.pop("injected_ml") or Decimal(0), 10), ML_PLACES)
    return Line(**row, injected_ml=injected)


def _used(asked: Asked) -> QuerySet[Any]:
    """Keep the zones into which a mix went, once for each lot in it."""
    mixed: dict[str, Any] = {f"{LOT}__isnull": False}
    if asked.product:  # in the same filter, or a mix of this product would bring along every other lot in it
        mixed[f"{LOT}__product"] = asked.product
    zones = ZoneApplication.objects.filter(clinic=asked.clinic, **mixed).annotate(lot_pk=F(f"{LOT}_id"))
    return _asked(zones, asked)


def _suspected(asked: Asked) -> QuerySet[Any]:
    """Keep the suspicions against a lot that really went into the session that is named."""
    given = ZoneApplication.objects.filter(session=OuterRef("session"), **{LOT: OuterRef("lot")})
    found = Suspect.objects.filter(Exists(given), clinic=asked.clinic, case__entered_in_error=False)
    if asked.product:
        found = found.filter(lot__product=asked.product)
    return _asked(found, asked)


def _asked(rows: QuerySet[Any], asked: Asked) -> QuerySet[Any]:
    """Keep the sessions of the days and the practitioner that were asked for; a day is that of the session's place."""
    begun = Coalesce("session__injection_started_at", "session__started_at")
    clock = Func(F("session__location__time_zone"), begun, function="timezone")
    rows = rows.annotate(day=Cast(clock, DateField()))
    if asked.since:
        rows = rows.filter(day__gte=asked.since)
    if asked.until:
        rows = rows.filter(day__lte=asked.until)
    if asked.own:
        rows = rows.filter(session__practitioner__membership__user=asked.own)
    return rows


def _exposures() -> dict[str, Any]:
    share = F(f"{COMPONENT}__volume_ml") / F("preparation__total_ml") * F("volume_ml")
    return {
        "patients": Count("session__patient", distinct=True),
        "sessions": Count("session", distinct=True),
        "injected_ml": Sum(share, output_field=ML),
    }


def _suspicions() -> dict[str, Any]:
    return {"side_effects": Count("case", distinct=True), "sessions_with": Count("session", distinct=True)}


LOTS = Report(
    name="lots",
    title=gettext_lazy("Lots, sessions and side effects"),
    lead=gettext_lazy(
        "Each lot that was injected: whom it reached, how much, and after how many sessions it was among the suspects. "
        "A percentage with its 95 % interval is shown from ten sessions on. "
        "The totals count each patient, session and side effect once."
    ),
    columns=COLUMNS,
    filters=(*DAYS, PRODUCT),
    sheet=sheet,
    icon="package",
    empty=(gettext_lazy("Nothing was injected yet"), gettext_lazy("The first signed mix makes the first line.")),
)
