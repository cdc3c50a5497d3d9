"""A patient tells of a side effect: from the letter without a log-in, or from the portal; once, and word for word."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import User
from audit.models import Event
from patients.models import PortalLink
from safety.actions import report_links, reviews
from safety.models import SideEffectCase
from safety.rules import links
from tests.factories.safety import days
from tests.portal.conftest import enter

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(signed_session):
    """A session that was given and signed."""
    return signed_session


@pytest.fixture
def clock(time_machine, session):
    """Stand so many days after the injection of the session: clock(14)."""

    def stand(count, hours=1):
        time_machine.move_to(days(count, hours=hours), tick=False)
        return days(count, hours=hours)

    return stand


@pytest.fixture
def address(session):
    report_links.issue(session, by=User.objects.system(), at=days(0))
    return f"/portal/tell/{links.secret_of(session)}/"


def answers(day, symptom="redness", severity="mild", **more):
    values = {"symptom": symptom, "severity": severity, "began_on": day.date().isoformat(), "part": "unknown"}
    return {**values, **more}


def test_a_patient_tells_from_the_letter_without_a_log_in(clock, session, address, doctor):
    now = clock(2)
    browser = Client()
    words = "Rot & heiß – <b>seit</b> gestern’s Abend"

    answer = browser.post(address, answers(now, zone="malar", side="left", words=words))

    assert answer.status_code == 302
    case = SideEffectCase.objects.get()
    assert (case.reporter, case.state, case.effect.slug, case.grade) == ("patient", "new", "redness", 1)
    assert (case.zone.slug, case.side, case.narrative, case.told["words"]) == ("malar", "left", words, words)
    assert (case.reported_by.kind, case.patient, case.plan) == ("patient", session.patient, session.plan)
    task = case.clinic.tasks.get(kind="side_effect")
    assert (task.assignee, task.is_red) == (doctor.membership, False)
    assert {"side_effect.told", "side_effect.reported"} <= set(Event.objects.about(case).kinds())
    assert case.suspects.count() == 3
    assert "Thank you" in browser.get(answer["Location"]).content.decode()


def test_looking_at_the_page_changes_nothing_and_names_nobody(clock, session, address):
    clock(2)
    page = Client().get(address)
    text = page.content.decode()

    assert page.status_code == 200
    assert not SideEffectCase.objects.exists()
    for secret in (session.patient.given_name, session.patient.family_name, session.plan.protocol.name, "mesotherap"):
        assert secret.lower() not in text.lower().replace("mesotherapy clinic", "")
    assert text.index("tel:112") < text.index('<form method="post" data-js')
    assert "no-store" in page["Cache-Control"]
    assert page["Referrer-Policy"] in ("same-origin", "no-referrer", "strict-origin-when-cross-origin")


def test_only_the_hash_of_the_secret_is_kept_and_the_link_is_the_same_when_asked_again(session, address):
    secret = links.secret_of(session)
    first = PortalLink.objects.get(purpose="report")

    assert len(secret) >= 43
    assert secret not in (first.token_sha256, str(first.__dict__))
    assert report_links.issue(session, by=User.objects.system(), at=days(1)) == first
    assert first.expires_at == session.injection_ended_at + timedelta(days=180)


def test_a_link_runs_out_after_half_a_year_and_a_guess_opens_nothing(clock, session, address):
    clock(179)
    assert Client().get(address).status_code == 200
    late = clock(181)
    assert Client().get(address).status_code == 404
    assert Client().post(address, answers(late)).status_code == 404
    assert Client().get("/portal/tell/guess/").status_code == 404
    assert Client().get("/portal/tell/guess/sent/").status_code == 404
    assert not SideEffectCase.objects.exists()


def test_the_link_opens_nothing_else(clock, session, address):
    clock(2)
    secret = links.secret_of(session)

    assert Client().post(f"/portal/enter/{secret}/").status_code == 404
    browser = Client()
    browser.get(address)
    assert browser.get("/portal/home/").status_code == 302


def test_two_clicks_tell_once(clock, address):
    now = clock(2)
    browser = Client()
    values = answers(now, idempotency_key="the-same-key")

    first, second = browser.post(address, values), browser.post(address, values)

    assert (first.status_code, second.status_code) == (302, 302)
    assert second["Location"] == first["Location"]
    assert SideEffectCase.objects.count() == 1


def test_the_sixth_report_of_a_day_is_turned_away_with_the_phone(clock, address):
    now = clock(2)
    browser = Client()
    for _each in range(5):
        assert browser.post(address, answers(now)).status_code == 302

    refused = browser.post(address, answers(now))

    assert refused.status_code == 422
    assert "call us now" in refused.content.decode()
    assert SideEffectCase.objects.count() == 5
    later = clock(3, hours=2)
    assert browser.post(address, answers(later)).status_code == 302


@pytest.mark.parametrize(
    ("symptom", "severity", "day", "red", "said"),
    [
        ("breathing", "mild", 0, True, "Call 112 now"),
        ("white-skin", "moderate", 1, True, "Call 112 now"),
        ("pus", "mild", 3, True, "Call us now"),
        ("lump", "mild", 14, True, "Call us now"),
        ("lump", "mild", 3, False, "Thank you"),
        ("redness", "severe", 1, True, "Call us now"),
        ("bruise", "moderate", 1, False, "Thank you"),
    ],
)
def test_what_is_red_tells_the_patient_what_to_do_now_and_holds_the_plan(
    clock, session, address, symptom, severity, day, red, said
):
    now = clock(day, hours=5)
    browser = Client()
    sent = browser.post(address, answers(now, symptom=symptom, severity=severity))
    case = SideEffectCase.objects.get()
    plan = case.plan
    plan.refresh_from_db()

    assert (case.is_red, plan.state == "paused") == (red, red)
    assert case.clinic.tasks.get(kind="side_effect").is_red is red
    assert said in browser.get(sent["Location"]).content.decode()


def test_a_late_lump_ticks_the_lots_of_its_window(clock, address):
    Client().post(address, answers(clock(14), symptom="lump", severity="moderate", zone="malar"))

    case = SideEffectCase.objects.get()
    assert {(row.in_window, row.pre_ticked, row.ticked) for row in case.suspects.all()} == {(True, True, True)}
    assert not case.expected_basis.startswith("Listed in the catalogue")


def test_on_the_day_of_the_session_morning_means_after_it(clock, session, address):
    now = clock(0, hours=3)
    Client().post(address, answers(now, part="night"))

    case = SideEffectCase.objects.get()
    assert case.onset_at == session.injection_started_at
    assert case.suspects.count() == 3


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"symptom": "glow"}, "valid choice"),
        ({"symptom": ""}, "required"),
        ({"severity": ""}, "required"),
        ({"began_on": "2999-01-01"}, "not come yet"),
        ({"began_on": "2001-01-01"}, "more than a year"),
        ({"began_on": "soon"}, "valid date"),
        ({"zone": "moon"}, "valid choice"),
        ({"words": "x" * 2001}, "2000"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_kept(clock, address, wrong, said):
    answer = Client().post(address, {**answers(clock(2)), **wrong})

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not SideEffectCase.objects.exists()


def test_a_patient_tells_from_the_portal_and_sees_it_there(time_machine, session, patient):
    time_machine.move_to(days(3), tick=False)
    phone = enter(patient)
    assert 'href="/portal/report/"' in phone.get("/portal/home/").content.decode()
    assert phone.get("/portal/report/").status_code == 200

    told = phone.post("/portal/report/", answers(days(3), words="Es brennt"))

    assert told["Location"] == "/portal/report/told/"
    shown = phone.get("/portal/reports/").content.decode()
    assert "Es brennt" in shown
    assert "We have it; a clinician reads it next." in shown
    assert "grade" not in shown.lower()


def test_nobody_tells_for_another_patient(time_machine, session, other_patient):
    time_machine.move_to(days(3), tick=False)
    phone = enter(other_patient)

    phone.post("/portal/report/", answers(days(3)))

    case = SideEffectCase.objects.get()
    assert case.patient == other_patient
    assert phone.get("/portal/reports/").status_code == 200


def test_what_was_told_cannot_be_rewritten(clock, address):
    Client().post(address, answers(clock(2), words="as I said it"))
    case = SideEffectCase.objects.get()

    with pytest.raises(IntegrityError), transaction.atomic():
        SideEffectCase.objects.filter(pk=case.pk).update(told={"words": "prettier"})
    case.refresh_from_db()
    assert case.told["words"] == "as I said it"


@pytest.mark.parametrize(
    ("language", "emergency", "sent"),
    [
        ("fr", "Est-ce une urgence", "Merci"),
        ("es", "¿Es una emergencia?", "Gracias"),
        ("en", "Is it an emergency?", "Thank"),
    ],
)
def test_the_page_speaks_the_patients_language_and_the_task_the_clinics(
    clock, session, address, language, emergency, sent
):
    now = clock(2)
    session.patient.language = language
    session.patient.save(update_fields=["language"])
    browser = Client()

    assert emergency in browser.get(address).content.decode()
    answer = browser.post(address, answers(now))
    assert sent in browser.get(answer["Location"]).content.decode()
    assert session.clinic.tasks.get(kind="side_effect").text.startswith("Side effect to look at")
    assert SideEffectCase.objects.get().told["language"] == language


def test_a_clinician_corrects_what_was_told_and_the_words_stay(clock, address, practitioner, session):
    now = clock(14)
    Client().post(address, answers(now, symptom="redness", words="there is a lump"))
    case = SideEffectCase.objects.get()
    assert not case.is_red

    reviews.review(
        case,
        effect="nodule",
        grade=2,
        zone=case.zone,
        onset_at=case.onset_at,
        reason="seen today",
        by=practitioner,
        at=now,
    )

    case.refresh_from_db()
    assert (case.effect.slug, case.grade, case.is_red, case.state) == ("nodule", 2, True, "reviewing")
    assert (case.told["symptom"], case.told["words"]) == ("redness", "there is a lump")
    step = case.steps.order_by("-pk").first()
    assert "Redness" in step.note
    assert "→" in step.note
    assert "seen today" in step.note
    assert {row.pre_ticked for row in case.suspects.all()} == {True}
    session.plan.refresh_from_db()
    assert session.plan.state == "paused"
