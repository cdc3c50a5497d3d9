"""The letter after a visit carries a link of its own; the outbox keeps only a mark where it stands."""

import pytest
from django.core import mail
from django.test import Client

from accounts.models import User
from patients.models import PortalLink
from reminders import kinds, tasks
from reminders.actions import reminders
from reminders.rules.letters import REPORT_LINK
from safety.rules import links
from tests.factories.safety import days

pytestmark = pytest.mark.django_db

CLINICAL = ("mesotherap", "mésothérap", "mesoterap", "melasma", "injection", "inyecc", "vitamin", "cheek", "forehead")


@pytest.fixture
def told(signed_session, time_machine):
    """The letter of the session, an hour after the last injection."""
    time_machine.move_to(days(0, hours=1), tick=False)
    patient = signed_session.patient
    patient.email = "amara@example.org"
    patient.save(update_fields=["email"])

    def tell(language="en"):
        patient.language = language
        patient.save(update_fields=["language"])
        item = next(each for each in kinds.due(signed_session.clinic, days(0, hours=1)) if each.kind == "aftercare")
        return reminders.prepare(item, by=User.objects.system(), at=days(0, hours=1))

    return tell


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_the_letter_leaves_with_the_link_and_without_a_clinical_word(told, signed_session, language):
    message = told(language)
    secret = links.secret_of(signed_session)
    assert secret not in message.body_text + message.body_html + str(message.context)
    assert REPORT_LINK in message.body_text

    tasks.relay()

    (letter,) = mail.outbox
    html = letter.alternatives[0][0]
    address = links.address_of(signed_session)
    for text in (letter.body, html):
        assert address in text
        assert "/portal/home/" in text
        assert REPORT_LINK not in text
        assert not [word for word in CLINICAL if word in text.lower().replace(address.lower(), "")]
    assert Client().get(address[address.index("/portal/") :]).status_code == 200


def test_the_link_is_made_once_however_often_the_letter_is_looked_for(told):
    told()
    tasks.scan()

    assert PortalLink.objects.filter(purpose="report").count() == 1
