import re
from datetime import date, timedelta

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from audit.models import Event
from messaging.models import Message, MessageKind, MessageState, OptOut
from patients.actions import patients
from patients.models import PortalCode, PortalPhone
from portal.tasks import relay, sweep
from tests.cast import NOON
from tests.portal.conftest import enter, now

pytestmark = pytest.mark.django_db
LAST = r"\b\d{6}\b"


@pytest.fixture(autouse=True)
def no_limits_from_before():
    cache.clear()


@pytest.fixture
def amara(patient):
    """Amara, whose addresses the clinic knows."""
    return patients.edit(patient, email="amara@example.org", phone="+34612345678", by=User.objects.system(), at=NOON)


@pytest.fixture
def child(amara, clinic):
    """A child on the same address, born on another day."""
    return patients.register(
        clinic,
        given_name="Ife",
        family_name="Okonkwo",
        born_on=date(2006, 4, 9),
        email="amara@example.org",
        by=User.objects.system(),
        at=NOON,
    )


def ask(browser, address="amara@example.org"):
    return browser.post("/portal/code/", {"address": address})


def digits():
    """What the last mail says."""
    relay()
    return re.search(LAST, mail.outbox[-1].body)[0]


def type_in(browser, code, **more):
    return browser.post("/portal/code/enter/", {"digits": code, **more})


def test_a_code_to_ones_own_address_opens_the_portal(amara):
    browser = Client()
    assert ask(browser)["Location"] == "/portal/code/enter/"

    answer = type_in(browser, digits())

    assert answer["Location"] == "/portal/home/"
    assert browser.get("/portal/documents/").status_code == 200
    assert mail.outbox[-1].to == ["amara@example.org"]
    kinds = Event.objects.of_patient(amara).kinds()
    assert [kind for kind in kinds if kind.startswith("portal")] == [
        "portal_code.sent", "portal_code.used", "portal.entered",
    ]  # fmt: skip


def test_an_address_that_nobody_has_gets_the_same_answer_and_no_mail(amara):
    known, unknown = Client(), Client()
    ask(known)
    ask(unknown, "nobody@example.org")
    relay()

    one, other = (browser.get("/portal/code/enter/").content.decode() for browser in (known, unknown))
    same = [re.sub(r"csrf\S+|value=\"[^\"]+\"|data-csrf=\"\w+\"|\w•••", "", page) for page in (one, other)]
    assert re.sub(r"nonce=\S+", "", same[0]) == re.sub(r"nonce=\S+", "", same[1])
    assert len(mail.outbox) == 1
    assert type_in(unknown, "123456").status_code == 422


def test_a_code_opens_nothing_in_another_browser_twice_or_late(amara):
    browser, other = Client(), Client()
    ask(browser)
    code = digits()
    ask(other, "nobody@example.org")
    assert type_in(other, code).status_code == 422

    with time_machine.travel(now() + timedelta(minutes=11)):
        assert type_in(browser, code).status_code == 422
    assert type_in(browser, code).status_code == 302
    assert Client().get("/portal/code/enter/")["Location"] == "/portal/code/"
    assert PortalCode.objects.usable(now()).count() == 0


def test_five_wrong_codes_end_the_ticket_even_for_the_right_one(amara):
    browser = Client()
    ask(browser)
    right = digits()
    wrong = "000000" if right != "000000" else "111111"
    for _ in range(5):
        assert type_in(browser, wrong).status_code == 422

    assert type_in(browser, right).status_code == 422
    assert PortalCode.objects.get().tries == 5


def test_the_digits_stand_in_no_table_and_on_no_page_of_the_staff(amara, front_desk, as_user):
    ask(Client())
    code = digits()

    message = Message.objects.get(kind=MessageKind.PORTAL_LINK)
    assert message.state == MessageState.SENT
    assert code not in message.body_text + message.body_html + message.subject_line
    assert code not in as_user(front_desk).get(f"/messaging/{message.pk}/").content.decode()
    assert code not in str(PortalCode.objects.values().get())


def test_the_sixth_code_within_an_hour_is_not_sent_and_the_page_says_nothing_of_it(amara):
    for number in range(7):
        cache.clear()
        assert ask(Client()).status_code == 302, number
    relay()
    assert len(mail.outbox) == 5


def test_one_address_asks_five_times_from_one_place_and_another_address_still_may(amara):
    answers = [ask(Client()).status_code for _ in range(6)]
    assert answers == [302] * 5 + [422]
    assert ask(Client(), "else@example.org").status_code == 302


def test_a_code_comes_even_to_who_wants_no_messages(amara):
    OptOut.objects.create(
        clinic=amara.clinic, patient=amara, channel="email", recipient=amara.email, at=NOON, by=User.objects.system()
    )
    ask(Client())
    relay()
    assert len(mail.outbox) == 1


def test_a_code_that_has_run_out_is_not_sent(amara):
    ask(Client())
    with time_machine.travel(now() + timedelta(minutes=11)):
        relay()
    assert mail.outbox == []
    assert Message.objects.get(kind=MessageKind.PORTAL_LINK).state == MessageState.SUPPRESSED


def test_several_patients_of_one_address_are_told_apart_by_the_birth_date(amara, child):
    browser = Client()
    ask(browser)
    assert type_in(browser, digits())["Location"] == "/portal/code/person/"
    page = browser.get("/portal/code/person/").content.decode()
    assert "Ife" not in page
    assert "Amara" not in page

    wrong = browser.post("/portal/code/person/", {"born_on": "2006-04-10"})
    assert wrong.status_code == 422
    right = browser.post("/portal/code/person/", {"born_on": "2006-04-09"})

    assert right["Location"] == "/portal/home/"
    assert "Ife" in browser.get("/portal/me/").content.decode()
    assert Client().get("/portal/code/person/")["Location"] == "/portal/code/"


