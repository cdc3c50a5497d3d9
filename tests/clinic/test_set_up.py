"""An empty clinic says what it lacks, and every line turns by the fact itself."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from accounts.actions import backups
from accounts.actions.backups import Sizes
from accounts.models import Role, User
from audit.models import Event
from clinic import certificates, set_up
from messaging.tasks import relay
from scheduling.actions import daily_lists
from scheduling.actions import set_up as calendar
from tests.cast import NOON, hire

pytestmark = pytest.mark.django_db
PAGE = "/set-up/"
ADDRESS = {"address": "Calle Mayor 1, Madrid", "phone": "", "time_zone": "Europe/Madrid", "is_active": "on"}
TYPED = {
    "name": "Clinica Norte",
    "phone": "+34 910 000 000",
    "emergency_phone": "+34 600 000 000",
    "email": "clinica@example.org",
    "time_zone": "Atlantic/Canary",
    "language": "es",
    "currency": "EUR",
}


@pytest.fixture
def boss(as_user, owner):
    return as_user(owner, confirmed=True)


def done(clinic, *, secure=True):
    return {step.key for step in set_up.steps(clinic, timezone.now(), secure=secure) if step.is_done}


def test_an_empty_clinic_lacks_everything_but_its_certificate(clinic, owner, settings):
    settings.PUBLIC_URL = "https://clinic.example"
    assert done(clinic) == {"certificate"}
    assert done(clinic, secure=False) == set()


def test_the_owner_writes_down_who_the_clinic_is_and_where(boss, clinic, location):
    assert boss.post(reverse("accounts:clinic_edit"), TYPED).status_code == 302
    assert done(clinic) >= {"clock"}
    assert "address of the place" in boss.get(PAGE).content.decode()
    place = reverse("accounts:location_edit", args=[location.pk])
    assert boss.post(place, {**ADDRESS, "name": location.name}).status_code == 302

    clinic.refresh_from_db()
    assert (clinic.time_zone, clinic.language) == ("Atlantic/Canary", "es")
    assert done(clinic) >= {"clock", "clinic"}
    assert Event.objects.about(clinic).kinds() == ["clinic.founded", "clinic.changed"]
    assert boss.post(reverse("accounts:location_add"), {**ADDRESS, "name": location.name}).status_code == 422
    assert boss.post(reverse("accounts:clinic_edit"), {**TYPED, "time_zone": "Mars/Base"}).status_code == 422


def test_people_rooms_hours_and_kinds_turn_their_lines(clinic, location, owner):
    now = timezone.now()
    doctor = hire(clinic, "Paula P", Role.PRACTITIONER, director=True, licence="T-1").practitioner
    calendar.add_room(clinic, location=location, name="Room 1", by=owner, at=now)
    calendar.add_kind(clinic, name="Consultation", minutes=30, by=owner, at=now)
    assert done(clinic) >= {"people", "director", "rooms", "kinds"}
    assert "hours" not in done(clinic)
    calendar.add_hours(
        clinic, location=location, practitioner=doctor, room=None, weekdays=[1], starts="09:00", ends="17:00",
        valid_from=now.date(), by=owner, at=now,
    )  # fmt: skip
    assert "hours" in done(clinic)


def test_the_medical_director_signs_the_reference_on_a_page_of_its_own(as_user, reference, practitioner, owner, nurse):
    sign = reverse("treatments:protocol_sign")
    assert as_user(owner, confirmed=True).post(sign).status_code == 403
    assert "not signed" in as_user(nurse).get(reverse("treatments:protocol_list")).content.decode()
    there = as_user(practitioner, confirmed=True)
    assert there.get(sign).status_code == 200
    assert there.post(sign).status_code == 302
    assert "protocols" in done(reference)
    assert Event.objects.about(reference).kinds()[-1] == "reference.signed"


def test_a_practitioner_who_is_not_the_director_signs_nothing(as_user, reference, colleague):
    refused = as_user(colleague, confirmed=True).post(reverse("treatments:protocol_sign"))
    assert refused.status_code == 422
    assert "protocols" not in done(reference)


def test_a_test_mail_goes_the_way_of_every_mail_and_shows_how_it_went(boss, clinic, owner):
    page = reverse("mail_test")
    assert boss.post(page, {"idempotency_key": "1"}).status_code == 302
    assert "Waiting" in boss.get(page).content.decode()
    assert boss.post(page, {"idempotency_key": "2"}).status_code == 422, "one at a time"
    assert "sender" not in done(clinic)

    relay()
    assert [letter.to for letter in mail.outbox] == [[owner.email]]
    assert "sender" in done(clinic)
    assert boss.post(page, {"idempotency_key": "3"}).status_code == 302


def test_a_mail_server_that_does_not_answer_is_said_on_the_page(boss, clinic, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    boss.post(reverse("mail_test"), {"idempotency_key": "1"})
    relay()
    assert "ConnectionRefusedError" in boss.get(reverse("mail_test")).content.decode()


def test_lists_and_backups_turn_their_lines(clinic, location, owner):
    now = timezone.now()
    daily_lists.add(
        clinic, location=location, kind="fridge", name="F", coldest_c=Decimal(2), warmest_c=Decimal(8), by=owner, at=now
    )
    system = User.objects.system()
    row = backups.begin(folder="/b", by=system, at=now - timedelta(hours=27))
    backups.finish(row, sizes=Sizes(1, 1, 1, "0" * 64), by=system, at=now)
    assert "daily" in done(clinic)
    assert "backup" not in done(clinic)
    row = backups.begin(folder="/b", by=system, at=now - timedelta(hours=1))
    backups.finish(row, sizes=Sizes(1, 1, 1, "0" * 64), by=system, at=now)
    assert "backup" in done(clinic)


def test_the_card_on_today_names_the_next_thing_and_goes_when_nothing_is_left(boss, clinic, monkeypatch):
    assert "Name, phones and address" in boss.get("/set-up/card/").content.decode()
    every = set_up.steps(clinic, NOON, secure=True)
    monkeypatch.setattr(set_up, "steps", lambda *_, **__: [each for each in every if each.is_done])
    assert boss.get("/set-up/card/").content.decode().strip() == ""


def test_the_owner_sees_when_backups_were_taken_and_decides_when_the_next_is(boss, clinic):
    system, now = User.objects.system(), timezone.now()
    row = backups.begin(folder="/b", by=system, at=now)
    backups.fail(row, error="No space left on device", by=system, at=now)
    page = boss.get(reverse("backup_list")).content.decode()
    assert "No space left on device" in page
    assert boss.post(reverse("backup_decide"), {"time": "04:15", "keep": "30"}).status_code == 302
    assert boss.post(reverse("backup_decide"), {"time": "04:15", "keep": "1"}).status_code == 422
    assert "04:15" in boss.get(reverse("backup_list")).content.decode()
    assert clinic.policies.newest("backup.keep").first().value == 30


@pytest.mark.parametrize("path", ["", "mail/", "backups/", "backups/decide/"])
def test_the_set_up_is_the_owner_s(as_user, nurse, path):
    assert as_user(nurse).get(f"{PAGE}{path}").status_code == 403


def test_everybody_reads_how_a_tablet_comes_to_trust_the_clinic(as_user, nurse, settings):
    settings.PUBLIC_URL = "https://127.0.0.1:9"
    assert "Certificate Trust Settings" in as_user(nurse).get(f"{PAGE}certificate/").content.decode()
    assert "could not look" in as_user(nurse).get(f"{PAGE}certificate/?look=1").content.decode()


def test_a_certificate_is_read_for_its_names_and_its_last_day():
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOON)
        .not_valid_after(NOON + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("*.clinic.lan")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    seen = certificates.read("tablets.clinic.lan", made.public_bytes(serialization.Encoding.DER))
    assert seen.fits
    assert not certificates.read("clinic.lan", made.public_bytes(serialization.Encoding.DER)).fits
    assert seen.days_left(NOON) == 30
