"""Every report over a clinic of thousands, held against queries and loops written by somebody else."""

import csv
import io
from collections import Counter, defaultdict
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import openpyxl
import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from accounts.models import Clinic
from audit.models import Event
from common.cells import BOM, read
from common.dates import local_day
from common.decimals import plain
from reports.tables import files
from reports.tables.catalogue import REPORTS
from reports.tables.sheets import Asked
from safety.statistics import wilson
from scheduling.models import Appointment

pytestmark = pytest.mark.django_db(transaction=True)
CHAIN = """
    FROM treatments_componentuse u
    JOIN treatments_zoneapplication z ON z.id = u.zone_application_id
    JOIN formulations_preparationcomponent c ON c.id = u.component_id
    JOIN formulations_pack k ON k.id = c.pack_id
    LEFT JOIN (safety_suspect x JOIN safety_sideeffectcase e ON e.id = x.case_id)
        ON x.session_id = z.session_id AND x.lot_id = k.lot_id AND NOT e.entered_in_error
    JOIN formulations_ingredient i ON i.id = u.ingredient_id
    JOIN formulations_lot l ON l.id = k.lot_id JOIN formulations_product p ON p.id = l.product_id
    WHERE u.clinic_id = %s
"""
THEIRS = {
    "ingredient": f"SELECT i.name, count(DISTINCT z.session_id), count(DISTINCT e.id) {CHAIN} GROUP BY i.id, i.name",
    "lot": f"SELECT p.name || ', ' || l.number, count(DISTINCT z.session_id), count(DISTINCT e.id) {CHAIN} "
    "GROUP BY l.id, 1",
}


@pytest.fixture
def volume(committed):
    call_command("bulk_demo", patients=1_000, appointments=2_000, sessions=1_200, stdout=io.StringIO())
    return Clinic.objects.get(slug="volume")


def ours(clinic, name, **asked):
    return REPORTS[name].sheet(Asked(clinic, **asked))


def sql(text, *given):
    with connection.cursor() as cursor:
        cursor.execute(text, given)
        return cursor.fetchall()


def test_every_report_equals_what_somebody_else_counts(volume):
    visits_by_status(volume)
    visits_one_by_one(volume)
    minutes_of_a_week(volume)
    intervals(volume)
    ends(volume)
    side_effects(volume)
    trail(volume)
    the_file_is_the_screen(volume)
    what_is_looked_for_is_found_by_an_index(volume)


def visits_by_status(clinic):
    sheet = ours(clinic, "visits-by-status")
    counts = Counter(clinic.appointments.values_list("practitioner__membership__user__display_name", "status"))
    for line in sheet.rows:
        assert line.booked == counts[line.practitioner, "booked"]
        assert line.done == counts[line.practitioner, "done"] + counts[line.practitioner, "left"]
        assert line.cancelled == counts[line.practitioner, "cancelled"]
    assert sheet.totals.visits == clinic.appointments.count() == sum(line.visits for line in sheet.rows)
    at_most = sheet.totals.no_show + sheet.totals.done + sheet.totals.here
    found = wilson(sheet.totals.no_show, at_most)
    assert sheet.totals.share == f"{sheet.totals.no_show} of {at_most}"
    assert float(sheet.totals.percent_to) == pytest.approx(found.high * 100, abs=0.006)


