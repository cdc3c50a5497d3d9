"""Who works in the demo clinic, and what the demo prints of them."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings

from accounts.actions import members
from accounts.models import Clinic, Membership, Role, User

PASSWORD = "lumen-demo-2026"  # noqa: S105 printed on purpose: these people do not exist
ISSUER = "Demo Medical Board"


@dataclass(frozen=True)
class Person:
    """One account of the demo."""

    name: str
    email: str
    roles: tuple[str, ...]
    title: str = ""
    profession: str = ""
    licence: str = ""
    director: bool = False
    prescribes: bool = True


PEOPLE = (
    Person("Marta Vidal", "owner@demo.example", (Role.OWNER,)),
    Person(
        "Elena Marchetti", "practitioner@demo.example", (Role.PRACTITIONER,), "Dr", "Dermatologist", "DEMO-1001", True
    ),
    Person("Samuel Adeyemi", "colleague@demo.example", (Role.PRACTITIONER,), "Dr", "Physician", "DEMO-1002"),
    Person("Ingrid Solheim", "nurse@demo.example", (Role.NURSE,), "", "Registered nurse", "DEMO-2001", False, False),
    Person("Lucia Ferrer", "frontdesk@demo.example", (Role.FRONT_DESK,)),
    Person("Piotr Nowak", "auditor@demo.example", (Role.AUDITOR,)),
)


def token_of(person: Person) -> str:
    """Give the API token of a demo account: always the same on one machine, different on each."""
    key = settings.SECRET_KEY.encode()
    return hmac.new(key, f"demo-token:{person.email}".encode(), hashlib.sha256).hexdigest()


def hire(clinic: Clinic, person: Person, *, today: date, by: User, at: datetime) -> Membership:
    """Let one of them work here, licensed for at least a year from today."""
    membership = members.add(
        clinic,
        email=person.email,
        display_name=person.name,
        password=PASSWORD,
        roles=list(person.roles),
        is_medical_director=person.director,
        by=by,
        at=at,
    )
    if person.licence:
        members.license_practitioner(
            membership,
            title=person.title,
            profession=person.profession,
            licence_number=person.licence,
            licence_issuer=ISSUER,
            licence_expires_on=today + timedelta(days=500),
            may_prescribe=person.prescribes,
            by=by,
            at=at,
        )
    members.issue_token(membership, name="Demo", secret=token_of(person), by=by, at=at)
    return membership


def accounts(clinic: Clinic) -> list[dict[str, Any]]:
    """List the accounts as the demo prints them."""
    known = {each.user.email: each for each in clinic.memberships.select_related("user", "practitioner")}
    listed = []
    for person in PEOPLE:
        line: dict[str, Any] = {
            "role": str(person.roles[0]),
            "name": person.name,
            "email": person.email,
            "password": PASSWORD,
            "api_token": token_of(person),
        }
        practitioner = getattr(known[person.email], "practitioner", None)
        if practitioner:
            line["practitioner"] = practitioner.pk
        listed.append(line)
    return listed
