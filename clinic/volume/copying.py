"""Writing many rows: COPY, with constraints, indexes and history out of the way and rebuilt afterwards."""

import contextlib
import io
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from psycopg2 import sql

DEFINITIONS = """
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE conrelid = %s::regclass AND contype IN ('x', 'f') ORDER BY contype
"""
INDEXES = """
SELECT c.relname, pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE i.indrelid = %s::regclass AND NOT i.indisunique AND NOT i.indisexclusion
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


def copy(cursor: Any, table: str, columns: Iterable[str], rows: Iterable[str]) -> int:
    """Send rows to a table."""
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    cursor.copy_expert(sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names), Lines(rows))
    return int(cursor.rowcount)


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
