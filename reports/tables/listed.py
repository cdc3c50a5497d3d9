"""Lists of any length, straight from the database: a page of them, all of them in turn, or as a CSV file."""

from collections import namedtuple
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import connection, transaction

from reports.tables.sheets import Column

AT_ONCE = 5_000
RISKY = r"E'=+-@\t\r\n'''"
CELL = {
    "count": "{name}::text",
    "number": "trim_scale({name})::text",
    "day": "to_char({name}, 'YYYY-MM-DD')",
    "moment": "to_char({name} AT TIME ZONE %(zone)s, 'YYYY-MM-DD\"T\"HH24:MI:SS')",
}
TEXT = "CASE WHEN {name} <> '' AND strpos(" + RISKY + ", left({name}, 1)) > 0 THEN '''' || {name} ELSE {name} END"


class Listed(Sequence[Any]):
    """The rows of one query, which is asked for no more of them than are looked at.

    The query names its columns as the report does; `order` ends with something that is there once.
    """

    def __init__(self, columns: Sequence[Column], sql: str, parameters: Mapping[str, Any], *, order: str) -> None:
        self.columns, self.sql, self.parameters, self.order = columns, sql, parameters, order
        self.row = namedtuple("row", [column.name for column in columns])  # type: ignore[misc]
        self._length: int | None = None

    def __len__(self) -> int:
        if self._length is None:
            counted = self._ask(f"SELECT count(*) FROM ({self.sql}) listed")  # noqa: S608
            self._length = int(counted[0][0])
        return self._length

    def __getitem__(self, place: Any) -> Any:
        if not isinstance(place, slice):
            return self[place : place + 1][0]
        start, stop = place.start or 0, place.stop
        limit = "ALL" if stop is None else max(stop - start, 0)
        rows = self._ask(f"{self.ordered} LIMIT {limit} OFFSET {start}")
        return [self.row(*row) for row in rows]

    def __iter__(self) -> Iterator[Any]:
        """Give every row, a few thousand at a time: one look at the database, however long it takes."""
        with transaction.atomic(), connection.chunked_cursor() as cursor:
            cursor.execute(self.ordered, self.parameters)
            while rows := cursor.fetchmany(AT_ONCE):
                yield from rows

    @property
    def ordered(self) -> str:
        names = ", ".join(column.name for column in self.columns)
        return f"SELECT {names} FROM ({self.sql} ORDER BY {self.order}) listed"  # noqa: S608

    def copy(self, file: Any, *, delimiter: str = ",", comma: bool = False) -> None:
        """Let the database write the rows as CSV into a file: cells that no spreadsheet runs, numbers as numbers."""
        cells = ", ".join(self._cell(column, comma) for column in self.columns)
        inner = self.ordered.partition(" FROM ")[2]
        with connection.cursor() as cursor:
            query = cursor.mogrify(f"SELECT {cells} FROM {inner}", self.parameters).decode()  # noqa: S608
            cursor.copy_expert(f"COPY ({query}) TO STDOUT WITH (FORMAT csv, DELIMITER '{delimiter}')", file)

    def _cell(self, column: Column, comma: bool) -> str:
        cell = CELL.get(column.kind, TEXT).format(name=column.name)
        return f"replace({cell}, '.', ',')" if comma and column.kind == "number" else cell

    def _ask(self, sql: str) -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(sql, self.parameters)
            return list(cursor.fetchall())


def asked(sql: str, parameters: Mapping[str, Any]) -> list[Any]:
    """Ask one query of figures: rows with names."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        row = namedtuple("row", [column.name for column in cursor.description])  # type: ignore[misc]
        return [row(*values) for values in cursor.fetchall()]
