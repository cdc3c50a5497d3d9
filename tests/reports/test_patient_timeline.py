import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pypdf import PdfReader
from rest_framework.test import APIClient

from accounts.actions import members
from audit.models import Event
from reports.tables.timeline import SOURCES
from tests.cast import NOON
from tests.factories import files, rows

pytestmark = pytest.mark.django_db
KINDS = ("appointments", "plans", "treatment_sessions", "outcomes", "side_effects", "consents", "documents",
         "received_files", "messages")  # fmt: skip


@pytest.fixture
def full(patient, doctor):
    for name in KINDS:
        files.MADE[name](patient, doctor)
    return patient


def page(browser, patient, **asked):
    return browser.get(f"/reports/patients/{patient.pk}/timeline/", asked).content.decode()


def test_it_tells_everything_newest_first_with_who_signed_when(full, as_user, practitioner):
    shown = page(as_user(practitioner), full)
    assert "Session 1: Melasma" in shown
    assert "1 mL" in shown
    assert "signed" in shown
    assert "3 Feb 2025, 12:30" in shown
    assert "L-" in shown
    moments = [entry["at"] for entry in entries(full, practitioner)]
    assert moments == sorted(moments, reverse=True)


def entries(patient, user, **asked):
    token = members.issue_token(user.memberships.get(), name="t", by=user, at=timezone.now())
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {token.secret}")
    return client.get(f"/api/v1/patients/{patient.pk}/timeline/", asked).json()["results"]


def test_every_sort_can_be_chosen_alone(full, practitioner, as_user):
    kinds = {entry["kind"] for entry in entries(full, practitioner)}
    assert kinds == set(SOURCES)
    for kind in SOURCES:
        assert {entry["kind"] for entry in entries(full, practitioner, kind=kind)} == {kind}
    assert "Nothing here" in page(as_user(practitioner), full, kind="sausage")


def test_older_ones_follow(patient, doctor, practitioner, as_user, api):
    for number in range(40):
        rows.appointment(patient.clinic, doctor, NOON + timedelta(hours=2 * number), patient=patient)
    client = api(practitioner)
    seen, before = [], None
    while True:
        asked = {"before": before} if before else {}
        answer = client.get(f"/api/v1/patients/{patient.pk}/timeline/", asked).json()
        seen += [entry["id"] for entry in answer["results"]]
        before = answer["before"]
        if not before:
            break
    assert len(seen) == len(set(seen)) == 40
    assert "Older" in page(as_user(practitioner), patient)


@pytest.mark.parametrize(
    ("who", "hidden"),
    [
        ("front_desk", {"plan", "session", "outcome", "side_effect", "document", "paper"}),
        ("nurse", {"session"}),
        ("colleague", {"plan", "session", "outcome", "document", "paper", "message", "visit"}),
        ("owner", {"session", "outcome"}),
    ],
)
def test_each_role_reads_its_part(full, request, who, hidden):
    kinds = {entry["kind"] for entry in entries(full, request.getfixturevalue(who))}
    assert not kinds & (hidden - {"visit"})


def test_the_front_desk_does_not_read_from_a_consent_what_is_treated(full, front_desk):
    titles = {entry["title"] for entry in entries(full, front_desk) if entry["kind"] == "consent"}
    assert titles == {"Consent"}


def test_another_clinic_has_no_such_patient(full, stranger, as_user, api):
    assert as_user(stranger).get(f"/reports/patients/{full.pk}/timeline/").status_code == 404
    assert api(stranger).get(f"/api/v1/patients/{full.pk}/timeline/").status_code == 404


def test_a_long_history_asks_no_more_questions_than_a_short_one(full, doctor, practitioner, as_user):
    browser = as_user(practitioner)
    few = questions(lambda: page(browser, full))
    for name in KINDS:
        if name != "treatment_sessions":
            files.MADE[name](full, doctor)
    files.MADE["treatment_sessions"](full, doctor)
    assert questions(lambda: page(browser, full)) <= few


def questions(act):
    with CaptureQueriesContext(connection) as asked:
        act()
    return len(asked)


def test_the_overview_shows_the_plan_with_its_dots_the_scores_and_the_timeline(full, as_user, practitioner, front_desk):
    shown = as_user(practitioner).get(f"/patients/{full.pk}/").content.decode()
    for words in ("Melasma", "of 1 done", "Scores", "Timeline", "Session 1: Melasma"):
        assert words in shown, words
    desk = as_user(front_desk).get(f"/patients/{full.pk}/").content.decode()
    assert "Melasma" not in desk
    assert "Scores" not in desk


def test_an_empty_chart_says_so(patient, as_user, practitioner):
    shown = as_user(practitioner).get(f"/patients/{patient.pk}/").content.decode()
    for words in ("No plan is under way", "Nothing was measured yet", "Nothing has happened yet"):
        assert words in shown


def test_the_summary_fits_who_treats_next(full, doctor, as_user, practitioner):
    files.MADE["allergies"](full, doctor)
    files.MADE["contacts"](full, doctor)
    given = rows.session(full, doctor)
    given.injection_started_at = given.injection_ended_at = NOON
    given.save()
    browser = as_user(practitioner)
    shown = browser.get(f"/reports/patients/{full.pk}/summary/").content.decode()
    for words in ("Latex", "Melasma", "L-", "Redness", "Nora", "Printed by"):
        assert words in shown, words
    answer = browser.get(f"/reports/patients/{full.pk}/summary/file/")
    assert answer["Content-Type"] == "application/pdf"
    pages = PdfReader(io.BytesIO(answer.content)).pages
    text = " ".join(" ".join(each.extract_text() for each in pages).split())
    assert len(pages) == 1
    for words in (full.full_name, full.number, "Latex", "Redness", "Nora", "Printed by"):
        assert words in text, words
    seen = Event.objects.of_patient(full).filter(kind="chart.viewed").latest("seq")
    assert seen.fields == ["reports:patient_summary_file"]


@pytest.mark.parametrize(("who", "status"), [("front_desk", 403), ("auditor", 403), ("owner", 403), ("colleague", 404)])
def test_only_who_treats_the_patient_prints_the_summary(full, as_user, request, who, status):
    browser = as_user(request.getfixturevalue(who))
    for name in ("summary", "summary/file"):
        assert browser.get(f"/reports/patients/{full.pk}/{name}/").status_code == status
