import csv
import io
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from html import unescape

import pytest
from django.db import connection

from audit.models import Event
from common.cells import BOM, read
from common.decimals import half_up
from reports.tables.catalogue import REPORTS
from reports.tables.lots import LOTS, Line
from reports.tables.sheets import Asked
from tests.cast import NOON
from tests.factories import rows
from treatments.rules import exposure

pytestmark = pytest.mark.django_db
PAGE, CSV = "/reports/lots/", "/reports/lots/csv/"
API = "/api/v1/reports/lots/"

INDEPENDENT = """
    WITH given AS (
        SELECT l.id, l.number, p.name, s.id AS session, s.patient_id, z.volume_ml * c.volume_ml / m.total_ml AS ml
          FROM formulations_lot l
          JOIN formulations_product p ON p.id = l.product_id
          JOIN formulations_pack k ON k.lot_id = l.id
          JOIN formulations_preparationcomponent c ON c.pack_id = k.id
          JOIN formulations_preparation m ON m.id = c.preparation_id
          JOIN treatments_zoneapplication z ON z.preparation_id = m.id
          JOIN treatments_treatmentsession s ON s.id = z.session_id
         WHERE l.clinic_id = %s
    ), blamed AS (
        SELECT u.lot_id, count(DISTINCT u.case_id) AS cases, count(DISTINCT u.session_id) AS sessions
          FROM safety_suspect u JOIN safety_sideeffectcase e ON e.id = u.case_id AND NOT e.entered_in_error
         GROUP BY u.lot_id
    )
    SELECT given.name, given.number, count(DISTINCT patient_id), count(DISTINCT session), round(sum(ml), 3),
           coalesce(max(blamed.cases), 0), coalesce(max(blamed.sessions), 0)
      FROM given LEFT JOIN blamed ON blamed.lot_id = given.id
     GROUP BY given.id, given.name, given.number ORDER BY given.name, given.number
"""


def lot(clinic, name, number, quantity="100"):
    product = rows.product(clinic)
    product.name = name
    product.save(update_fields=["name"])
    made = rows.lot(clinic, quantity, product=product)
    made.number = number
    made.save(update_fields=["number"])
    return made


@pytest.fixture
def used(clinic, patient, other_patient, doctor, second_doctor, treat, suspect):
    """Two lots, three sessions of two patients by two practitioners, two side effects."""
    acid, silicon = lot(clinic, "Acid", "A-1"), lot(clinic, "Silicon", "S-1")
    first = treat(patient, doctor, [(acid, "2"), (silicon, "1")], zones=["1", "0.5"])
    treat(patient, doctor, [(acid, "1")], zones=["0.333"], at=NOON + timedelta(days=7))
    third = treat(other_patient, second_doctor, [(silicon, "3")], zones=["0.7"], at=NOON + timedelta(days=14))
    suspect(first, acid, silicon)
    suspect(first, acid)
    suspect(third, silicon, entered_in_error=True, error_reason="another patient")
    return {"acid": acid, "silicon": silicon, "sessions": [first, third]}


def sheet(clinic, **asked):
    return LOTS.sheet(Asked(clinic, **asked))


def figures(line):
    return (line.lot, line.patients, line.sessions, line.injected_ml, line.side_effects, line.sessions_with)


def cells_of(page):
    """The table of a page, row by row, as text."""
    table = re.search(r"<table.*?</table>", page, re.DOTALL)[0]
    return [
        [
            unescape(re.sub(r"<[^>]+>", "", cell)).strip()
            for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.DOTALL)
        ]
        for row in re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)
    ]


def rows_of(answer):
    text = b"".join(answer.streaming_content).decode()
    assert text.startswith(BOM)
    return list(csv.reader(io.StringIO(text.removeprefix(BOM), newline="")))


def test_each_lot_says_whom_it_reached_how_much_and_what_followed(clinic, used):
    found = sheet(clinic)

    assert [figures(line) for line in found.rows] == [
        ("A-1", 1, 2, Decimal("1.333"), 2, 1),  # 1.5 x 2/3 + 0.333
        ("S-1", 2, 2, Decimal("1.200"), 1, 1),  # 1.5 x 1/3 + 0.7
    ]


def test_the_totals_count_each_patient_session_and_side_effect_once(clinic, used):
    totals = sheet(clinic).totals
    assert figures(totals) == ("", 2, 3, Decimal("2.533"), 2, 1)


def test_the_reference_case_comes_out_exactly(signed_session, clinic):
    drawn = {line.lot: line.injected_ml for line in sheet(clinic).rows}
    assert drawn == {"VC-2411-07": Decimal("1.5"), "GS-2502-03": Decimal("0.75"), "NS-2410-61": Decimal("0.75")}


