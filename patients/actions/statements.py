"""What is said about a patient's health: it counts at once, and what no clinician said waits for one."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from audit.actions import audited, note_fields
from common.dates import local_day
from common.refused import Refused
from patients import reference, rules, synonyms
from patients.access import source_of
from patients.actions import tasks
from patients.models import (
    CLINICIAN,
    Allergy,
    AllergySeverity,
    Condition,
    Medicine,
    Patient,
    Statement,
    StatementSource,
    StatementState,
    TaskKind,
    WeightMeasurement,
)

Said = TypeVar("Said", bound=Statement)
LEAST_KG, MOST_KG = Decimal(2), Decimal(400)


@audited("allergy.stated")
def state_allergy(
    patient: Patient,
    text: str,
    *,
    severity: str = AllergySeverity.UNKNOWN,
    reaction: str = "",
    note: str = "",
    by: User,
    at: datetime,
) -> Allergy:
    """Write down what a patient reacts to, in the words that were used, with the allergens they stand for."""
    derived = synonyms.allergy(text)
    values = {"severity": severity, "reaction": reaction, "note": note}
    return _state(
        patient, Allergy, text, allergens=list(derived.slugs), checked=derived.checked, by=by, at=at, **values
    )


@audited("condition.stated")
def state_condition(
    patient: Patient, text: str, *, since_on: date | None = None, zone: str = "", note: str = "", by: User, at: datetime
) -> Condition:
    """Write down an illness or state of a patient, with the condition that rules ask about."""
    derived = synonyms.condition(text)
    slug = derived.slugs[0] if derived.slugs else ""
    values = {"since_on": since_on, "zone": zone, "note": note}
    return _state(patient, Condition, text, slug=slug, checked=derived.checked, by=by, at=at, **values)


@audited("medicine.stated")
def state_medicine(
    patient: Patient,
    text: str,
    *,
    classes: Iterable[str] = (),
    prescribed: bool = False,
    dose: str = "",
    since_on: date | None = None,
    last_taken_on: date | None = None,
    note: str = "",
    by: User,
    at: datetime,
) -> Medicine:
    """Write down a medicine that a patient takes, with its classes: those of its name and those that were named."""
    derived = synonyms.medicine(text)
    both = list(dict.fromkeys([*derived.slugs, *classes]))
    values = {"prescribed": prescribed, "dose": dose, "since_on": since_on, "last_taken_on": last_taken_on}
    checked = derived.checked or bool(both and classes)
    return _state(patient, Medicine, text, classes=both, checked=checked, note=note, by=by, at=at, **values)


@audited("weight.recorded")
def record_weight(
    patient: Patient, *, weight_kg: Decimal, measured_on: date | None = None, by: User, at: datetime
) -> WeightMeasurement:
    """Write down what a patient weighed on a day; the same figure of the same day is written once."""
    weight_kg = Decimal(weight_kg)
    today = local_day(at, patient.clinic.time_zone)
    day = measured_on or today
    if not LEAST_KG <= weight_kg <= MOST_KG:
        raise Refused("invalid", _("A weight lies between 2 and 400 kg."))
    if day > today:
        raise Refused("invalid", _("This day lies in the future."))
    patient = Patient.objects.select_for_update().get(pk=patient.pk)
    standing = patient.weights.counting().filter(measured_on=day, kg=weight_kg).first()
    if standing:
        return _said_again(standing, by=by, at=at)
    measured = WeightMeasurement(clinic=patient.clinic, patient=patient, kg=weight_kg, measured_on=day)
    return _put(measured, by=by, at=at)


@audited("statement.confirmed")
def confirm(statement: Said, *, by: User, at: datetime) -> Said:
    """A clinician says that it is so."""
    return _settle(statement, StatementState.CONFIRMED, by=by, at=at, ended_on=None)


@audited("statement.refuted")
def refute(statement: Said, *, reason: str, by: User, at: datetime) -> Said:
    """A clinician says that it is not so; from now on no check heeds it."""
    if not reason.strip():
        raise Refused("reason_needed", _("Say why this is not so."))
    return _settle(statement, StatementState.REFUTED, by=by, at=at, note=reason.strip()[:500])


@audited("statement.ended")
def end(statement: Said, *, ended_on: date | None = None, by: User, at: datetime) -> Said:
    """A clinician says that it was so and is no more: a medicine stopped, a pregnancy over."""
    day = ended_on or local_day(at, statement.clinic.time_zone)
    return _settle(statement, StatementState.ENDED, by=by, at=at, ended_on=day)


@audited("statement.identified")
def identify(statement: Said, *, slugs: Iterable[str], by: User, at: datetime) -> Said:
    """A clinician says what a name stands for, which the lists do not know; none means that no rule asks about it."""
    slugs = list(dict.fromkeys(slugs))
    if type(statement) not in _COLUMN:
        raise Refused("invalid", _("A number needs no other name."))
    rules.statements.identify.check(by, statement, slugs=slugs, known=known_to(type(statement)))
    statement = _locked(statement)
    if isinstance(statement, Condition):
        statement.slug = slugs[0] if slugs else ""
    else:
        setattr(statement, _COLUMN[type(statement)], slugs)
    statement.checked = True
    statement.save(update_fields=[_COLUMN[type(statement)], "checked"])
    note_fields([_COLUMN[type(statement)]])
    return statement


_COLUMN: dict[type[Statement], str] = {Allergy: "allergens", Condition: "slug", Medicine: "classes"}


def known_to(kind: type[Statement]) -> dict[str, str]:
    """Give the slugs that the checks understand for a kind of statement, each with its name."""
    rows: dict[type[Statement], Any] = {
        Allergy: reference.allergens,
        Condition: reference.conditions,
        Medicine: reference.medicine_classes,
    }
    return {row.slug: row.name for row in rows[kind]()} if kind in rows else {}


def _state(patient: Patient, kind: type[Said], text: str, *, by: User, at: datetime, **values: Any) -> Said:
    """Add a statement to a patient's history, unless the same words stand there already."""
    name = " ".join(text.split())[:200]
    if synonyms.says_nothing(name):
        raise Refused("nothing_stated", _("Leave it empty if there is none."))
    patient = Patient.objects.select_for_update().get(pk=patient.pk)
    for standing in kind.objects.counting().filter(patient=patient):
        if synonyms.folded(standing.name) == synonyms.folded(name):
            return _said_again(standing, by=by, at=at)
    return _put(kind(clinic=patient.clinic, patient=patient, name=name, **values), by=by, at=at)


