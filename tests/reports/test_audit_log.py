import ast
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings

from audit import anchors
from audit.models import Event
from patients.actions import patients
from reports.tables import kinds
from tests.cast import NOON
from tests.factories.sources import ROOMS, modules, tree

pytestmark = pytest.mark.django_db
PAGE = "/reports/audit/"


@pytest.fixture
def anchored(tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    return lambda: anchors.drop(NOON)


def test_the_owner_reads_in_words_who_did_what_to_whose_file(patient, owner, practitioner, as_user):
    page = as_user(owner).get(PAGE).content.decode()

    assert "Patient registered" in page
    assert "patient.registered" not in page.partition("<table")[2]
    assert practitioner.display_name in page
    assert patient.number in page
    assert "Okonkwo" not in page


def test_staff_read_their_own_acts_and_the_auditor_all(patient, front_desk, practitioner, auditor, as_user):
    patients.edit(patient, phone="+34910555102", by=front_desk, at=NOON)

    own = as_user(front_desk).get(PAGE).content.decode()
    assert "Patient edited" in own
    assert practitioner.display_name not in own
    assert 'name="person"' not in own
    everything = as_user(auditor).get(PAGE).content.decode()
    assert practitioner.display_name in everything
    assert front_desk.display_name in everything


def test_asking_for_somebody_else_s_acts_gives_one_s_own(patient, front_desk, practitioner, as_user):
    page = as_user(front_desk).get(f"{PAGE}?person={practitioner.pk}").content.decode()
    assert "Patient registered" not in page.partition("<table")[2]


def test_another_clinic_s_trail_is_its_own(patient, stranger, as_user):
    page = as_user(stranger).get(PAGE).content.decode()
    assert "Patient registered" not in page.partition("<table")[2]
    assert patient.number not in page


def test_it_is_narrowed_by_kind_person_and_the_clinic_s_day(patient, owner, practitioner, front_desk, as_user):
    late = NOON.replace(hour=23, minute=30)  # half past midnight on the next day in Madrid
    patients.edit(patient, phone="+34910555102", by=front_desk, at=late)
    browser = as_user(owner)

    def lines(query):
        page = browser.get(f"{PAGE}?{query}").content.decode()
        return page.partition("<tbody>")[2].count("<tr>")

    assert lines("kind=patient.edited") == 1
    assert lines(f"person={front_desk.pk}") == 1
    assert lines(f"kind=patient.edited&person={practitioner.pk}") == 0
    assert lines("from=2025-02-04&to=2025-02-04&kind=patient.edited") == 1
    assert lines("to=2025-02-03&kind=patient.edited") == 0


@pytest.mark.parametrize("query", ["kind=nonsense", "from=yesterday", "sort=x", "person=0", "person=x"])
def test_a_filter_that_makes_no_sense_is_said(owner, as_user, query):
    assert as_user(owner).get(f"{PAGE}?{query}").status_code == 422


def test_the_trail_is_held_against_its_anchor(patient, owner, as_user, anchored):
    browser = as_user(owner)
    assert "no anchor yet" in browser.get(PAGE).content.decode()

    anchored()
    assert "agrees with its last anchor" in browser.get(PAGE).content.decode()


@pytest.mark.parametrize("harm", ["cut", "removed", "edited"])
def test_what_an_insider_did_to_the_trail_is_shown(committed, patient, owner, as_user, superuser, anchored, harm):
    anchored()
    chain = patient.clinic_id
    last = Event.objects.filter(chain=chain).order_by("-seq").values_list("seq", flat=True)[0]
    statements = {
        "cut": ("DELETE FROM audit_event WHERE chain = %s AND seq = %s", [chain, last]),
        "removed": ("DELETE FROM audit_event WHERE chain = %s AND seq = %s", [chain, last - 1]),
        "edited": ("UPDATE audit_event SET hash = repeat('0', 64) WHERE chain = %s AND seq = %s", [chain, last]),
    }
    with superuser() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(*statements[harm])

    assert "does not agree with its last anchor" in as_user(owner).get(PAGE).content.decode()


def test_a_visitor_is_sent_to_log_in_and_a_patient_is_refused(client, patient):
    from tests.portal.conftest import enter

    assert client.get(PAGE)["Location"].startswith("/accounts/login/")
    assert enter(patient).get(PAGE).status_code == 403


def test_every_page_of_it_asks_the_same(patient, owner, as_user, anchored, django_assert_max_num_queries):
    anchored()
    browser = as_user(owner)
    for n in range(60):
        patients.edit(patient, phone=f"+349105551{n:02}", by=owner, at=NOON + timedelta(minutes=n))
    browser.get(PAGE)
    for query in ("", "?page=2"):
        with django_assert_max_num_queries(15):
            browser.get(PAGE + query)


def test_no_kind_that_is_recorded_is_shown_as_a_code():
    recorded = {
        decorator.args[0].value
        for app in ROOMS
        for path in modules(app)
        for function in ast.walk(tree(path))
        if isinstance(function, ast.FunctionDef)
        for decorator in function.decorator_list
        if isinstance(decorator, ast.Call) and getattr(decorator.func, "id", "") == "audited"
    }
    assert recorded
    assert [kind for kind in recorded if set("._") & set(kinds.words_of(kind))] == []
    assert kinds.words_of("thing.mended_again") == "Thing mended again"


def test_reading_the_trail_leaves_it_as_it_was(patient, owner, as_user):
    browser = as_user(owner)
    before = Event.objects.count()
    with time_machine.travel(NOON):
        browser.get(PAGE)
    assert Event.objects.count() == before
