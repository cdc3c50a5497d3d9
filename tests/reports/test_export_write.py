"""Long files are written outside the request: told how far, let be, kept for a week, taken by whoever asked."""

import csv
import io
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.utils import timezone

from audit.models import Event
from common.cells import BOM, read
from reports import tasks
from reports.actions import exports
from reports.models import Export, ExportState
from reports.tables import files, writing
from tests.cast import NOON
from tests.factories import rows

pytestmark = pytest.mark.django_db
ASK = "/reports/visits/file/"


@pytest.fixture(autouse=True)
def everything_is_long(monkeypatch):
    monkeypatch.setattr(files, "AT_ONCE", 1)


@pytest.fixture
def visits(clinic, doctor, second_doctor):
    for n in range(4):
        rows.appointment(clinic, doctor if n % 2 else second_doctor, NOON + timedelta(days=n))


def ask(clinic, by, **values):
    return exports.ask(clinic, **{"report": "visits", "form": "csv", "filters": {}} | values, by=by, at=timezone.now())


def lines_of(answer):
    text = b"".join(answer.streaming_content).decode()
    return list(csv.reader(io.StringIO(text.removeprefix(BOM), newline="")))


def test_a_long_list_is_asked_for_written_told_by_the_bell_and_taken(clinic, visits, owner, as_user):
    browser = as_user(owner)
    page = browser.get("/reports/visits/?to=2025-02-05").content.decode()
    assert f'action="{ASK}?to=2025-02-05"' in page
    assert browser.get("/reports/visits/csv/?to=2025-02-05").status_code == 302

    asked = browser.post(f"{ASK}?to=2025-02-05", {"form": "csv"})
    export = Export.objects.get()
    assert asked["Location"] == f"/reports/files/{export.pk}/"
    assert "Waiting" in browser.get(asked["Location"]).content.decode()
    assert "rail-count" not in browser.get("/reports/files/count/").content.decode()

    assert tasks.write_due() == 1

    assert "rail-count" in browser.get("/reports/files/count/").content.decode()
    assert "Take the file" in browser.get(asked["Location"]).content.decode()
    assert "rail-count" not in browser.get("/reports/files/count/").content.decode()
    found = lines_of(browser.get(f"/reports/files/{export.pk}/file/"))
    assert [line[0] for line in found[1:]] == ["2025-02-03", "2025-02-04", "2025-02-05"]
    export.refresh_from_db()
    assert (export.state, export.line_count) == (ExportState.READY, 3)
    assert Event.objects.about(export).kinds() == [
        "export.asked",
        "export.claimed",
        "export.finished",
        "export.seen",
        "export.taken",
    ]


def test_it_holds_what_whoever_asked_may_see(clinic, visits, practitioner, as_user):
    browser = as_user(practitioner)
    browser.post(ASK, {"form": "csv"})
    tasks.write_due()
    assert {line[4] for line in lines_of(browser.get(f"/reports/files/{Export.objects.get().pk}/file/"))[1:]} == {
        practitioner.display_name
    }


def test_a_file_is_nobody_else_s(clinic, visits, owner, auditor, practitioner, stranger, as_user):
    export = ask(clinic, practitioner)
    tasks.write_due()
    for other in (owner, auditor, stranger):
        browser = as_user(other)
        for page in ("", "file/", "progress/"):
            assert browser.get(f"/reports/files/{export.pk}/{page}").status_code == 404


def test_whoever_may_no_longer_read_the_report_does_not_get_its_file(clinic, visits, practitioner, as_user):
    export = ask(clinic, practitioner, is_own=True)
    tasks.write_due()
    clinic.memberships.filter(user=practitioner).update(roles=["nurse"])
    assert as_user(practitioner).get(f"/reports/files/{export.pk}/file/").status_code == 403


def test_asking_twice_asks_once(clinic, owner):
    assert ask(clinic, owner) == ask(clinic, owner)
    assert ask(clinic, owner, form="xlsx") != ask(clinic, owner)


def test_what_is_let_be_stops_and_leaves_nothing(clinic, visits, owner, as_user, monkeypatch):
    monkeypatch.setattr(files, "PACE", 0)
    export = ask(clinic, owner)
    told = []

    def hear(export, lines):
        told.append(lines)
        if lines == 2:
            as_user(owner).post(f"/reports/files/{export.pk}/cancel/")
        heard(export, lines)

    heard = writing.heard
    monkeypatch.setattr(writing, "heard", hear)
    before = written()
    assert tasks.write_due() == 0
    export.refresh_from_db()
    assert (told, export.state, written()) == ([1, 2], ExportState.CANCELLED, before)
    assert tasks.write_due() == 0


