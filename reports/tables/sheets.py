"""What every report shares: its columns, its filters, its question, and the rows that answer it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.access import Permission
from accounts.models import Clinic, User
from common.decimals import plain


@dataclass(frozen=True)
class Column:
    """One column of a report; `kind` is text, code, count, number, day or moment."""

    name: str
    label: Any
    kind: str = "text"

    @property
    def is_number(self) -> bool:
        return self.kind in ("count", "number")

    @property
    def style(self) -> str:
        """Say how a cell is set: numbers to the right, what is one word unbroken."""
        return "number" if self.is_number else "nowrap" if self.kind in ("code", "day", "moment") else ""


@dataclass(frozen=True)
class Filter:
    """What a report can be narrowed by: a day, or one of the values that `choices` gives for a clinic."""

    name: str
    label: Any
    choices: Callable[[Clinic], Sequence[tuple[Any, Any]]] | None = None
    everything: Any = ""
    is_number: bool = False
    hidden_from_own: bool = False  # whoever sees only their own figures has nothing to choose here


FROM, TO = Filter("from", _("From")), Filter("to", _("To"))
DAYS = (FROM, TO)
PRACTITIONER = Filter(
    "practitioner",
    _("Practitioner"),
    lambda clinic: [
        (pk, name)
        for pk, name in clinic.practitioners.order_by("membership__user__display_name", "pk").values_list(
            "pk", "membership__user__display_name"
        )
    ],
    _("Everybody"),
    is_number=True,
    hidden_from_own=True,
)
PRODUCT = Filter(
    "product",
    _("Product"),
    lambda clinic: list(clinic.products.order_by("name").values_list("pk", "name")),
    _("All products"),
    is_number=True,
)


@dataclass(frozen=True)
class Asked:
    """What is asked of a report: of which clinic, whose figures, from which day to which, narrowed by what."""

    clinic: Clinic
    own: User | None = None
    since: date | None = None
    until: date | None = None
    product: int | None = None
    chosen: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, clinic: Clinic, own: User | None, values: Mapping[str, Any]) -> "Asked":
        """Take what a form or the machine's door has cleaned; what was left empty does not count."""
        given = {name: value for name, value in values.items() if value not in (None, "")}
        days = {"since": given.pop("from", None), "until": given.pop("to", None)}
        return cls(clinic, own, **days, product=given.pop("product", None), chosen=given)

    @property
    def values(self) -> dict[str, Any]:
        """Give the filters that were set, by the names that the address bar has for them."""
        given = {"from": self.since, "to": self.until, "product": self.product, **self.chosen}
        return {name: value for name, value in given.items() if value is not None}

    @property
    def words(self) -> list[str]:
        """Name the filters that were set, for the audit trail."""
        return [f"{name}={value}" for name, value in self.values.items()]

    @property
    def parameters(self) -> dict[str, Any]:
        """Give what the queries of most reports are asked with."""
        return {
            "clinic": self.clinic.pk,
            "zone": self.clinic.time_zone,
            "since": self.since,
            "until": self.until,
            "own": self.own.pk if self.own else None,
            "practitioner": self.chosen.get("practitioner"),
        }


@dataclass(frozen=True)
class Sheet:
    """The answer of a report: its rows, and the totals in the same columns where it has any."""

    rows: Sequence[Any]
    totals: Any = None


@dataclass(frozen=True)
class Report:
    """One report: what it is called, what it shows, and the query behind it."""

    name: str
    title: Any
    lead: Any
    columns: tuple[Column, ...]
    sheet: Callable[[Asked], Sheet]
    filters: tuple[Filter, ...] = DAYS
    permission: Permission = Permission.VIEW_REPORTS
    chart: Callable[[Sheet], Any] | None = None
    icon: str = "chart-column"
    empty: tuple[Any, Any] = (_("Nothing to show yet"), _("What happens in the clinic stands here by itself."))
    is_shown: bool = True  # a list that only leaves the house as a file has no page

    def cells(self, row: Any) -> list[tuple[Column, Any]]:
        """Give a row in the order of the columns."""
        return [(column, getattr(row, column.name)) for column in self.columns]


def spoken(report: Report, row: Any) -> Mapping[str, Any]:
    """Say a row as the API does: counts as numbers, decimals as text, days and moments as ISO 8601."""
    return {column.name: _said(value) for column, value in report.cells(row)}


def _said(value: Any) -> Any:
    if isinstance(value, Decimal):
        return plain(value)
    return value.isoformat() if isinstance(value, date | datetime) else value
