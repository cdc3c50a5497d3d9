"""Writing many rows: COPY, with constraints, indexes and history out of the way and rebuilt afterwards."""

import contextlib
import io
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice
from typing import Any

from django.apps import apps
from psycopg2 import sql

DEFINITIONS = """
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE conrelid = %s::regclass AND contype IN ('x', 'f') ORDER BY contype
"""
INDEXES = """
SELECT c.relname, pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE i.indrelid = %s::regclass AND NOT i.indisunique AND NOT i.indisexclusion AND i.indpred IS NULL
"""
HISTORY_TRIGGERS = "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname LIKE 'pgtrigger_%%'"
ROWS_AT_ONCE = 20_000


class Lines(io.TextIOBase):
    """Rows as the text that COPY reads, made while it reads."""

    def __init__(self, rows: Iterable[str]) -> None:
        self.rows = iter(rows)
        self.left = ""

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> str:
        while size is None or size < 0 or len(self.left) < size:
            chunk = "".join(islice(self.rows, ROWS_AT_ONCE))
            if not chunk:
                break
            self.left += chunk
        given, self.left = (self.left, "") if size is None or size < 0 else (self.left[:size], self.left[size:])
        return given


def line(*values: Any) -> str:
    """One row of COPY's text: None is empty, tabs and line ends do not occur in what we make."""
    return "\t".join("\\N" if value is None else str(value) for value in values) + "\n"


@cache
def defaults(table: str) -> dict[str, str]:
    """Give the columns of a table that want a value, and the one that the model has for them, as COPY reads it."""
    model = next(each for each in apps.get_models() if each._meta.db_table == table)
    wanted = [each for each in model._meta.concrete_fields if not each.null and not each.primary_key]
    values = {each.column: each.get_default() for each in wanted if not each.is_relation}
    return {name: _text(value) for name, value in values.items() if value is not None}


def _text(value: Any) -> str:
    if isinstance(value, list | dict):
        return "{}"
    return {True: "t", False: "f"}[value] if isinstance(value, bool) else str(value)


def copy(cursor: Any, table: str, columns: Iterable[str], rows: Iterable[str]) -> int:
    """Send rows to a table; a column that is not named gets what the model gives a new row."""
    columns, given = list(columns), defaults(table)
    left = [name for name in given if name not in columns]
    if left:
        tail = "\t" + line(*(given[name] for name in left))
        rows = (row[:-1] + tail for row in rows)
    names = sql.SQL(", ").join(map(sql.Identifier, [*columns, *left]))
    cursor.copy_expert(sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names), Lines(rows))
    return int(cursor.rowcount)


@contextlib.contextmanager
def untriggered(cursor: Any, tables: Iterable[str]) -> Iterator[None]:
    """Write closed rows as they would have become: guards and history of these tables rest meanwhile."""
    tables = list(tables)
    for table in tables:
        cursor.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(sql.Identifier(table)))
    yield
    for table in tables:
        cursor.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(sql.Identifier(table)))


def last_key(cursor: Any, table: str) -> int:
    """Give the highest key of a table, after which ours begin."""
    cursor.execute(sql.SQL("SELECT coalesce(max(id), 0) FROM {}").format(sql.Identifier(table)))
    return int(cursor.fetchone()[0])


def go_on_after(cursor: Any, table: str, key: int) -> None:
    """Let the table's own numbering go on after the keys that were written by hand."""
    cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), greatest(%s, 1))", [table, key])


@contextlib.contextmanager
def bare(cursor: Any, table: str) -> Iterator[None]:
    """Take exclusion constraints, foreign keys, indexes and history off a table, and build them again at the end."""
    name = sql.Identifier(table)
    cursor.execute(DEFINITIONS, [table])
    constraints = cursor.fetchall()
    cursor.execute(INDEXES, [table])
    indexes = cursor.fetchall()
    cursor.execute(HISTORY_TRIGGERS, [table])
    triggers = [trigger for (trigger,) in cursor.fetchall()]
    for trigger in triggers:
        cursor.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER {}").format(name, sql.Identifier(trigger)))
    for constraint, _definition in constraints:
        cursor.execute(sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(name, sql.Identifier(constraint)))
    for index, _definition in indexes:
        cursor.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(index)))
    yield
    cursor.execute("SET maintenance_work_mem = '512MB'")
    for _index, definition in indexes:
        cursor.execute(definition)
    for constraint, definition in constraints:
        add = sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} ").format(name, sql.Identifier(constraint))
        cursor.execute(add + sql.SQL(definition))
    for trigger in triggers:
        cursor.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER {}").format(name, sql.Identifier(trigger)))
