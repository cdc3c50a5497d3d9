"""Free times and the list of a day at a million appointments: in the database, over HTTP, and beside a tenth of it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from bench._servers import BARE, SMALLER_DATABASE, Client, served, smaller, token, working_on
from bench._turns import figure, in_turns

NEEDS = {"patients": 100_000, "appointments": 1_000_000}
DAYS, PEOPLE = 14, 8
ARITHMETIC = """
SELECT w.practitioner_id, range_agg(w.span) - COALESCE((
    SELECT range_agg(a.practitioner_busy) FROM scheduling_appointment a
    WHERE a.clinic_id = %(clinic)s::bigint AND a.practitioner_id = w.practitioner_id
    AND a.practitioner_busy && tstzmultirange(tstzrange(%(first)s::timestamptz, %(last)s::timestamptz))), '{}')
FROM (
    SELECT p AS practitioner_id, tstzrange(d + interval '7 hours', d + interval '17 hours') AS span
    FROM unnest(%(practitioners)s::bigint[]) p, generate_series(%(first)s::timestamptz, %(last)s, interval '1 day') d
) w GROUP BY w.practitioner_id
"""


def searched() -> tuple[Any, Any, Any, list[int]]:
    """The clinic, its kind of visit, tomorrow, and eight practitioners."""
    from django.utils import timezone

    from accounts.models import Clinic
    from clinic.volume.house import SLUG
    from common.dates import local_day

    clinic = Clinic.objects.get(slug=SLUG)
    kind = clinic.appointment_kinds.prefetch_related("segments").get()
    first = local_day(timezone.now(), clinic.time_zone) + timedelta(days=1)
    return clinic, kind, first, list(clinic.practitioners.order_by("pk").values_list("pk", flat=True)[:PEOPLE])


def addresses() -> tuple[str, str]:
    """One practitioner's free times of fourteen days, and one practitioner's day, over HTTP."""
    _clinic, kind, first, people = searched()
    last = first + timedelta(days=DAYS - 1)
    day = first + timedelta(days=7 - first.isoweekday() + 2)
    return (
        f"/api/v1/slots/?kind={kind.pk}&from={first}&to={last}&practitioner={people[0]}",
        f"/api/v1/appointments/?on={day}&practitioner={people[0]}",
    )


def measure() -> Iterator[dict[str, Any]]:
    """Ours against the bare arithmetic and the bare view; a million against a hundred thousand."""
    yield in_the_database()
    slots, day = addresses()
    with served() as ours, served(BARE) as bare, smaller() as environment, served(environment=environment) as other:
        desk, row = Client(ours, token()), Client(bare)
        with working_on(SMALLER_DATABASE):
            tenth, (tenth_slots, tenth_day) = Client(other, token()), addresses()
        for name, path, same in (("slots_14_days", slots, tenth_slots), ("day_calendar", day, tenth_day)):
            value, limit = in_turns(lambda path=path: desk.get(path), lambda: row.get("/row/"))
            yield figure(f"{name}_http", value, limit, 8)
            value, limit = in_turns(lambda path=path: desk.get(path), lambda same=same: tenth.get(same))
            yield figure(f"{name}_million_to_tenth", value, limit, 1.3)


def in_the_database() -> dict[str, Any]:
    """The one query for eight practitioners and fourteen days, beside the arithmetic alone: sent, run, fetched."""
    from django.db import connection
    from django.utils import timezone

    from scheduling.availability import needs_of
    from scheduling.availability.slots import question

    clinic, kind, first, people = searched()
    days = {"day_from": first, "day_to": first + timedelta(days=DAYS - 1)}
    ours, given = question(clinic, kind, needs_of(kind), practitioners=people, at=timezone.now(), **days)
    bare = {"clinic": clinic.pk, "first": first, "last": days["day_to"], "practitioners": people}

    def ask(sql: str, values: dict[str, Any]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            cursor.fetchall()

    value, limit = in_turns(lambda: ask(ours, given), lambda: ask(ARITHMETIC, bare))
    return figure("slots_14_days_database", value, limit, 3)
