from datetime import date

import pytest

from audit.models import Event
from common.refused import Refused
from patients.actions import tasks
from tests.cast import NOON

pytestmark = pytest.mark.django_db
URL = "/patients/tasks/"


def texts(answer):
    return [task.text for task in answer.context["page"].object_list]


@pytest.fixture
def work(clinic, patient, practitioner, front_desk, nurse):
    """One task of every sort."""
    desk = clinic.memberships.get(user=front_desk)
    for text, values in {
        "for all": {"due_on": date(2025, 2, 5)},
        "red": {"role": "clinician", "is_red": True, "patient": patient, "url": f"/patients/{patient.pk}/"},
        "call back": {"role": "front_desk", "kind": "call", "due_on": date(2025, 2, 1)},
        "yours": {"person": desk, "due_at": NOON},
        "owner's": {"role": "owner"},
    }.items():
        tasks.add(clinic, text=text, **values, by=practitioner, at=NOON)


def test_the_worklist_shows_each_what_is_theirs_hardest_first(work, nurse, front_desk, practitioner, as_user):
    assert texts(as_user(nurse).get(URL)) == ["red", "for all"]
    assert texts(as_user(practitioner).get(URL)) == ["red", "for all"]
    assert texts(as_user(front_desk).get(URL)) == ["call back", "yours", "for all"]


def test_clinicians_see_everybodys_and_the_front_desk_does_not(work, nurse, front_desk, as_user):
    assert len(texts(as_user(nurse).get(URL, {"show": "all"}))) == 5
    assert texts(as_user(front_desk).get(URL, {"show": "all"})) == ["call back", "yours", "for all"]
    assert texts(as_user(front_desk).get(URL, {"show": "nonsense", "patient": "x"})) == [
        "call back",
        "yours",
        "for all",
    ]


def test_a_task_is_ticked_off_and_the_tick_can_be_taken_back(work, clinic, nurse, as_user):
    red = clinic.tasks.get(text="red")
    browser = as_user(nurse)

    page = browser.post(f"{URL}{red.pk}/done/", {"outcome": "called: all well"}, follow=True)
    red.refresh_from_db()
    assert (red.done_by, red.outcome) == (nurse, "called: all well")
    assert "Undo" in page.content.decode()
    assert texts(browser.get(URL, {"show": "done"})) == ["red"]

    browser.post(f"{URL}{red.pk}/reopen/")
    red.refresh_from_db()
    assert (red.done_at, red.done_by, red.outcome) == (None, None, "")
    assert Event.objects.about(red).kinds() == ["task.added", "task.done", "task.reopened"]


def test_two_ticks_at_once_tick_once(at_once, work, clinic, nurse):
    red = clinic.tasks.get(text="red")

    answers = at_once(lambda _: tasks.done(red, by=nurse, at=NOON), range(3))

    assert sorted(getattr(answer, "code", "done") for answer in answers) == ["already_done", "already_done", "done"]


def test_one_reason_puts_one_task(clinic, nurse):
    first = tasks.add(clinic, text="call", reason_key="red:1", by=nurse, at=NOON)
    again = tasks.add(clinic, text="call", reason_key="red:1", by=nurse, at=NOON)
    assert first == again

    tasks.done(first, by=nurse, at=NOON)
    fresh = tasks.add(clinic, text="call", reason_key="red:1", by=nurse, at=NOON)
    assert fresh != first
    with pytest.raises(Refused, match="opened again meanwhile"):
        tasks.reopen(first, by=nurse, at=NOON)


def test_a_task_is_added_on_its_page_for_a_patient(clinic, patient, front_desk, as_user):
    browser = as_user(front_desk)
    url = f"{URL}add/?patient={patient.pk}"
    assert "Add a task for Amara Okonkwo" in browser.get(url).content.decode()

    form = {"text": "Ask for the letter of Dr O'Hara", "kind": "call", "due_on": "2025-02-10", "role": "front_desk"}
    assert browser.post(url, {**form, "due_on": "10/2025"}).status_code == 422
    assert browser.post(url, form).status_code == 302

    task = clinic.tasks.get()
    assert (task.patient, task.due_on, task.role, task.created_by) == (
        patient,
        date(2025, 2, 10),
        "front_desk",
        front_desk,
    )


def test_a_task_of_others_is_not_found(work, clinic, front_desk, stranger, as_user):
    red = clinic.tasks.get(text="red")

    assert as_user(front_desk).post(f"{URL}{red.pk}/done/").status_code == 404
    assert as_user(stranger).post(f"{URL}{red.pk}/done/").status_code == 404
    assert as_user(stranger).post(f"{URL}{red.pk}/reopen/").status_code == 404


def test_a_task_for_another_clinics_patient_cannot_be_added(patient, stranger, as_user):
    assert as_user(stranger).get(f"{URL}add/?patient={patient.pk}").status_code == 404


def test_the_worklist_asks_as_many_questions_for_many_as_for_few(
    clinic, patient, nurse, as_user, django_assert_num_queries, django_assert_max_num_queries
):
    browser = as_user(nurse)
    tasks.add(clinic, text="one", patient=patient, by=nurse, at=NOON)
    browser.get(URL)
    with django_assert_max_num_queries(10) as few:
        browser.get(URL)

    for place in range(20):
        tasks.add(clinic, text=f"{place}", patient=patient, person=nurse.memberships.get(), by=nurse, at=NOON)

    with django_assert_num_queries(len(few)):
        browser.get(URL)