def visits_one_by_one(clinic):
    days = sorted(
        {local_day(starts, "Europe/Madrid") for starts in clinic.appointments.values_list("starts_at", flat=True)}
    )
    since, until = days[len(days) // 3], days[len(days) // 2]
    rows = ours(clinic, "visits", since=since, until=until).rows
    theirs = [
        (local_day(each.starts_at, each.location.time_zone), each.patient.number, each.get_status_display())
        for each in Appointment.objects.filter(clinic=clinic)
        .select_related("location", "patient")
        .order_by("starts_at", "id")
        if since <= local_day(each.starts_at, each.location.time_zone) <= until
    ]
    assert [(row.day, row.patient_number, row.status) for row in rows[:]] == theirs
    assert [row.patient_number for row in rows[10:20]] == [number for _day, number, _status in theirs[10:20]]
    assert len(rows) == len(theirs) > 50


def minutes_of_a_week(clinic):
    """Minute by minute: is somebody there, is something booked?"""
    monday = local_day(clinic.appointments.live().order_by("starts_at").first().starts_at, clinic.time_zone)
    last = monday + timedelta(days=6)
    theirs = sql(
        """
        WITH minute AS (
            SELECT m FROM generate_series(%s::timestamp, %s::timestamp + interval '1 day' - interval '1 minute',
                interval '1 minute') m
        ), person AS (
            SELECT p.id, u.display_name, m,
                EXISTS (SELECT FROM scheduling_workinghours h WHERE h.practitioner_id = p.id
                    AND h.weekday = extract(isodow FROM m) AND m::time >= h.starts AND m::time < h.ends) AS is_open,
                EXISTS (SELECT FROM scheduling_appointment a WHERE a.practitioner_id = p.id
                    AND a.practitioner_busy @> (m AT TIME ZONE 'Europe/Madrid')) AS is_booked
            FROM accounts_practitioner p JOIN accounts_membership e ON e.id = p.membership_id
            JOIN accounts_user u ON u.id = e.user_id CROSS JOIN minute
            WHERE p.clinic_id = %s AND u.display_name IN ('Practitioner 03', 'Practitioner 21')
        )
        SELECT display_name, count(*) FILTER (WHERE is_open), count(*) FILTER (WHERE is_open AND is_booked),
            count(*) FILTER (WHERE is_booked AND NOT is_open)
        FROM person GROUP BY 1 ORDER BY 1
        """,
        monday,
        last,
        clinic.pk,
    )
    lines = {line.name: line for line in ours(clinic, "utilisation", since=monday, until=last).rows}
    for name, whole, booked, outside in theirs:
        line = lines[name]
        assert (line.open_minutes, line.booked_minutes, line.outside_minutes) == (whole, booked, outside)
        assert float(line.percent) == pytest.approx(100 * booked / whole, abs=0.051)
    assert sum(line.booked_minutes for line in lines.values()) > 0


def intervals(clinic):
    courses = defaultdict(list)
    for course, done_on, low, high, name, is_live in sql(
        "SELECT v.course_id, v.done_on, v.min_days, v.max_days, r.name, c.is_live FROM scheduling_coursevisit v "
        "JOIN scheduling_course c ON c.id = v.course_id JOIN treatments_treatmentplan n ON n.course_id = v.course_id "
        "JOIN treatments_protocol r ON r.id = n.protocol_id WHERE v.clinic_id = %s AND NOT v.skipped "
        "ORDER BY v.course_id, v.ordinal",
        clinic.pk,
    ):
        courses[course].append((done_on, low, high, name, is_live))
    counts, today = Counter(), local_day(timezone.now(), clinic.time_zone)
    for visits in courses.values():
        for (before, *_), (done_on, low, high, name, is_live) in pairwise(visits):
            if before and done_on:
                days = (done_on - before).days
                counts[name, "early" if days < low else "late" if days > high else "on_time"] += 1
            elif before and is_live and before + timedelta(days=high) < today:
                counts[name, "missed"] += 1
    sheet = ours(clinic, "plan-adherence")
    sorts = ("early", "on_time", "late", "missed")
    for line in sheet.rows:
        assert [getattr(line, sort) for sort in sorts] == [counts[line.protocol, sort] for sort in sorts]
    assert sum(getattr(sheet.totals, sort) for sort in sorts) == sum(counts.values()) > 500


def ends(clinic):
    sheet = ours(clinic, "plan-drop-out")
    states = Counter(clinic.plans.values_list("state", flat=True))
    assert sheet.totals.plans == sum(states.values()) > 0
    assert (sheet.totals.completed, sheet.totals.discontinued) == (states["completed"], states["discontinued"])
    assert sheet.totals.done == clinic.course_visits.filter(done_on__isnull=False).count()


def side_effects(clinic):
    for by, text in THEIRS.items():
        found = ours(clinic, "side-effects", chosen={"by": by})
        lines = sorted((line.name, line.sessions, line.cases) for line in found.rows)
        assert lines == sorted(sql(text, clinic.pk)), by
        assert sum(cases for _name, _sessions, cases in lines) > 0
    whole = ours(clinic, "side-effects")
    assert whole.totals.sessions == clinic.treatment_sessions.count() == sum(line.sessions for line in whole.rows)
    assert (
        whole.totals.cases
        == clinic.side_effects.filter(entered_in_error=False, suspects__isnull=False).distinct().count()
    )


def trail(clinic):
    rows = ours(clinic, "audit").rows
    assert len(rows) == Event.objects.filter(chain=clinic.pk).count()
    assert [row.seq for row in rows[:5]] == list(
        Event.objects.filter(chain=clinic.pk).order_by("-seq").values_list("seq", flat=True)[:5]
    )


def the_file_is_the_screen(clinic):
    for name, report in REPORTS.items():
        sheet = report.sheet(Asked(clinic))
        on_screen = [[said(value, clinic) for _column, value in report.cells(row)] for row in sheet.rows[:200]]
        for form in files.FORMS:
            file = io.BytesIO()
            lines = files.write(report, sheet, file, form=form, clinic=clinic)
            assert lines == len(sheet.rows) + (sheet.totals is not None), (name, form)
            assert taken(file, form)[1 : len(on_screen) + 1] == on_screen, (name, form)


def said(value, clinic):
    if value is None:
        return ""
    if hasattr(value, "astimezone"):
        from zoneinfo import ZoneInfo

        return value.astimezone(ZoneInfo(clinic.time_zone)).replace(tzinfo=None, microsecond=0).isoformat()
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return plain(value) if isinstance(value, int | Decimal) else value


def taken(file, form):
    """What a program that opens the file finds in it, as text."""
    file.seek(0)
    if form == "xlsx":
        page = openpyxl.load_workbook(file, read_only=True).active
        return [[cell_of(cell) for cell in row] for row in page.iter_rows(values_only=True)]
    text = file.read().decode().removeprefix(BOM)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=";" if form == "csv-semicolon" else ",")
    return [[number_of(read(cell)) if form == "csv-semicolon" else read(cell) for cell in row] for row in rows]


def cell_of(value):
    if value is None:
        return ""
    if hasattr(value, "hour"):
        return value.date().isoformat() if value.time().isoformat() == "00:00:00" else value.isoformat()
    return plain(Decimal(repr(value))) if isinstance(value, int | float) else value


def number_of(cell):
    return cell.replace(",", ".") if cell.replace(",", "").replace("-", "").isdigit() else cell


def what_is_looked_for_is_found_by_an_index(clinic):
    """The listings that grow for ever are not read from end to end for one page or one week."""
    day = local_day(clinic.appointments.order_by("starts_at").first().starts_at, clinic.time_zone)
    for name, given in (("visits", {"since": day, "until": day + timedelta(days=1)}), ("audit", {})):
        rows = ours(clinic, name, **given).rows
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(f"EXPLAIN {rows.ordered} LIMIT 50", rows.parameters)
            plan = "\n".join(line for (line,) in cursor.fetchall())
        wanted = {"visits": "appointment_day", "audit": "audit_event_one_per_place"}[name]
        assert wanted in plan, plan
