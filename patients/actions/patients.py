"""Files of people: opened once, found again, corrected."""

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounts.actions import counters
from accounts.models import Clinic, Membership, User
from audit.actions import audited, note_fields
from common import phones
from common.refused import Refused
from patients import rules
from patients.actions import care_teams, portal, statements, weights
from patients.models import Patient, Sex

NAMES = ("given_name", "family_name", "preferred_name")
TEXTS = ("email", "gender", "pronouns", "address_line_1", "address_line_2", "postal_code", "city", "region",
         "country", "national_number")  # fmt: skip
FIELDS = frozenset({*NAMES, *TEXTS, "former_names", "born_on", "sex", "phototype", "language", "phone"})

Medicine = str | Mapping[str, Any]


@audited("patient.registered")
def register(
    clinic: Clinic,
    *,
    given_name: str = "",
    family_name: str = "",
    born_on: date,
    sex: str = Sex.UNKNOWN,
    language: str = "",
    weight_kg: Decimal | None = None,
    allergies: Iterable[str] = (),
    conditions: Iterable[str] = (),
    medicines: Iterable[Medicine] = (),
    team: Iterable[Membership] = (),
    by: User,
    at: datetime,
    **details: Any,
) -> Patient:
    """Open a file for a person, in one step with what they say about their health and who will treat them."""
    patient = Patient(clinic=clinic, registered_by=by, registered_at=at)
    names = {"given_name": given_name, "family_name": family_name, "born_on": born_on, "sex": sex}
    _write(patient, {**names, "language": language or clinic.language, **details})
    rules.patients.describe.check(by, patient, at=at)
    patient.number = counters.number(clinic, "P", "patient")
    patient.save()
    if weight_kg is not None:
        weights.record(patient, weight_kg=weight_kg, by=by, at=at)
    _state(patient, allergies, conditions, medicines, by=by, at=at)
    treating = clinic.practitioners.of_user(by).first()
    if treating:
        care_teams.join(patient, treating, by=by, at=at)
    for colleague in team:
        if colleague.user_id != by.pk:
            care_teams.name(patient, colleague, by=by, at=at)
    return patient


@audited("patient.edited")
def edit(
    patient: Patient,
    *,
    revision: int | None = None,
    weight_kg: Decimal | None = None,
    allergies: Iterable[str] = (),
    conditions: Iterable[str] = (),
    medicines: Iterable[Medicine] = (),
    by: User,
    at: datetime,
    **fields: Any,
) -> Patient:
    """Correct a file, and add to its history; the names of what changed are kept, the values by the row history."""
    patient = Patient.objects.select_for_update().get(pk=patient.pk)
    rules.patients.edit.check(by, patient, revision=revision)
    changed = _write(patient, fields)
    rules.patients.describe.check(by, patient, at=at)
    if changed:
        patient.revision += 1
        patient.save(update_fields=[*changed, "revision"])
        note_fields(changed)
        portal.call_by_name(patient)
    if weight_kg is not None:
        weights.record(patient, weight_kg=weight_kg, by=by, at=at)
    _state(patient, allergies, conditions, medicines, by=by, at=at)
    return patient


def _write(patient: Patient, fields: Mapping[str, Any]) -> list[str]:
    unknown = sorted(set(fields) - FIELDS)
    if unknown:
        raise TypeError(f"a patient has no field {', '.join(unknown)}")
    changed = []
    for name, value in fields.items():
        value = _clean(patient, name, value)
        if getattr(patient, name) != value:
            setattr(patient, name, value)
            changed.append(name)
    return changed


def _clean(patient: Patient, name: str, value: Any) -> Any:
    if name == "phone":
        return _phone(patient.clinic, value or "")
    if name == "former_names":
        return [tidy(former) for former in value or () if tidy(former)]
    if name in NAMES or name in TEXTS:
        return tidy(value or "")
    return value


def tidy(text: str) -> str:
    """Write a name as it is, without doubled blanks and in one form of its accents."""
    return unicodedata.normalize("NFC", " ".join(text.split()))


def _phone(clinic: Clinic, text: str) -> str:
    try:
        return phones.to_e164(text, phones.region_of(clinic.jurisdiction, clinic.phone))
    except ValueError as error:
        raise Refused(
            "phone_unknown", _("“%(text)s” is not a telephone number. Write it like +34 612 345 678.") % {"text": text}
        ) from error


def _state(
    patient: Patient,
    allergies: Iterable[str],
    conditions: Iterable[str],
    medicines: Iterable[Medicine],
    *,
    by: User,
    at: datetime,
) -> None:
    for text in allergies:
        statements.state_allergy(patient, text, by=by, at=at)
    for text in conditions:
        statements.state_condition(patient, text, by=by, at=at)
    for medicine in medicines:
        said = {"name": medicine} if isinstance(medicine, str) else dict(medicine)
        classes = [slug for slug in (said.pop("class", ""), *said.pop("classes", ())) if slug]
        statements.state_medicine(patient, said.pop("name"), classes=classes, by=by, at=at, **said)
