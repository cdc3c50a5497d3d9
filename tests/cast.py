"""The cast: the people of two clinics, as tests know them."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client

from accounts.actions import members
from accounts.models import Clinic, Membership, Practitioner, Role, User

NOON = datetime(2025, 2, 3, 11, 0, tzinfo=UTC)  # 12:00 in Madrid
PASSWORD = "a-long-enough-password"


def hire(clinic: Clinic, name: str, *roles: str, director: bool = False, licence: str = "") -> Membership:
    """Let somebody work in a clinic, with a licence if one is given."""
    system = User.objects.system()
    membership = members.add(
        clinic,
        email=f"{name.lower().replace(' ', '.')}@{clinic.slug}.example",
        display_name=name,
        password=None,
        roles=list(roles),
        is_medical_director=director,
        by=system,
        at=NOON,
    )
    if licence:
        members.license_practitioner(
            membership,
            profession="Physician",
            title="Dr",
            licence_number=licence,
            licence_issuer="Test Board",
            licence_expires_on=date(2030, 1, 1),
            by=system,
            at=NOON,
        )
    return membership


@pytest.fixture
def clinic(db: Any) -> Clinic:
    return members.found(name="Test Clinic", time_zone="Europe/Madrid", slug="test", by=User.objects.system(), at=NOON)


@pytest.fixture
def location(clinic: Clinic) -> Any:
    return clinic.locations.get()


@pytest.fixture
def owner(clinic: Clinic) -> User:
    return hire(clinic, "Olga Owner", Role.OWNER).user


@pytest.fixture
def doctor(clinic: Clinic) -> Practitioner:
    return hire(clinic, "Paula Practitioner", Role.PRACTITIONER, director=True, licence="T-1").practitioner


@pytest.fixture
def practitioner(doctor: Practitioner) -> User:
    return doctor.membership.user


@pytest.fixture
def second_doctor(clinic: Clinic) -> Practitioner:
    return hire(clinic, "Carl Colleague", Role.PRACTITIONER, licence="T-2").practitioner


@pytest.fixture
def colleague(second_doctor: Practitioner) -> User:
    return second_doctor.membership.user


@pytest.fixture
def nurse(clinic: Clinic) -> User:
    return hire(clinic, "Nora Nurse", Role.NURSE).user


@pytest.fixture
def front_desk(clinic: Clinic) -> User:
    return hire(clinic, "Fred Frontdesk", Role.FRONT_DESK).user


@pytest.fixture
def auditor(clinic: Clinic) -> User:
    return hire(clinic, "Aude Auditor", Role.AUDITOR).user


@pytest.fixture
def other_clinic(db: Any) -> Clinic:
    return members.found(
        name="Other Clinic", time_zone="Europe/Lisbon", slug="other", by=User.objects.system(), at=NOON
    )


@pytest.fixture
def stranger(other_clinic: Clinic) -> User:
    return hire(other_clinic, "Stan Stranger", Role.OWNER, Role.PRACTITIONER, licence="O-1").user


@pytest.fixture
def patient(clinic: Clinic, doctor: Practitioner) -> Any:
    """Amara, whom Dr Paula looks after."""
    from patients.actions import care_teams, patients

    by = doctor.membership.user
    amara = patients.register(
        clinic, given_name="Amara", family_name="Okonkwo", born_on=date(1986, 6, 11), sex="female", by=by, at=NOON
    )
    care_teams.join(amara, doctor, by=by, at=NOON)
    return amara


@pytest.fixture
def other_patient(clinic: Clinic) -> Any:
    """Bruno, of the same clinic, whom nobody in particular looks after."""
    from patients.actions import patients

    return patients.register(
        clinic,
        given_name="Bruno",
        family_name="Díaz",
        born_on=date(1971, 3, 2),
        sex="male",
        by=User.objects.system(),
        at=NOON,
    )


class Browser(Client):
    """A test client that can confirm who it is, as a person does before a signature."""

    def confirm(self) -> None:
        """Leave the mark of a fresh confirmation in the session."""
        session = self.session
        stamp = datetime.now(tz=UTC).timestamp()
        session["account_authentication_methods_user"] = session["_auth_user_id"]
        session["account_authentication_methods"] = [{"method": "password", "at": stamp, "reauthenticated": True}]
        session.save()


@pytest.fixture
def as_user() -> Any:
    """Log somebody in: as_user(nurse).get(...)."""

    def log_in(user: User, *, confirmed: bool = False) -> Browser:
        browser = Browser()
        browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        if confirmed:
            browser.confirm()
        return browser

    return log_in


@pytest.fixture
def api(db: Any) -> Any:
    """Knock at the machine's door: api(practitioner).post("/api/v1/...", {...})."""
    from rest_framework.test import APIClient

    class Door(APIClient):
        """A program with the key of one member, which can show their confirmation."""

        default_format = "json"

        def enter(self, user: User) -> None:
            self.user, self.membership = user, user.memberships.select_related("clinic").get()
            token = members.issue_token(self.membership, name="test", by=user, at=datetime.now(tz=UTC))
            self.key = {"HTTP_AUTHORIZATION": f"Token {token.secret}"}
            self.credentials(**self.key)

        def confirm(self) -> None:
            """Carry the proof of a fresh confirmation from now on."""
            proof = members.step_up(self.membership, by=self.user, at=datetime.now(tz=UTC))
            self.credentials(**self.key, HTTP_X_STEP_UP=proof.secret)

    def knock(user: User, *, confirmed: bool = False) -> Door:
        door = Door()
        door.enter(user)
        if confirmed:
            door.confirm()
        return door

    return knock


@pytest.fixture
def superuser(cluster: Any) -> Any:
    """Open the database as somebody who may do anything: with superuser() as cursor."""
    from clinic.testing import TEST_DATABASE

    return lambda: cluster.cursor(TEST_DATABASE)
