import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import URLPattern, get_resolver

from audit.models import Event
from portal.middleware import kind_of
from tests.factories.documents import issue
from tests.portal.conftest import enter, now

pytestmark = pytest.mark.django_db
PAGES = ["/portal/home/", "/portal/documents/", "/portal/me/", "/portal/person/", "/portal/consents/1/"]


def patterns(found, before="/"):
    for pattern in found:
        if isinstance(pattern, URLPattern):
            yield before + str(pattern.pattern), pattern.callback
        else:
            yield from patterns(pattern.url_patterns, before + str(pattern.pattern))


def filled(route):
    """An address of a route; numbers are 1, words are x."""
    route = re.sub(r"<int:\w+>", "1", route)
    return re.sub(r"[\^$\\]|\(\?P<\w+>.*?\)", "x", re.sub(r"<\w+:\w+>", "x", route))


@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_at_a_page_is_shown_how_to_get_in_never_the_staff_log_in(client, page):
    assert client.get(page)["Location"] == "/portal/"
    assert client.post(page)["Location"] == "/portal/"


def test_the_entrance_is_open_and_says_how(client):
    page = client.get("/portal/")
    assert page.status_code == 200
    assert "Send me a code" in page.content.decode()
    assert "Ask your clinic" in page.content.decode()


def test_a_patient_opens_no_page_of_the_staff(phone):
    closed = [
        (route, method)
        for route, view in patterns(get_resolver().url_patterns)
        if kind_of(view) not in {"patient", "public"}
        for method in ("get", "post", "put", "patch", "delete")
        if getattr(phone, method)(filled(route)).status_code not in {403, 404}
        and not (route == "/" and phone.get("/")["Location"] == "/portal/home/")
    ]
    assert closed == []


def test_the_refusal_is_a_sentence_and_the_start_page_leads_home(phone, patient):
    answer = phone.get(f"/patients/{patient.pk}/")
    assert answer.status_code == 403
    assert "for the staff" in answer.content.decode()
    assert phone.get("/")["Location"] == "/portal/home/"
    assert phone.get("/api/v1/patients/")["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("who", ["owner", "practitioner", "nurse", "front_desk", "auditor", "stranger"])
def test_staff_are_refused_at_every_page_of_the_portal(request, who, as_user):
    browser = as_user(request.getfixturevalue(who))
    for page in PAGES:
        assert browser.get(page).status_code == 403
        assert browser.post(page).status_code == 403


def test_clinical_pages_close_after_ten_idle_minutes_and_the_rest_stays(patient):
    phone = enter(patient)
    with time_machine.travel(now() + timedelta(minutes=9)):
        assert phone.get("/portal/documents/").status_code == 200
    with time_machine.travel(now() + timedelta(minutes=18)):
        assert phone.get("/portal/documents/").status_code == 200
    with time_machine.travel(now() + timedelta(minutes=29)):
        closed = phone.get("/portal/documents/")
        assert closed.status_code == 403
        assert "ten minutes" in closed.content.decode()
        assert phone.get("/portal/home/").status_code == 200
        assert phone.post("/portal/stay/").status_code == 403
        assert phone.get("/portal/documents/").status_code == 403


def test_a_poll_keeps_nothing_open_and_a_touch_does(patient):
    polled, touched = enter(patient), enter(patient)
    with time_machine.travel(now() + timedelta(minutes=8)):
        assert polled.get("/portal/home/", headers={"X-Poll": "1"}).status_code == 200
        assert touched.post("/portal/stay/").status_code == 204
    with time_machine.travel(now() + timedelta(minutes=12)):
        assert polled.get("/portal/documents/").status_code == 403
        assert touched.get("/portal/documents/").status_code == 200


def test_after_twelve_hours_a_new_link_is_needed_whatever_was_done(patient):
    phone = enter(patient)
    for hours in (4, 8, 11.9):
        with time_machine.travel(now() + timedelta(hours=hours)):
            assert phone.get("/portal/home/").status_code == 200
    with time_machine.travel(now() + timedelta(hours=12.1)):
        assert phone.get("/portal/home/")["Location"] == "/portal/"


def test_two_links_in_two_browsers_are_two_sessions(patient, other_patient):
    amara, bruno = enter(patient), enter(other_patient)
    paper = issue(patient.clinic, patient)

    assert amara.get(f"/portal/documents/{paper.pk}/").status_code == 200
    assert bruno.get(f"/portal/documents/{paper.pk}/").status_code == 404


def test_what_a_patient_read_is_written_down(phone, patient):
    paper = issue(patient.clinic, patient)
    phone.get(f"/portal/documents/{paper.pk}/")
    phone.get("/portal/home/")

    seen = Event.objects.of_patient(patient).filter(kind="chart.viewed")
    assert [event.fields for event in seen] == [["portal:document_show"]]
    assert seen.get().actor_id == patient.portal_accesses.get().user_id


def test_pages_are_kept_by_no_cache_and_name_nobody_in_their_title(phone, patient):
    for page in ("/portal/home/", "/portal/me/", "/portal/documents/", "/portal/"):
        answer = phone.get(page, follow=True)
        assert "no-store" in answer["Cache-Control"]
        title = answer.content.decode().partition("<title>")[2].partition("</title>")[0]
        assert "Amara" not in title
        assert "Okonkwo" not in title


def test_a_session_without_a_beginning_is_no_session(patient):
    phone = enter(patient)
    session = phone.session
    del session["portal_began_at"]
    session.save()
    assert phone.get("/portal/home/")["Location"] == "/portal/"
    assert Client().get("/portal/home/").status_code == 302
