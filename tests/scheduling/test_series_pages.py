"""The front desk books a whole course from one page."""

import re
from datetime import timedelta
from html import unescape

import pytest

from scheduling.models import Appointment
from tests.factories import scheduling as calendar

FAR = calendar.MONDAY.replace(year=2031, month=3, day=3)  # a Monday that lies ahead of every clock


@pytest.fixture
def course(patient, visit_kind, hours, location, doctor, room):
    type(doctor).objects.update(licence_expires_on=FAR + timedelta(days=400))
    return calendar.course(patient, visit_kind, start_on=FAR, practitioner=doctor, location=location)


@pytest.fixture
def path(course):
    return f"/scheduling/courses/{course.pk}/series/"


def ticks(page):
    return [unescape(value) for value in re.findall(r'name="choice" value="([^"]+)"', page.content.decode())]


def links(page, words):
    return [unescape(href) for href in re.findall(rf'href="([^"]*{words}[^"]*)"', page.content.decode())]


def test_the_page_proposes_every_visit_and_books_them_all(as_user, front_desk, path, course, patient):
    browser = as_user(front_desk)
    page = browser.get(path)
    assert [tick[:12] for tick in ticks(page)] == ["1|2031-03-03", "2|2031-03-10", "3|2031-03-17"]

    answer = browser.post(f"{path}book/", {"choice": ticks(page)})

    assert (answer.status_code, answer.url) == (302, f"/scheduling/patients/{patient.pk}/")
    assert Appointment.objects.filter(patient=patient).count() == 3
    assert "Every visit has its time" in browser.get(path).content.decode()


def test_another_time_for_one_row_moves_the_later_ones(as_user, front_desk, path):
    browser = as_user(front_desk)
    change = next(href for href in links(browser.get(path), "change=2"))
    opened = browser.get(change.removesuffix("#others"))
    pick = next(href for href in links(opened, "pin=2%7C2031-03-12"))

    page = browser.get(pick)

    assert [tick[:12] for tick in ticks(page)] == ["1|2031-03-03", "2|2031-03-12", "3|2031-03-19"]
    assert "As proposed" in page.content.decode()


def test_only_what_is_ticked_is_booked(as_user, front_desk, path, course):
    browser = as_user(front_desk)

    browser.post(f"{path}book/", {"choice": ticks(browser.get(path))[:2]})

    assert sorted(course.visits.filter(appointment__isnull=False).values_list("ordinal", flat=True)) == [1, 2]


def test_a_time_that_went_meanwhile_is_named_and_the_rest_proposed_anew(
    as_user, front_desk, path, clinic, doctor, other_patient, kind, patient
):
    browser = as_user(front_desk)
    wanted = ticks(browser.get(path))
    calendar.booked(clinic, other_patient, doctor, kind, calendar.local(FAR + timedelta(days=7), "09:00"))

    page = browser.post(f"{path}book/", {"choice": wanted})

    assert page.status_code == 422
    assert "Visit 2: " in page.content.decode()
    assert ticks(page)[1].startswith("2|2031-03-10T09:30")
    assert not Appointment.objects.filter(patient=patient).exists()


def test_when_it_suits_the_patient_is_remembered(as_user, front_desk, path, patient):
    browser = as_user(front_desk)

    answer = browser.post(f"{path}wish/", {"weekdays": ["3"], "not_before": "15:00"})

    assert (answer.status_code, answer.url) == (302, path)
    assert patient.time_wishes.newest().weekdays == [3]
    assert [tick[2:18] for tick in ticks(browser.get(path))] == [
        "2031-03-03T15:00",
        "2031-03-12T15:00",
        "2031-03-19T15:00",
    ]


def test_hours_that_end_before_they_begin_are_said_so(as_user, front_desk, path):
    page = as_user(front_desk).post(f"{path}wish/", {"not_before": "15:00", "not_after": "09:00"})

    assert page.status_code == 422
    assert "The end lies after the beginning." in page.content.decode()


def test_a_stopped_plan_says_why(as_user, front_desk, path, course):
    course.blocked_code, course.blocked_sentence = "plan_paused", "Wait for the swelling to go."
    course.save()

    page = as_user(front_desk).get(path)

    assert "Wait for the swelling to go." in page.content.decode()
    assert ticks(page) == []


def test_the_visit_without_a_time_is_honest(as_user, front_desk, path, clinic):
    clinic.closures.create(starts_on=FAR + timedelta(days=6), ends_on=FAR + timedelta(days=12), name="Holiday")

    page = as_user(front_desk).get(path).content.decode()

    assert "The clinic is closed from 10 March 2031 to 13 March 2031." in page or "The next free time is" in page


@pytest.mark.parametrize(("who", "status"), [("auditor", 403), ("stranger", 404), ("nurse", 200), ("owner", 200)])
def test_who_opens_it(request, as_user, path, who, status):
    assert as_user(request.getfixturevalue(who)).get(path).status_code == status


def test_whoever_is_not_logged_in_is_sent_to_log_in(client, path):
    assert client.get(path).status_code == 302


@pytest.mark.parametrize("pin", ["x", "2|x", "99|2031-03-12T10:00:00+01:00|1|", "2|2031-03-12T10:00:00+01:00|999999|"])
def test_an_address_that_makes_no_sense_picks_nothing(as_user, front_desk, path, pin):
    page = as_user(front_desk).get(path, {"pin": pin})

    assert page.status_code == 200
    assert len(ticks(page)) == 3
