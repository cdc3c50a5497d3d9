"""Public numbers: taken from a locked row, so that they are gapless and unique."""

from django.db import connection

from accounts.models import Clinic


def take(clinic: Clinic, name: str) -> int:
    """Take the next number of a clinic's counter; the row stays locked until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_counter (clinic_id, name, value) VALUES (%s, %s, 1) "
            "ON CONFLICT (clinic_id, name) DO UPDATE SET value = accounts_counter.value + 1 RETURNING value",
            [clinic.pk, name],
        )
        return int(cursor.fetchone()[0])


def take_many(clinic: Clinic, name: str, count: int) -> int:
    """Take several numbers in a row and give the first; the row stays locked until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_counter (clinic_id, name, value) VALUES (%(clinic)s, %(name)s, %(count)s) "
            "ON CONFLICT (clinic_id, name) DO UPDATE SET value = accounts_counter.value + %(count)s RETURNING value",
            {"clinic": clinic.pk, "name": name, "count": count},
        )
        return int(cursor.fetchone()[0]) - count + 1


def number(clinic: Clinic, prefix: str, name: str) -> str:
    """Take the next number and write it the way it is printed: P-000123."""
    return f"{prefix}-{take(clinic, name):06d}"
