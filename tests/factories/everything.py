"""A small clinic with one of each thing, for tests that ask every door for something that is there."""

from datetime import timedelta
from decimal import Decimal

from accounts.actions import members
from accounts.models import Clinic, User
from billing.actions import closings, refunds
from patients.actions import merges, received_files, tasks
from scheduling.actions import daily_lists
from tests.cast import NOON
from tests.factories import patients as people_here
from tests.factories import safety, scheduling, uploads
from tests.factories.billing import decide_terms, pay
from tests.factories.imports import checked, csv_of, people
from tests.factories.treatments import minutes
from treatments.models import TreatmentSession

# The noun in an address or a field, and where the clinic keeps such things.
KEPT = {
    "appointments": "appointments",
    "competences": "practitioner_competences",
    "consents": "consents",
    "daily-entries": "daily_entries",
    "daily-lists": "daily_lists",
    "day-closes": "day_closes",
    "delegations": "delegations",
    "documents": "documents",
    "formulations": "formulations",
    "imports": "imports",
    "locations": "locations",
    "lots": "lots",
    "merges": "patients_merges",
    "orders": "orders",
    "packs": "packs",
    "patients": "patients",
    "payments": "payments",
    "plans": "plans",
    "practitioners": "practitioners",
    "preparations": "preparations",
    "products": "products",
    "receipts": "receipts",
    "received-files": "received_files",
    "refunds": "approvals",
    "rooms": "rooms",
    "sessions": "treatment_sessions",
    "side-effects": "side_effects",
    "tasks": "tasks",
}


def one_of_each(session: TreatmentSession, *, owner: User, practitioner: User) -> Clinic:
    """Add to a session that was given what else a clinic keeps."""
    clinic, patient, later = session.clinic, session.patient, minutes(50)
    safety.report(session, by=practitioner)
    sort = scheduling.kind(clinic)
    scheduling.booked(clinic, patient, session.practitioner, sort, minutes(60 * 24 * 7), by=practitioner)
    twin = people_here.register(clinic, given_name="Amara", family_name="Okonkwo-Twin", by=owner)
    merges.merge(patient, duplicate=twin, reason="One person", by=owner, at=later)
    tasks.add(clinic, text="Call back", patient=patient, by=owner, at=later)
    checked(clinic, csv_of(*people(2)), by=owner)
    members.grant_competence(session.practitioner, slug="melasma", by=owner, at=later)
    _keep_the_round(clinic, by=owner)
    _take_money(session, by=owner)
    received_files.add(patient, title="Letter", content=uploads.pdf(), by=owner, at=later)
    return clinic


def _keep_the_round(clinic: Clinic, *, by: User) -> None:
    place = clinic.locations.get()
    line = daily_lists.add(
        clinic, location=place, kind="fridge", name="Fridge", coldest_c=2, warmest_c=8, by=by, at=NOON
    )
    daily_lists.record(line, temperature_c=Decimal(5), by=by, at=NOON)


def _take_money(session: TreatmentSession, *, by: User) -> None:
    decide_terms(session.clinic, by=by)
    payment = pay(session.patient, by=by, at=minutes(40))
    refunds.ask(payment, amount=payment.amount, method="card", reason="Paid twice", by=by, at=minutes(41))
    closings.close(session.clinic, day=NOON.date() - timedelta(days=1), counted=Decimal(0), by=by, at=minutes(42))