def test_the_report_agrees_with_a_query_written_by_somebody_else(clinic, doctor, used, treat, suspect):
    lots = [lot(clinic, f"Product {n}", f"N-{n}") for n in range(5)]
    for n in range(24):
        who = rows.patient(clinic)
        mix = [(lots[(n + k) % 5], f"{1 + k}.{n % 7}") for k in range(1 + n % 3)]
        session = treat(who, doctor, mix, zones=["0.417", f"0.{1 + n % 9}"][: 1 + n % 2])
        if n % 4 == 0:
            suspect(session, *(each for each, _ml in mix[: 1 + n % 2]))
    with connection.cursor() as cursor:
        cursor.execute(INDEPENDENT, [clinic.pk])
        theirs = cursor.fetchall()

    ours = [(line.product, *figures(line)) for line in sheet(clinic).rows]

    assert ours == theirs
    assert len(ours) == 7


def test_the_chain_agrees_with_the_exposure_of_a_lot(clinic, used):
    for line in sheet(clinic).rows:
        uses = exposure.of_lot(clinic.lots.get(number=line.lot))
        assert exposure.counts(uses) == (line.patients, line.sessions)
        assert half_up(sum(use.ml for use in uses), 3) == line.injected_ml


@pytest.mark.parametrize(
    ("x", "n", "shown"),
    [
        (8, 20, ("40.00", "21.88", "61.34")),
        (0, 10, ("0.00", "0.00", "27.75")),
        (10, 10, ("100.00", "72.25", "100.00")),
        (3, 9, (None, None, None)),
        (0, 0, (None, None, None)),
    ],
)
def test_a_percentage_is_shown_from_ten_sessions_on(x, n, shown):
    line = Line("P", "L", None, n, n, Decimal(1), x, x)

    assert line.share == f"{x} of {n}"
    found = (line.percent, line.percent_from, line.percent_to)
    assert found == tuple(Decimal(each) if each else None for each in shown)


def test_a_suspicion_of_a_lot_that_was_not_in_that_session_does_not_count(clinic, used, suspect):
    suspect(used["sessions"][1], used["acid"])
    assert [line.side_effects for line in sheet(clinic).rows] == [2, 1]


def test_a_day_is_that_of_the_place(clinic, patient, doctor, treat):
    """22:30 UTC on 3 July is 00:30 on the 4th in Madrid."""
    treat(patient, doctor, [(lot(clinic, "Late", "L-1"), "1")], at=datetime(2025, 7, 3, 22, 30, tzinfo=UTC))
    days = [date(2025, 7, day) for day in (3, 4, 5)]

    assert [len(sheet(clinic, since=day, until=day).rows) for day in days] == [0, 1, 0]


def test_days_and_product_narrow_lots_side_effects_and_totals_alike(clinic, used):
    later = sheet(clinic, since=(NOON + timedelta(days=1)).date())
    assert [figures(line) for line in later.rows] == [
        ("A-1", 1, 1, Decimal("0.333"), 0, 0),
        ("S-1", 1, 1, Decimal("0.700"), 0, 0),
    ]
    one = sheet(clinic, product=used["acid"].product_id)
    assert [line.lot for line in one.rows] == ["A-1"]
    assert figures(one.totals) == ("", 1, 2, Decimal("1.333"), 2, 1)


def test_the_page_shows_what_the_query_found(used, owner, as_user):
    shown = cells_of(as_user(owner).get(PAGE).content.decode())

    assert shown[0] == [str(column.label) for column in LOTS.columns]
    assert shown[1][:2] + shown[1][3:9] == ["Acid", "A-1", "1", "2", "1.333", "2", "1", "1 of 2"]
    assert shown[-1][0] == "Total"


def test_the_csv_is_the_screen(used, owner, as_user):
    browser = as_user(owner)
    query = "?from=2025-02-04"
    for asked in ("", query):
        screen = cells_of(browser.get(PAGE + asked).content.decode())
        file = rows_of(browser.get(CSV + asked))
        assert len(file) == len(screen)
        for on_paper, on_screen in zip(file[1:], screen[1:], strict=True):
            days = {2}
            assert [read(cell) or "–" for place, cell in enumerate(on_paper) if place not in days] == [
                cell or "–" for place, cell in enumerate(on_screen) if place not in days
            ]


def test_the_csv_is_a_file_with_a_name_that_no_browser_guesses_at(used, owner, as_user):
    answer = as_user(owner).get(CSV)

    assert answer.streaming
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="lots.csv"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "'quoted", 'a "b", c', "plain"])
def test_a_name_that_is_a_formula_stays_a_text_and_comes_back_as_it_was(
    clinic, patient, doctor, treat, owner, as_user, name
):
    treat(patient, doctor, [(lot(clinic, name, "L-1"), "1")])

    cell = rows_of(as_user(owner).get(CSV))[1][0]

    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert read(cell) == name