def _put(statement: Said, *, by: User, at: datetime) -> Said:
    """Store a new statement: a clinician's is confirmed as it is made, any other waits for one."""
    clinic = statement.clinic
    statement.source = source_of(clinic, by)
    statement.stated_at, statement.stated_by = at, by
    if statement.source == StatementSource.CLINICIAN:
        statement.state = StatementState.CONFIRMED
        statement.reviewed_at, statement.reviewed_by = at, by
    statement.save()
    if statement.state == StatementState.UNREVIEWED:
        _ask_a_clinician(statement.patient, by=by, at=at)
    return statement


def _said_again(standing: Said, *, by: User, at: datetime) -> Said:
    """Take what stands there already; a clinician who says it again confirms it."""
    clinician = source_of(standing.clinic, by) == StatementSource.CLINICIAN
    if clinician and standing.state == StatementState.UNREVIEWED:
        return confirm(standing, by=by, at=at)
    return standing


def _locked(statement: Said) -> Said:
    Patient.objects.select_for_update().get(pk=statement.patient_id)
    rows: Any = type(statement).objects
    found: Said = rows.select_for_update().get(pk=statement.pk)
    return found


def _settle(statement: Said, to: StatementState, *, by: User, at: datetime, **values: Any) -> Said:
    statement = _locked(statement)
    rules.statements.review.check(by, statement, to=to)
    statement.state, statement.reviewed_by, statement.reviewed_at = to, by, at
    for name, value in values.items():
        setattr(statement, name, value)
    statement.save(update_fields=["state", "reviewed_by", "reviewed_at", *values])
    _close_the_review(statement.patient, by=by, at=at)
    return statement


def _review_key(patient: Patient) -> str:
    return f"statements:{patient.pk}"


def _ask_a_clinician(patient: Patient, *, by: User, at: datetime) -> None:
    if patient.clinic.tasks.open().filter(reason_key=_review_key(patient)).exists():
        return
    tasks.add(
        patient.clinic,
        kind=TaskKind.REVIEW_STATEMENT,
        text=_("Confirm or refute what was stated about the health of this patient."),
        patient=patient,
        due_at=at,
        role=CLINICIAN,
        url=reverse("patients:statement_list", args=[patient.pk]),
        reason_key=_review_key(patient),
        by=by,
        at=at,
    )


def _close_the_review(patient: Patient, *, by: User, at: datetime) -> None:
    histories = (patient.allergies, patient.conditions, patient.medicines, patient.weights)
    if any(history.unreviewed().exists() for history in histories):
        return
    for task in patient.tasks.open().filter(reason_key=_review_key(patient)):
        tasks.done(task, by=by, at=at)
