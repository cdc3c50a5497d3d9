"""Who reads which figures: the owner all, a practitioner their own, an auditor reads, the others nothing."""

import io
from datetime import timedelta
from decimal import Decimal

import openpyxl
import pytest
from django.utils import timezone

from audit.models import Event
from billing.models import Payment
from reports import charts
from reports.tables.catalogue import REPORTS
from reports.tables.sheets import Asked
from scheduling.models import AppointmentOverride
from tests.cast import NOON
from tests.factories import rows
from treatments.models import Deviation, Waiver

pytestmark = pytest.mark.django_db
SHOWN = [name for name, report in REPORTS.items() if report.is_shown]


def sheet(clinic, name, own=None, **asked):
    return REPORTS[name].sheet(Asked(clinic, own, **asked))


@pytest.mark.parametrize("name", SHOWN)
@pytest.mark.parametrize(
    ("who", "status"), [("owner", 200), ("practitioner", 200), ("auditor", 200), ("nurse", 403), ("front_desk", 403)]
)
def test_who_reads_a_report(request, clinic, as_user, name, who, status):
    browser = as_user(request.getfixturevalue(who))
    for page in ("", "csv/", "csv-semicolon/", "xlsx/"):
        assert browser.get(f"/reports/{name}/{page}").status_code == status, page
    assert Event.objects.filter(kind="report.exported").count() == (3 if status == 200 else 0)


@pytest.mark.parametrize("who", ["nurse", "front_desk", "practitioner"])
def test_one_s_own_acts_can_be_taken_out_by_everybody(request, clinic, patient, owner, as_user, who):
    user = request.getfixturevalue(who)
    text = b"".join(as_user(user).get("/reports/audit/csv/?person=1").streaming_content).decode()
    names = {line.split(",")[1] for line in text.splitlines()[1:]}
    assert names <= {user.display_name}


@pytest.fixture
def set_aside(clinic, patient, other_patient, doctor, second_doctor, practitioner, colleague):
    """One booking against a finding, one waiver, one deviation; two by the practitioner, one by the colleague."""
    visit = rows.appointment(clinic, doctor, NOON)
    AppointmentOverride.objects.create(
        clinic=clinic, appointment=visit, code="too_early", message="Too early", reason="=1+1", by=practitioner, at=NOON
    )
    plan = rows.plan(other_patient, second_doctor)
    Waiver.objects.create(
        clinic=clinic, plan=plan, code="no_photo", reason="declined", by=colleague, at=NOON + timedelta(hours=1)
    )
    session = rows.session(patient, doctor)
    Deviation.objects.create(
        clinic=clinic,
        session=session,
        code="late",
        message="The mix was late",
        reason="power cut",
        by=practitioner,
        at=NOON + timedelta(hours=2),
    )


def test_overrides_and_deviations_stand_with_their_reasons_newest_first(clinic, set_aside, practitioner):
    found = sheet(clinic, "overrides").rows[:]
    assert [(row.sort, row.message, row.reason) for row in found] == [
        ("Deviation", "The mix was late", "power cut"),
        ("Set aside for a plan", "no photo", "declined"),
        ("Booked against a finding", "Too early", "=1+1"),
    ]
    assert [row.reason for row in sheet(clinic, "overrides", own=practitioner).rows[:]] == ["power cut", "=1+1"]
    assert [row.reason for row in sheet(clinic, "overrides", chosen={"sort": "plan"}).rows[:]] == ["declined"]


def test_a_reason_that_is_a_formula_stays_a_text_in_a_workbook(clinic, set_aside, owner, as_user):
    answer = as_user(owner).get("/reports/overrides/xlsx/")
    page = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    cell = page["D4"]
    assert (cell.value, cell.data_type) == ("=1+1", "s") or (cell.value, cell.data_type) == ("=1+1", "inlineStr")


def pay(clinic, patient, amount, by, *, day, method="cash", **more):
    return Payment.objects.create(
        clinic=clinic,
        patient=patient,
        amount=Decimal(amount),
        currency=clinic.currency,
        method=method,
        received_on=day,
        at=timezone.now(),
        by=by,
        **more,
    )


def test_takings_add_up_by_day_way_and_person(clinic, patient, doctor, practitioner, owner, front_desk):
    day = NOON.date()
    plan = rows.plan(patient, doctor)
    first = pay(clinic, patient, "100.50", front_desk, day=day, plan=plan)
    pay(clinic, patient, "20", front_desk, day=day, method="card")
    pay(clinic, patient, "-0.50", owner, day=day, refund_of=first, plan=plan)
    pay(clinic, patient, "7", front_desk, day=day - timedelta(days=1))

    found = sheet(clinic, "takings", since=day)
    assert [(line.method, line.person, line.received, line.given_back, line.kept) for line in found.rows] == [
        ("Card", front_desk.display_name, 20, 0, 20),
        ("Cash", front_desk.display_name, Decimal("100.50"), 0, Decimal("100.50")),
        ("Cash", owner.display_name, 0, Decimal("0.50"), Decimal("-0.50")),
    ]
    assert (found.totals.payments, found.totals.refunds, found.totals.kept) == (2, 1, 120)
    assert sheet(clinic, "takings", own=practitioner).totals.kept == 100


def test_the_trail_tells_who_saw_who_changed_and_who_was_refused(clinic, patient, owner, nurse, as_user):
    browser = as_user(owner)
    browser.get(f"/patients/{patient.pk}/")
    as_user(nurse).get("/reports/lots/")
    sorts = {
        sort: {row.what for row in sheet(clinic, "audit", chosen={"sort": sort}).rows[:]}
        for sort in ("seen", "changed", "refused")
    }
    assert sorts["seen"] == {"Opened a page of a chart"}
    assert sorts["refused"] == {"Was refused"}
    assert "Patient registered" in sorts["changed"]
    assert not sorts["changed"] & (sorts["seen"] | sorts["refused"])


def test_more_than_a_year_of_opening_hours_is_not_looked_at(clinic, owner, as_user, api):
    answer = as_user(owner).get("/reports/utilisation/?from=2020-01-01&to=2025-01-01")
    assert answer.status_code == 422
    assert "no more than a year" in answer.content.decode()
    assert api(owner).get("/api/v1/reports/utilisation/?from=2020-01-01&to=2025-01-01").status_code == 409


def test_the_machine_s_door_pages_long_lists_and_refuses_what_it_does_not_know(clinic, doctor, owner, nurse, api):
    for n in range(3):
        rows.appointment(clinic, doctor, NOON + timedelta(days=n))
    door = api(owner)
    found = door.get("/api/v1/reports/visits/?from=2025-02-04").json()
    assert (found["count"], found["totals"], found["rows"][0]["day"]) == (2, None, "2025-02-04")
    assert door.get("/api/v1/reports/visits/?page=2").json()["rows"] == []
    assert door.get("/api/v1/reports/visits/?status=asleep").status_code == 400
    assert door.get("/api/v1/reports/visits/?kind=x").status_code == 400
    assert api(nurse).get("/api/v1/reports/visits/").status_code == 403
    assert [each["name"] for each in api(nurse).get("/api/v1/reports/").json()] == ["audit"]


def test_a_chart_is_drawn_of_something_and_never_of_a_tag(clinic):
    assert charts.bars([]) == charts.bars([("x", 0)]) == ""
    drawn = charts.bars([("<b>", Decimal("2.50")), ("other", 1), ("nothing", None)], unit=" %")
    assert "&lt;b&gt;" in drawn
    assert "<b>" not in drawn
    assert "2.5 %" in drawn
    assert drawn.count("<rect") == 2
