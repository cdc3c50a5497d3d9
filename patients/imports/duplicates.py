"""Whom the rows of a file are like: one question over the whole file, not one for each row."""

from collections.abc import Sequence

from django.db import connection

from patients.models import ImportBatch

# Whoever shares a telephone or an address with another person is family, unless the name or the birth date agrees too.
LIKE = """
WITH known AS MATERIALIZED (
    SELECT id, born_on, phone, lower(email) AS email, former_numbers, patients_name_key(given_name, family_name) AS key
    FROM patients_patient
    WHERE clinic_id = %(clinic)s AND (%(among)s::bigint[] IS NULL OR id = ANY(%(among)s::bigint[]))
      AND NOT entered_in_error AND merged_into_id IS NULL AND erased_at IS NULL
), numbered AS (
    SELECT id, unnest(former_numbers) AS number FROM known WHERE former_numbers <> '{}'
), coming AS MATERIALIZED (
    SELECT id, line, (cleaned ->> 'born_on')::date AS born_on, coalesce(cleaned ->> 'phone', '') AS phone,
        lower(coalesce(cleaned ->> 'email', '')) AS email, coalesce(cleaned ->> 'old_number', '') AS number,
        patients_name_key(cleaned ->> 'given_name', cleaned ->> 'family_name') AS key
    FROM patients_importrow
    WHERE clinic_id = %(clinic)s AND batch_id = %(batch)s AND state = 'new' AND line BETWEEN %(first)s AND %(last)s
), found AS (
    SELECT c.id, k.id AS patient, CASE WHEN c.key = k.key THEN 1 ELSE 3 END AS rank
    FROM coming c JOIN known k ON k.born_on = c.born_on
    WHERE c.key = k.key OR similarity(c.key, k.key) >= 0.6
    UNION ALL
    SELECT c.id, k.id, 4 FROM coming c JOIN known k ON k.phone = c.phone
    WHERE c.phone <> '' AND (k.born_on = c.born_on OR k.key = c.key)
    UNION ALL
    SELECT c.id, k.id, 5 FROM coming c JOIN known k ON k.email = c.email
    WHERE c.email <> '' AND (k.born_on = c.born_on OR k.key = c.key)
    UNION ALL
    SELECT c.id, n.id, 2 FROM coming c JOIN numbered n ON n.number = c.number WHERE c.number <> ''
), best AS (
    SELECT DISTINCT ON (id) id, patient, rank FROM found ORDER BY id, rank, patient
)
UPDATE patients_importrow r
SET state = 'duplicate', patient_id = best.patient,
    likeness = (ARRAY['same_person', 'same_number', 'like_name', 'same_phone', 'same_email'])[best.rank]
FROM best WHERE r.id = best.id
"""
TWICE = """
WITH keyed AS (
    SELECT id, line, first_value(line) OVER (
        PARTITION BY cleaned ->> 'born_on', patients_name_key(cleaned ->> 'given_name', cleaned ->> 'family_name')
        ORDER BY line) AS twin
    FROM patients_importrow WHERE clinic_id = %(clinic)s AND batch_id = %(batch)s AND state = 'new'
)
UPDATE patients_importrow r SET state = 'duplicate', likeness = 'same_line', twin_line = keyed.twin
FROM keyed WHERE r.id = keyed.id AND keyed.twin < keyed.line
"""


def mark(batch: ImportBatch, *, among: Sequence[int] | None = None, first: int = 0, last: int = 2**31 - 1) -> None:
    """Mark the new rows of a file, or of some lines of it, that are like a patient: any, or one of these."""
    given = {"clinic": batch.clinic_id, "batch": batch.pk, "first": first, "last": last}
    with connection.cursor() as cursor:
        cursor.execute(LIKE, {**given, "among": None if among is None else list(among)})


def mark_twice(batch: ImportBatch) -> None:
    """Mark the rows of people who stand in the file already, further up."""
    with connection.cursor() as cursor:
        cursor.execute(TWICE, {"clinic": batch.clinic_id, "batch": batch.pk})