def test_who_took_what_out_is_on_the_trail_and_looking_is_not(used, owner, clinic, as_user):
    browser = as_user(owner)
    browser.get(PAGE)
    assert not Event.objects.filter(kind="report.exported").exists()

    browser.get(CSV + "?from=2025-02-01&to=2025-02-28")

    event = Event.objects.get(kind="report.exported")
    assert (event.actor_id, event.chain) == (owner.pk, clinic.pk)
    assert event.fields == ["lots", "csv", "from=2025-02-01", "to=2025-02-28"]


def test_a_practitioner_sees_their_own_sessions(used, practitioner, colleague, as_user):
    mine = cells_of(as_user(practitioner).get(PAGE).content.decode())
    theirs = rows_of(as_user(colleague).get(CSV))

    assert [row[1] for row in mine[1:-1]] == ["A-1", "S-1"]
    assert mine[2][3:6] == ["1", "1", "0.5"]
    assert [row[1] for row in theirs[1:-1]] == ["S-1"]
    assert theirs[1][3:6] == ["1", "1", "0.7"]


def test_other_roles_and_other_clinics(used, owner, auditor, nurse, front_desk, stranger, as_user, client):
    for address in ("/reports/", PAGE, CSV):
        assert client.get(address)["Location"].startswith("/accounts/login/")
        assert as_user(auditor).get(address).status_code == 200
        for refused in (nurse, front_desk):
            assert as_user(refused).get(address).status_code == 403
    assert "A-1" not in as_user(stranger).get(PAGE).content.decode()
    assert len(rows_of(as_user(stranger).get(CSV))) == 2
    assert as_user(owner).get("/reports/lots-of-money/").status_code == 404


def test_another_clinic_s_product_is_no_choice(used, stranger, as_user):
    answer = as_user(stranger).get(f"{PAGE}?product={used['acid'].product_id}")
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "query", ["from=tomorrow", "from=2025-03-01&to=2025-02-01", "product=x", "product=99999999999999999999"]
)
def test_a_question_that_makes_no_sense_is_said_and_nothing_is_exported(used, owner, as_user, query):
    browser = as_user(owner)
    assert browser.get(f"{PAGE}?{query}").status_code == 422
    assert browser.get(f"{CSV}?{query}").status_code == 400
    assert not Event.objects.filter(kind="report.exported").exists()


def test_with_nothing_injected_the_page_says_so(owner, as_user):
    assert "Nothing was injected yet" in as_user(owner).get(PAGE).content.decode()


def test_the_report_asks_as_much_for_one_lot_as_for_sixty(
    clinic, patient, doctor, treat, owner, as_user, django_assert_num_queries
):
    for n in range(60):
        treat(patient, doctor, [(lot(clinic, f"P{n:02}", f"L-{n}"), "1")])
    browser = as_user(owner)
    browser.get(PAGE)
    with django_assert_num_queries(4):
        sheet(clinic)
    page = browser.get(PAGE + "?page=2").content.decode()
    assert len(cells_of(page)) == 1 + 10 + 1
    assert cells_of(page)[-1][4] == "60"


def test_the_machine_s_door_gives_the_same_figures(used, owner, api):
    door = api(owner)
    listed = door.get("/api/v1/reports/").json()
    assert [report["name"] for report in listed] == [name for name in REPORTS if name != "patients"]

    found = door.get(API + "?format=json&from=2025-02-01").json()

    assert found["rows"][0] == {
        "product": "Acid",
        "lot": "A-1",
        "expires_on": "2030-01-01",
        "patients": 1,
        "sessions": 2,
        "injected_ml": "1.333",
        "side_effects": 2,
        "sessions_with": 1,
        "share": "1 of 2",
        "percent": None,
        "percent_from": None,
        "percent_to": None,
    }
    assert found["totals"]["sessions"] == 3
    file = rows_of(door.get(API + "?format=csv&from=2025-02-01"))
    assert [row[1] for row in file[1:-1]] == [row["lot"] for row in found["rows"]]
    assert Event.objects.filter(kind="report.exported").count() == 2


def test_the_machine_s_door_keeps_the_same_walls(used, owner, colleague, nurse, stranger, api):
    assert [row["lot"] for row in api(colleague).get(API).json()["rows"]] == ["S-1"]
    assert api(stranger).get(API).json()["rows"] == []
    assert api(nurse).get(API).status_code == 403
    door = api(owner)
    for query, status in [
        ("colour=red", 400),
        ("from=x", 400),
        ("from=2025-03-01&to=2025-02-01", 400),
        ("product=0", 400),
        ("format=exe", 404),
    ]:
        answer = door.get(f"{API}?{query}")
        assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json"), query
    assert door.get("/api/v1/reports/money/").status_code == 404
    assert door.post(API, {}).status_code == 405