def test_a_file_that_was_let_be_at_the_last_moment_is_not_kept(clinic, visits, owner):
    export = exports.claim(ask(clinic, owner), by=rows.system(), at=timezone.now())
    exports.cancel(export, by=owner, at=timezone.now())
    with pytest.raises(exports.Refused):
        exports.finish(export, file=exports.place_for(export), lines=1, by=rows.system(), at=timezone.now())


def test_how_far_it_is_is_told(clinic, visits, owner, as_user):
    export = ask(clinic, owner)
    writing.tell_length(export, 4)
    cache.set(f"export:{export.pk}:done", 3)
    page = as_user(owner).get(f"/reports/files/{export.pk}/progress/").content.decode()
    assert "3 of 4" in page
    assert 'max="4"' in page


def test_what_goes_wrong_is_tried_three_times_and_then_said(clinic, visits, owner, as_user, monkeypatch):
    monkeypatch.setattr(tasks, "write_file", lambda *given: 1 / 0)
    export, before = ask(clinic, owner), written()
    for _attempt in range(4):
        assert tasks.write_due() == 0
    export.refresh_from_db()
    assert (export.state, export.attempts, export.error) == (ExportState.FAILED, 3, "ZeroDivisionError")
    assert written() == before
    assert "went wrong three times" in as_user(owner).get(f"/reports/files/{export.pk}/").content.decode()


def test_a_workbook_that_cannot_hold_the_list_is_refused_before_it_is_begun(
    clinic, visits, owner, as_user, monkeypatch
):
    monkeypatch.setattr(files, "MOST_LINES", 3)
    answer = as_user(owner).post(f"{ASK}?from=2025-02-03", {"form": "xlsx"}, follow=True)
    assert "Take CSV" in answer.content.decode()
    assert not Export.objects.exists()

    export = ask(clinic, owner, form="xlsx")
    assert [tasks.write_due() for _attempt in range(4)] == [0] * 4
    export.refresh_from_db()
    assert (export.state, "Take CSV" in export.error) == (ExportState.FAILED, True)


def test_a_worker_that_fell_silent_is_followed_by_another_and_its_file_is_not_taken(clinic, visits, owner):
    export = ask(clinic, owner)
    silent = exports.claim(export, by=rows.system(), at=timezone.now() - timedelta(hours=1))
    assert tasks.write_due() == 1
    with pytest.raises(exports.Refused):
        exports.finish(silent, file=exports.place_for(silent), lines=0, by=rows.system(), at=timezone.now())
    with pytest.raises(exports.Refused):
        exports.stumble(silent, error="late", by=rows.system(), at=timezone.now())


def test_one_file_is_written_at_a_time(clinic, visits, owner, committed, at_once):
    files_asked = [ask(clinic, owner, form=form) for form in files.FORMS]
    found = at_once(lambda export: exports.claim(export, by=rows.system(), at=timezone.now()), files_asked)
    assert sum(isinstance(each, Export) for each in found) == 1


def test_a_file_is_kept_for_seven_days_and_no_longer(clinic, visits, owner, as_user):
    export = ask(clinic, owner)
    tasks.write_due()
    export.refresh_from_db()
    path = Path(default_storage.path(export.file))
    assert path.stat().st_mode & 0o077 == 0
    assert tasks.drop_past() == 0
    with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1), tick=False):
        assert tasks.drop_past() == 1
        assert as_user(owner).get(f"/reports/files/{export.pk}/file/").status_code == 302
    assert not path.exists()


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "'quoted", 'a "b"; c', "plain", "né ✓"])
@pytest.mark.parametrize("form", ["csv", "csv-semicolon"])
def test_a_text_that_the_database_writes_stays_a_text_and_comes_back(clinic, doctor, owner, as_user, name, form):
    visit = rows.appointment(clinic, doctor, NOON)
    visit.kind.name = name
    visit.kind.save(update_fields=["name"])
    rows.appointment(clinic, doctor, NOON + timedelta(days=1))
    export = ask(clinic, owner, form=form)
    tasks.write_due()
    text = b"".join(as_user(owner).get(f"/reports/files/{export.pk}/file/").streaming_content).decode()
    table = csv.reader(io.StringIO(text.removeprefix(BOM), newline=""), delimiter=";" if "semi" in form else ",")
    cell = list(table)[1][5]
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert read(cell) == name


def written():
    folder = Path(default_storage.path("exports"))
    return sorted(path for path in folder.rglob("*") if path.is_file())
