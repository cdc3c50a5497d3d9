"""What was done against a finding or otherwise than it should have been, with the reason that was given."""

import json

from django.utils.translation import gettext_lazy

from reports.tables.listed import Listed
from reports.tables.sheets import DAYS, Asked, Column, Filter, Report, Sheet

SORTS = {
    "booking": gettext_lazy("Booked against a finding"),
    "overlap": gettext_lazy("Booked over another visit"),
    "plan": gettext_lazy("Set aside for a plan"),
    "session": gettext_lazy("Overridden in a session"),
    "mix": gettext_lazy("Overridden for a mix"),
    "deviation": gettext_lazy("Deviation"),
}
SORT = Filter("sort", gettext_lazy("Sort"), lambda clinic: list(SORTS.items()), gettext_lazy("All of them"))
EVERY = """
SELECT o.at, 'booking' AS sort, o.message, o.code, o.reason, o.by_id, a.practitioner_id, a.patient_id, o.id
FROM scheduling_appointmentoverride o JOIN scheduling_appointment a ON a.id = o.appointment_id
WHERE o.clinic_id = %(clinic)s
UNION ALL
SELECT a.overlap_at, 'overlap', '', 'overlap', a.overlap_reason, a.overlap_by_id, a.practitioner_id, a.patient_id, a.id
FROM scheduling_appointment a WHERE a.clinic_id = %(clinic)s AND a.overlap_at IS NOT NULL
UNION ALL
SELECT w.at, 'plan', w.message, w.code, w.reason, w.by_id, n.practitioner_id, n.patient_id, w.id
FROM treatments_waiver w JOIN treatments_treatmentplan n ON n.id = w.plan_id WHERE w.clinic_id = %(clinic)s
UNION ALL
SELECT f.overridden_at, 'session', f.message, f.code, f.reason, f.overridden_by_id, s.practitioner_id, s.patient_id,
    f.id
FROM treatments_sessionfinding f JOIN treatments_treatmentsession s ON s.id = f.session_id
WHERE f.clinic_id = %(clinic)s AND f.overridden_at IS NOT NULL
UNION ALL
SELECT f.overridden_at, 'mix', f.message, f.code, f.reason, f.overridden_by_id, m.practitioner_id, m.patient_id, f.id
FROM formulations_preparationfinding f JOIN formulations_preparation m ON m.id = f.preparation_id
WHERE f.clinic_id = %(clinic)s AND f.overridden_at IS NOT NULL
UNION ALL
SELECT v.at, 'deviation', v.message, v.code, v.reason, v.by_id, s.practitioner_id, s.patient_id, v.id
FROM treatments_deviation v JOIN treatments_treatmentsession s ON s.id = v.session_id WHERE v.clinic_id = %(clinic)s
"""
ROWS = (
    """
SELECT e.at, %(sorts)s::jsonb ->> e.sort AS sort, coalesce(nullif(e.message, ''), replace(e.code, '_', ' ')) AS message,
    e.reason, u.display_name AS person, p.number AS patient_number, e.id, e.sort AS source
FROM ("""
    + EVERY
    + """) e
JOIN accounts_user u ON u.id = e.by_id
JOIN patients_patient p ON p.id = e.patient_id
JOIN accounts_practitioner d ON d.id = e.practitioner_id
JOIN accounts_membership m ON m.id = d.membership_id
WHERE (%(own)s::bigint IS NULL OR m.user_id = %(own)s OR e.by_id = %(own)s)
    AND (%(sort)s::text IS NULL OR e.sort = %(sort)s)
    AND (%(since)s::date IS NULL OR e.at >= %(since)s::timestamp AT TIME ZONE %(zone)s)
    AND (%(until)s::date IS NULL OR e.at < (%(until)s::date + 1)::timestamp AT TIME ZONE %(zone)s)
"""
)
COLUMNS = (
    Column("at", gettext_lazy("When"), "moment"),
    Column("sort", gettext_lazy("Sort")),
    Column("message", gettext_lazy("What was said")),
    Column("reason", gettext_lazy("Reason given")),
    Column("person", gettext_lazy("By")),
    Column("patient_number", gettext_lazy("File"), "code"),
)


def sheet(question: Asked) -> Sheet:
    """List everything that somebody set aside or did otherwise, newest first."""
    given = {**question.parameters, "sort": question.chosen.get("sort"), "sorts": words()}
    return Sheet(Listed(COLUMNS, ROWS, given, order="at DESC, source, id DESC"))


def words() -> str:
    """Give the sorts in the reader's language, as the query looks them up."""
    return json.dumps({name: str(label) for name, label in SORTS.items()})


OVERRIDES = Report(
    name="overrides",
    title=gettext_lazy("Overrides and deviations"),
    lead=gettext_lazy(
        "Where somebody went on against a finding, or did otherwise than planned: what was said, the reason that was "
        "given, and by whom."
    ),
    columns=COLUMNS,
    filters=(*DAYS, SORT),
    sheet=sheet,
    icon="triangle-alert",
    empty=(
        gettext_lazy("Nothing was set aside"),
        gettext_lazy("Overrides and deviations stand here with their reasons."),
    ),
)
