"""Figures that leave the house: a million lines of CSV beside COPY alone, 100,000 of XLSX beside XlsxWriter alone."""

import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from typing import Any

NEEDS = {"patients": 100_000, "appointments": 1_000_000}
MOST_CSV, MOST_XLSX, MOST_MB = 3, 1.3, 32
XLSX_LINES = 100_000
BARE = """
COPY (
    SELECT a.starts_at, a.ends_at, a.status, a.practitioner_id, a.kind_id, a.room_id, a.location_id, a.patient_id, a.id
    FROM scheduling_appointment a WHERE a.clinic_id = {clinic} ORDER BY a.starts_at, a.id
) TO STDOUT WITH (FORMAT csv)
"""
SAME = "COPY ({query}) TO STDOUT WITH (FORMAT csv)"


def measure() -> Iterator[dict[str, Any]]:
    """Write the visits of the volume clinic as CSV and as XLSX."""
    from accounts.models import Clinic

    clinic = Clinic.objects.get(slug="volume")
    yield from csv(clinic)
    yield from xlsx(clinic)


def csv(clinic: Any) -> Iterator[dict[str, Any]]:
    from reports.tables import files
    from reports.tables.catalogue import REPORTS
    from reports.tables.sheets import Asked

    report = REPORTS["visits"]

    def ours(file: Any) -> None:
        files.write_csv(report, report.sheet(Asked(clinic)), file, clinic=clinic, tell=lambda lines: None)

    rows = report.sheet(Asked(clinic)).rows
    seconds(copied(BARE.format(clinic=clinic.pk)), rounds=1)  # the pages of the tables are warm for both
    before = peak()
    bare, same, spent = seconds(copied(BARE.format(clinic=clinic.pk)), copied(SAME.format(query=mogrified(rows))), ours)
    growth = peak() - before
    yield {**line(f"csv of {len(rows)} lines / COPY TO of the bare table", spent, bare, "s"), "max": MOST_CSV}
    yield line(f"csv of {len(rows)} lines / COPY TO of the same query", spent, same, "s")
    memory = line("csv: memory growth", growth, 1, "MB")
    yield {**memory, "max": MOST_MB}


def xlsx(clinic: Any) -> Iterator[dict[str, Any]]:
    from reports.tables import files
    from reports.tables.catalogue import REPORTS
    from reports.tables.sheets import Asked, Sheet

    report = REPORTS["visits"]
    rows: Any = report.sheet(Asked(clinic)).rows
    rows.sql += f" AND a.id IN (SELECT id FROM scheduling_appointment ORDER BY id LIMIT {XLSX_LINES})"
    kept = list(rows)

    def ours(file: Any) -> None:
        files.write_xlsx(report, Sheet(rows), file, clinic=clinic, tell=lambda lines: None)

    alone, spent = seconds(lambda file: bare_workbook(file, kept), ours)
    figure = line(f"xlsx of {len(kept)} lines / XlsxWriter alone", spent, alone, "s")
    yield {**figure, "max": MOST_XLSX}


def line(bench: str, value: float, limit: float, unit: str) -> dict[str, Any]:
    ratio = round(value / limit, 3)
    return {"bench": bench, "value": round(value, 2), "limit": round(limit, 2), "ratio": ratio, "unit": unit}


def bare_workbook(file: Any, rows: list[Any]) -> None:
    """What XlsxWriter needs for the same cells, when somebody has them at hand."""
    import xlsxwriter

    with xlsxwriter.Workbook(file, {"constant_memory": True}) as book:
        page = book.add_worksheet()
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for line, row in enumerate(rows):
            page.write_datetime(line, 0, row[0], day)
            page.write_number(line, 2, row[2])
            for place in (1, 3, 4, 5, 6, 7, 8):
                page.write_string(line, place, row[place])


def copied(statement: str) -> Callable[[Any], None]:
    """COPY, and nothing else."""

    def copy(file: Any) -> None:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
            cursor.copy_expert(statement, file)

    return copy


def mogrified(rows: Any) -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        return str(cursor.mogrify(rows.ordered, rows.parameters).decode())


def seconds(*works: Callable[[Any], None], rounds: int = 3) -> list[float]:
    """The best of three of each, in turn: what is left is the work itself, and a busy minute meets all of them."""
    found: list[list[float]] = [[] for _work in works]
    for _round in range(rounds):
        for work, spent in zip(works, found, strict=True):
            with tempfile.TemporaryFile() as file:
                began = time.perf_counter()
                work(file)
                spent.append(time.perf_counter() - began)
    return [min(spent) for spent in found]


def peak() -> float:
    """The most memory that this process ever held, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