def test_birth_dates_are_not_guessed_without_end(amara, child):
    browser = Client()
    ask(browser)
    type_in(browser, digits())
    for day in range(1, 6):
        browser.post("/portal/code/person/", {"born_on": f"1999-01-0{day}"})
    assert browser.post("/portal/code/person/", {"born_on": "2006-04-09"})["Location"] == "/portal/code/"


def test_twins_are_asked_for_the_name(amara, child, clinic):
    twin = patients.register(
        clinic, given_name="Ada", born_on=child.born_on, email=amara.email, by=User.objects.system(), at=NOON
    )
    browser = Client()
    ask(browser)
    type_in(browser, digits())
    asked = browser.post("/portal/code/person/", {"born_on": "2006-04-09"})
    assert "Ada" in asked.content.decode()
    pk = PortalCode.objects.get(patient=twin).pk
    assert browser.post("/portal/code/person/", {"born_on": "2006-04-09", "who": pk}).status_code == 302
    assert "Ada" in browser.get("/portal/me/").content.decode()


def test_a_number_typed_as_people_say_it_finds_its_owner(amara):
    type(amara.clinic).objects.update(jurisdiction="ES")
    ask(Client(), "612 34 56 78")
    assert PortalCode.objects.get().channel == "sms"


def test_whose_portal_was_ended_gets_no_code(amara):
    enter(amara)
    amara.portal_accesses.update(ended_at=now(), ended_by=User.objects.system())
    ask(Client())
    assert not PortalCode.objects.exists()


def test_a_locked_page_opens_again_where_one_was_with_a_code_to_the_file_s_own_address(amara):
    phone = enter(amara)
    with time_machine.travel(now() + timedelta(minutes=15)):
        locked = phone.get("/portal/documents/?page=1")
        assert locked.status_code == 403
        assert "Send me a code" in locked.content.decode()
        assert phone.post("/portal/code/again/")["Location"] == "/portal/code/enter/"
        assert type_in(phone, digits())["Location"] == "/portal/documents/?page=1"
        assert phone.get("/portal/documents/").status_code == 200


# -- phones that are remembered ----------------------------------------------------------------------------------------


@pytest.fixture
def remembered(amara):
    """A phone that Amara had remembered, put away since."""
    browser = Client(headers={"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Version/18.0 Safari/604.1"})
    ask(browser)
    type_in(browser, digits(), remember="on")
    return browser


def without_session(browser):
    """The same phone days later: the cookie of the phone alone."""
    again = Client()
    again.cookies["portal"] = browser.cookies["portal"].value
    return again


def test_a_remembered_phone_opens_the_plain_pages_and_no_clinical_one(remembered, plan):
    phone = without_session(remembered)
    assert phone.get("/portal/home/")["Location"] == "/portal/"
    assert phone.get("/portal/")["Location"] == "/portal/home/"

    home = phone.get("/portal/home/").content.decode()
    assert "The rest is closed" in home
    assert "sessions done" not in home
    for page in ("documents/", "messages/", "me/contact/", "me/wishes/", "reports/"):
        assert phone.get(f"/portal/{page}").status_code == 403, page


def test_a_phone_is_remembered_for_ninety_days_and_named(remembered):
    phone = PortalPhone.objects.get()
    assert phone.label == "Safari, iPhone"
    assert (phone.expires_at - phone.remembered_at).days == 90
    cookie = remembered.cookies["portal"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 90 * 86400)
    with time_machine.travel(now() + timedelta(days=91)):
        assert without_session(remembered).get("/portal/").status_code == 200


def test_a_phone_that_is_forgotten_is_shut_at_once_by_the_patient_or_by_staff(remembered, amara, front_desk, as_user):
    other = enter(amara)
    page = other.get("/portal/me/").content.decode()
    assert "Safari, iPhone" in page
    staff = as_user(front_desk)
    pk = PortalPhone.objects.get().pk
    assert "Safari, iPhone" in staff.get(f"/patients/{amara.pk}/portal/").content.decode()

    staff.post(f"/patients/portal/phones/{pk}/forget/")

    assert remembered.get("/portal/home/")["Location"] == "/portal/"
    assert without_session(remembered).get("/portal/").status_code == 200
    assert "Safari, iPhone" not in other.get("/portal/me/").content.decode()


def test_signing_out_forgets_the_phone(remembered):
    phone = without_session(remembered)
    phone.get("/portal/")
    phone.post("/portal/leave/")
    assert without_session(remembered).get("/portal/").status_code == 200


def test_nobody_forgets_another_s_phone(remembered, other_patient, stranger, as_user):
    pk = PortalPhone.objects.get().pk
    assert enter(other_patient).post(f"/portal/me/phones/{pk}/forget/").status_code == 404
    assert as_user(stranger).post(f"/patients/portal/phones/{pk}/forget/").status_code == 404
    assert PortalPhone.objects.get().forgotten_at is None


def test_a_link_remembers_the_phone_as_well(patient):
    from tests.portal.conftest import link_for

    browser = Client()
    browser.post(link_for(patient), {"remember": "on"})
    assert PortalPhone.objects.get().access.patient_id == patient.pk


def test_codes_and_phones_that_are_of_no_use_are_dropped_in_time(remembered):
    with time_machine.travel(now() + timedelta(days=60)):
        assert sweep() == 1
    assert PortalPhone.objects.count() == 1
    with time_machine.travel(now() + timedelta(days=121)):
        assert sweep() == 1
    assert not PortalPhone.objects.exists()
