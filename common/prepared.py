"""Questions that are asked all day: written once, and planned by the database once per connection.

Writing and planning the large ones takes longer than answering them. Only the words and the plan are kept: what is
asked is asked anew each time, with other values.
"""

import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from django.db import DEFAULT_DB_ALIAS, connection, models
from django.db.models.query import get_related_populators

PLACE = re.compile(r"%\((\w+)\)s")
LARGEST = 2**63 - 1  # no column holds a larger number, so that no row has it
_numbers = itertools.count(1)
_planned: WeakKeyDictionary[Any, dict[str, str]] = WeakKeyDictionary()
Row = TypeVar("Row", bound=models.Model)


def ask(sql: str, given: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Answer a SELECT with places written %(name)s; the connection prepares it the first time."""
    names = list(dict.fromkeys(PLACE.findall(sql)))
    values = [given[name] for name in names]
    places = f"({', '.join(['%s'] * len(names))})" if names else ""
    with connection.cursor() as cursor:
        planned = _planned.setdefault(connection.connection, {})
        name = planned.get(sql)
        if name is None:
            # A number of its own: where the first answer fails, the database may have kept the plan all the same.
            name = f"asked_{next(_numbers)}"
            cursor.execute(f"PREPARE {name} AS {numbered(sql, names)}; EXECUTE {name}{places}", values)
            planned[sql] = name
        else:
            cursor.execute(f"EXECUTE {name}{places}", values)
        return list(cursor.fetchall())


def numbered(sql: str, names: list[str]) -> str:
    """The same question with numbered places, which is what PREPARE takes."""
    place = {name: f"${number}" for number, name in enumerate(names, start=1)}
    return PLACE.sub(lambda found: place[found[1]], sql)


class Given(models.Value):
    """A place in a question; its value comes with each asking."""

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", [self]


class Question:
    """A queryset with `Given("name")` in its filters, whose SQL is written when it is first asked."""

    def __init__(self, build: Callable[[], "models.QuerySet[Row]"]) -> None:
        self.build = build

    @cached_property
    def _written(self) -> tuple[str, dict[str, Any], Callable[[list[tuple[Any, ...]]], Iterator[Any]]]:
        compiler = self.build().query.get_compiler(DEFAULT_DB_ALIAS)
        sql, parameters = compiler.as_sql()
        names = [each.value if isinstance(each, Given) else f"fixed_{n}" for n, each in enumerate(parameters)]
        place = iter(names)
        sql = re.sub(r"%%|%s", lambda found: found[0] if found[0] == "%%" else f"%({next(place)})s", sql)
        pairs = zip(names, parameters, strict=True)
        return sql, {name: each for name, each in pairs if not isinstance(each, Given)}, reader_of(compiler)

    def all(self, **given: Any) -> list[Any]:
        """Every row that answers, with the rows that the queryset brings along."""
        if any(isinstance(value, int) and abs(value) > LARGEST for value in given.values()):
            return []
        sql, fixed, read = self._written
        return list(read(ask(sql, fixed | given)))

    def first(self, **given: Any) -> Any:
        """The first row that answers, or None."""
        return next(iter(self.all(**given)), None)


def reader_of(compiler: Any) -> Callable[[list[tuple[Any, ...]]], Iterator[Any]]:
    """What makes models of the rows of a question, as a queryset does."""
    model, places = compiler.klass_info["model"], compiler.klass_info["select_fields"]
    own = slice(places[0], places[-1] + 1)
    names = [column[0].target.attname for column in compiler.select[own]]
    converters = compiler.get_converters([column[0] for column in compiler.select])
    brought = get_related_populators(compiler.klass_info, compiler.select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]

    def read(rows: list[tuple[Any, ...]]) -> Iterator[Any]:
        for row in compiler.apply_converters(rows, converters) if converters else rows:
            thing = model.from_db(DEFAULT_DB_ALIAS, names, row[own])
            for populator in brought:
                populator.populate(row, thing)
            yield thing

    return read


def remember(thing: models.Model, name: str, rows: list[Any]) -> None:
    """Let a row know the rows that belong to it, so that they are not asked for again."""
    known = getattr(thing, name).all()
    known._result_cache = rows
    vars(thing).setdefault("_prefetched_objects_cache", {})[name] = known
