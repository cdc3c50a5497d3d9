"""A hundred thousand patients from a file, read, judged, de-duplicated and written, against a bare COPY of them."""

import io
import random
import time
from collections.abc import Iterator
from typing import Any

from bench._turns import figure

PEOPLE = 100_000
NEEDS = {"patients": 1_000, "appointments": 10_000}
GIVEN = ("Ana", "María", "José", "Zoë", "François", "Lucía", "Amara", "Bruno", "Noël", "Ingrid", "Paul", "Chloé")
FAMILY = ("García", "Muñoz", "Díaz", "Lefèvre", "Okonkwo", "Verne", "Benali", "Sørensen", "Núñez", "Martin", "López")


def people(seed: int) -> list[tuple[str, ...]]:
    """So many people who could be real: names that repeat, birth dates over sixty years, a phone and an address."""
    chance = random.Random(seed)
    return [
        (
            f"{chance.choice(FAMILY)} {chance.choice(FAMILY)}",
            f"{chance.choice(GIVEN)} {chance.choice(GIVEN)}",
            f"{chance.randint(1940, 2005)}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}",
            f"+346{(seed * PEOPLE + n) % 100_000_000:08d}",
            f"person{seed}.{n}@example.org",
            "Calle Mayor 1",
        )
        for n in range(PEOPLE)
    ]


def csv_of(rows: list[tuple[str, ...]]) -> bytes:
    header = "Last name,First name,Date of birth,Phone,Email,Address"
    return "\n".join([header, *(",".join(row) for row in rows)]).encode()


def copied(clinic: Any, by: Any, rows: list[tuple[str, ...]]) -> float:
    """Seconds of a bare COPY into the same table, with its indexes and triggers; nothing of it stays."""
    from django.db import connection, transaction

    at = "2026-01-05T10:00:00Z"
    columns = (
        "clinic_id, number, former_numbers, given_name, family_name, preferred_name, former_names, born_on, sex, "
        "gender, pronouns, language, email, phone, address_line_1, address_line_2, postal_code, city, region, "
        "country, national_number, search, registered_by_id, registered_at, is_restricted, entered_in_error, "
        "error_reason, revision"
    )
    text = io.StringIO()
    for n, (family, given, born, phone, email, address) in enumerate(rows):
        text.write(
            f"{clinic.pk}\tB-{n}\t{{}}\t{given}\t{family}\t\t{{}}\t{born}\tunknown\t\t\tes\t{email}\t{phone}\t{address}"
            f"\t\t\t\t\t\t\t\t{by.pk}\t{at}\tf\tf\t\t1\n"
        )
    text.seek(0)
    start = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.copy_expert(f"COPY patients_patient ({columns}) FROM STDIN", text)
        took = time.perf_counter() - start
        transaction.set_rollback(True)
    return took


def imported(clinic: Any, by: Any, content: bytes) -> dict[str, float]:
    """Seconds that the import took, by its steps, as the worker does them."""
    from django.utils import timezone

    from patients.actions import imports
    from patients.imports import work
    from patients.models import ImportState
    from scheduling.tables.imports import sort_of

    sort, at = sort_of("patients"), timezone.now()
    start = time.perf_counter()
    batch = imports.upload(clinic, subject="patients", title="p.csv", content=content, fields=sort.fields, by=by, at=at)
    batch = imports.name_columns(batch, sort=sort, mapping=batch.mapping, day_first=True, by=by, at=at)
    while work.go_on(batch, sort):
        pass
    checked = time.perf_counter()
    batch = imports.run(batch, duplicates="skip", by=by, at=at)
    while work.go_on(batch, sort):
        pass
    done = time.perf_counter()
    if batch.state != ImportState.DONE or batch.rows.counts()["invalid"]:
        raise RuntimeError(f"not taken in: {batch.state} {batch.rows.counts()}")
    return {"check": checked - start, "run": done - checked, "all": done - start}


def measure() -> Iterator[dict[str, Any]]:
    """The whole import, and each of its two halves for itself, against the COPY before and after it."""
    from django.db import connection

    from accounts.models import Clinic, User
    from clinic.volume.house import SLUG

    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
    clinic, by = Clinic.objects.get(slug=SLUG), User.objects.system()
    before = copied(clinic, by, people(1))
    took = imported(clinic, by, csv_of(people(2)))
    limit = (before + copied(clinic, by, people(3))) / 2
    yield figure("import_of_100000_patients", took["all"], limit, 12, "s")
    yield figure("import_check", took["check"], limit, 12, "s")
    yield figure("import_run", took["run"], limit, 12, "s")
