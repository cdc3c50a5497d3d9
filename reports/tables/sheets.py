"""What every report shares: its columns, its question, and how a table becomes a CSV file."""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from accounts.models import Clinic, User
from common.cells import BOM, written
from common.decimals import plain


@dataclass(frozen=True)
class Column:
    """One column of a report; `kind` is text, code, count, number or day."""

    name: str
    label: Any
    kind: str = "text"

    @property
    def is_number(self) -> bool:
        return self.kind in ("count", "number")

    @property
    def style(self) -> str:
        """Say how a cell is set: numbers to the right, what is one word unbroken."""
        return "number" if self.is_number else "nowrap" if self.kind in ("code", "day") else ""


@dataclass(frozen=True)
class Asked:
    """What is asked of a report: of which clinic, whose figures, from which day to which, of which product."""

    clinic: Clinic
    own: User | None = None
    since: date | None = None
    until: date | None = None
    product: int | None = None

    @property
    def words(self) -> list[str]:
        """Name the filters that were set, for the audit trail."""
        given = {"from": self.since, "to": self.until, "product": self.product}
        return [f"{name}={value}" for name, value in given.items() if value is not None]


@dataclass(frozen=True)
class Sheet:
    """The answer of a report: its rows, and the totals in the same columns."""

    rows: list[Any]
    totals: Any


@dataclass(frozen=True)
class Report:
    """One report: what it is called, what it shows, and the query behind it."""

    name: str
    title: Any
    lead: Any
    columns: tuple[Column, ...]
    sheet: Callable[[Asked], Sheet]

    def cells(self, row: Any) -> list[tuple[Column, Any]]:
        """Give a row in the order of the columns."""
        return [(column, getattr(row, column.name)) for column in self.columns]


class _Echo:
    def write(self, line: str) -> str:
        return line


def csv_lines(report: Report, rows: Iterable[Any], totals: Any) -> Iterator[str]:
    """Write a report line by line: the columns and the rows of the screen, its totals last."""
    writer = csv.writer(_Echo())
    yield BOM
    yield writer.writerow([written(str(column.label)) for column in report.columns])
    for row in [*rows, totals]:
        yield writer.writerow([written(value) for _column, value in report.cells(row)])


def spoken(report: Report, row: Any) -> Mapping[str, Any]:
    """Say a row as the API does: counts as numbers, decimals as text, days as dates."""
    return {
        column.name: plain(value) if isinstance(value, Decimal) else value.isoformat() if column.kind == "day" and value
        else value
        for column, value in report.cells(row)
    }  # fmt: skip
