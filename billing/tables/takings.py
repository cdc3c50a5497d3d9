"""The money of some days: by person and method, line by line, on screen and as a file of the same columns."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import StreamingHttpResponse
from django.utils.translation import gettext as _

from accounts.models import Clinic
from billing.models import Method, Payment
from common.cells import BOM, written


@dataclass
class Row:
    """What one person took, by method."""

    person: str
    amounts: dict[str, Decimal] = field(default_factory=dict)
    count: int = 0

    @property
    def cells(self) -> list[tuple[str, Decimal]]:
        """Give the sums in the order of the methods, each with its name."""
        return [(str(each.label), self.amounts.get(each.value, Decimal(0))) for each in Method]

    @property
    def total(self) -> Decimal:
        return sum(self.amounts.values(), Decimal(0))

    def add(self, method: str, amount: Decimal, count: int) -> None:
        self.amounts[method] = self.amounts.get(method, Decimal(0)) + amount
        self.count += count


@dataclass(frozen=True)
class Takings:
    """The sums of some days: one row for each person, and all together."""

    day_from: date
    day_to: date
    people: list[Row]
    total: Row

    @property
    def is_one_day(self) -> bool:
        return self.day_from == self.day_to


def sums_of(clinic: Clinic, day_from: date, day_to: date) -> Takings:
    """Sum up what came in, less what was given back, on these days; one query."""
    people: dict[int, Row] = {}
    total = Row(_("Together"))
    for group in clinic.payments.takings(day_from, day_to).by_person_and_method():
        row = people.setdefault(group["by"], Row(group["by__display_name"]))
        for each in (row, total):
            each.add(group["method"], group["total"], group["count"])
    return Takings(day_from, day_to, sorted(people.values(), key=lambda row: row.person.casefold()), total)


def columns() -> list[str]:
    """Name the columns of the list."""
    return [
        _("Day"),
        _("Receipt"),
        _("Patient number"),
        _("Patient"),
        _("Plan"),
        _("For what"),
        _("Paid by"),
        _("Amount"),
        _("Currency"),
        _("Taken by"),
    ]


def cells_of(payment: Payment, *, masked: bool) -> list[Any]:
    """Give one payment in the order of the columns; to whom the role masks patients, without the name."""
    receipt = getattr(payment, "receipt", None)
    return [
        payment.received_on,
        receipt.number if receipt else "",
        payment.patient.number,
        "" if masked else payment.patient.full_name,
        payment.plan.number if payment.plan else "",
        payment.note if payment.is_refund else payment.text,
        str(payment.get_method_display()),
        payment.amount,
        payment.currency,
        payment.by.display_name,
    ]


class _Echo:
    def write(self, line: str) -> str:
        return line


def lines(clinic: Clinic, day_from: date, day_to: date, *, masked: bool) -> Iterator[str]:
    """Write the list as CSV, line by line; numbers stay numbers and no text runs."""
    writer = csv.writer(_Echo())
    yield BOM
    yield writer.writerow(columns())
    rows = clinic.payments.takings(day_from, day_to).with_list().order_by("received_on", "pk")
    for payment in rows.iterator(500):
        yield writer.writerow([written(value) for value in cells_of(payment, masked=masked)])


def answer_with(clinic: Clinic, day_from: date, day_to: date, *, masked: bool = False) -> StreamingHttpResponse:
    """Hand out the list while it is written; whoever hands it out notes it first."""
    answer = StreamingHttpResponse(
        lines(clinic, day_from, day_to, masked=masked), content_type="text/csv; charset=utf-8"
    )
    answer["Content-Disposition"] = f'attachment; filename="takings-{day_from}-{day_to}.csv"'
    return answer
