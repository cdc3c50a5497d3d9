"""One row of everything that can belong to a patient's file, by the name under which the patient knows it."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from django.db import transaction

from accounts.models import Kind, Practitioner, User
from formulations.models import Effect
from messaging.models import OptOut
from patients.models import Patient
from scheduling.models import Course
from tests.cast import NOON
from tests.factories import messages, rows
from treatments.models import OrderComponent, TreatmentPlan

_SERIAL = count(1)
LATER = NOON + timedelta(days=40)


def by() -> User:
    return User.objects.system()


def stated(**values: Any) -> dict[str, Any]:
    return {"source": "clinician", "stated_at": NOON, "stated_by": by(), **values}


def contact_consent(patient: Patient, *, given_at: datetime = NOON, ended_at: Any = None, **values: Any) -> Any:
    """A permission by e-mail for the treatment, perhaps taken back."""
    ended = {"withdrawn_at": ended_at, "withdrawn_by": by()} if ended_at else {}
    named = {"channel": "email", "purpose": "care", **values}
    return patient.contact_consents.create(clinic=patient.clinic, given_at=given_at, given_by=by(), **named, **ended)


def portal_access(patient: Patient, user: User | None = None) -> Any:
    user = user or User.objects.create(kind=Kind.PATIENT, display_name=patient.full_name, language="en")
    return patient.portal_accesses.create(clinic=patient.clinic, user=user, given_at=NOON, given_by=by())


def visit(patient: Patient, doctor: Practitioner, start: datetime | None = None) -> Any:
    start = start or LATER + timedelta(days=next(_SERIAL))
    return rows.appointment(patient.clinic, doctor, start, patient=patient)


@transaction.atomic
def order(patient: Patient, doctor: Practitioner) -> Any:
    plan = TreatmentPlan.objects.filter(patient=patient).first() or rows.plan(patient, doctor)
    made = patient.orders.create(
        clinic=patient.clinic,
        plan=plan,
        practitioner=doctor,
        first_ordinal=1,
        last_ordinal=1,
        max_ml=Decimal(5),
        zones=["forehead"],
        valid_from=NOON.date(),
        valid_until=NOON.date() + timedelta(days=30),
        signed_at=NOON,
        signed_by=by(),
    )
    substance = patient.clinic.ingredients.first() or rows.ingredient(patient.clinic)
    OrderComponent.objects.create(
        clinic=patient.clinic, order=made, ordinal=1, ingredient=substance, volume_ml=Decimal(2)
    )
    return made


def payment(patient: Patient) -> Any:
    """Ten euros in cash, without a receipt."""
    told = {"amount": Decimal(10), "currency": "EUR", "method": "cash", "received_on": NOON.date()}
    return patient.payments.create(clinic=patient.clinic, **told, at=NOON, by=by())


def receipt(patient: Patient) -> Any:
    """The next receipt of the clinic, for a payment of its own."""
    serial = patient.clinic.receipts.count() + 1
    newest = patient.clinic.policies.newest("billing.terms").first()
    terms = newest or patient.clinic.policies.create(
        key="billing.terms", version=1, value={}, effective_on=NOON.date(), owned_by=by()
    )
    return patient.receipts.create(
        clinic=patient.clinic, kind="receipt", year=2025, serial=serial, number=f"R-2025-{serial:06}",
        payment=payment(patient), lines=[{"amount": "10.00"}], tax_rate=0, net=10, tax=0, total=10, currency="EUR",
        terms=terms, document=rows.document(patient.clinic, patient), issued_at=NOON, issued_by=by(),
    )  # fmt: skip


def effect(patient: Patient) -> Effect:
    known = patient.clinic.effects.first()
    return known or Effect.objects.create(
        clinic=patient.clinic,
        slug="redness",
        name="Redness",
        seriousness_default="non-serious",
        onset_hours_min=0,
        onset_hours_max=72,
        expected=True,
        red_flag=False,
        scope="procedure",
        advice_to_patient="It passes.",
        review="approved",
        loaded_at=NOON,
    )


MADE: dict[str, Any] = {
    "alerts": lambda p, d: p.alerts.create(clinic=p.clinic, text="Hard of hearing", raised_at=NOON, raised_by=by()),
    "allergies": lambda p, d: p.allergies.create(clinic=p.clinic, name="Latex", **stated()),
    "conditions": lambda p, d: p.conditions.create(clinic=p.clinic, name="Asthma", **stated()),
    "medicines": lambda p, d: p.medicines.create(clinic=p.clinic, name="Aspirin", **stated()),
    "weights": lambda p, d: p.weights.create(clinic=p.clinic, kg=Decimal(70), measured_on=NOON.date(), **stated()),
    "care_team": lambda p, d: p.care_team.create(
        clinic=p.clinic, membership=d.membership, reason="named", joined_at=NOON, joined_by=by()
    ),
    "emergency_accesses": lambda p, d: p.emergency_accesses.create(
        clinic=p.clinic, opened_by=by(), opened_at=NOON, until=NOON + timedelta(hours=4), reason="Bleeding"
    ),
    "contacts": lambda p, d: p.contacts.create(clinic=p.clinic, name="Nora", added_at=NOON, added_by=by()),
    "contact_consents": lambda p, d: contact_consent(p),
    "drafts": lambda p, d: p.drafts.create(clinic=p.clinic, user=by(), key=f"x:{next(_SERIAL)}", saved_at=NOON),
    "portal_accesses": lambda p, d: portal_access(p),
    "portal_links": lambda p, d: p.portal_links.create(
        clinic=p.clinic, purpose="log_in", token_sha256=f"{next(_SERIAL):064}", created_at=NOON, created_by=by(),
        expires_at=LATER,
    ),
    "portal_codes": lambda p, d: p.portal_codes.create(
        clinic=p.clinic, channel="email", ticket_sha256=f"{next(_SERIAL):064}", created_at=NOON, expires_at=LATER
    ),
    "received_files": lambda p, d: p.received_files.create(
        clinic=p.clinic, title="Letter", file="received/1/none", file_sha256="0" * 64, media_type="application/pdf",
        size_bytes=1, received_at=NOON, received_by=by(),
    ),
    "import_rows": lambda p, d: p.import_rows.create(
        clinic=p.clinic, line=2, state="created", revision=1, batch=p.clinic.imports.create(
            subject="patients", title="list.csv", uploaded_at=NOON, uploaded_by=by()
        ),
    ),
    "tasks": lambda p, d: p.tasks.create(clinic=p.clinic, kind="call", text="Call", created_at=NOON, created_by=by()),
    "appointments": visit,
    "courses": lambda p, d: Course.objects.create(
        clinic=p.clinic, patient=p, location=p.clinic.locations.get(), label="Alone", start_on=NOON.date()
    ),
    "waiting_list": lambda p, d: p.waiting_list.create(
        clinic=p.clinic, kind=rows.kind(p.clinic), added_at=NOON, added_by=by()
    ),
    "call_notes": lambda p, d: p.call_notes.create(clinic=p.clinic, outcome="no_answer", at=NOON, by=by()),
    "time_wishes": lambda p, d: p.time_wishes.create(clinic=p.clinic, weekdays=[1], said_at=NOON, said_by=by()),
    "packs": lambda p, d: rows.pack(rows.lot(p.clinic), p),
    "preparations": lambda p, d: rows.preparation(rows.pack(rows.lot(p.clinic), p), p, d),
    "documents": lambda p, d: rows.document(p.clinic, p),
    "payments": lambda p, d: payment(p),
    "receipts": lambda p, d: receipt(p),
    "messages": lambda p, d: messages.queue(p, recipient=f"m{next(_SERIAL)}@example.org"),
    "opt_outs": lambda p, d: OptOut.objects.create(
        clinic=p.clinic, patient=p, channel="email", recipient=f"o{next(_SERIAL)}@example.org", at=NOON, by=by()
    ),
    "treatment_sessions": rows.signed_session,
    "plans": rows.plan,
    "consents": lambda p, d: (plan := rows.plan(p, d)).consents.create(
        clinic=p.clinic, patient=p, protocol=plan.protocol, practitioner=d, language="en", created_at=NOON,
        created_by=by(),
    ),
    "orders": order,
    "outcomes": lambda p, d: p.outcomes.create(
        clinic=p.clinic, measure="nrs", rated_on=date(2025, 2, 3), items={"value": 3}, score=Decimal(3), complete=True,
        recorded_at=NOON, recorded_by=by(),
    ),
    "declines": lambda p, d: p.declines.create(
        clinic=p.clinic, protocol=rows.protocol(p.clinic), findings=[], at=NOON, by=by()
    ),
    "side_effects": lambda p, d: p.side_effects.create(
        clinic=p.clinic, effect=effect(p), onset_at=NOON, grade=1, expected=True, expected_basis="label",
        reported_at=NOON, reported_by=by(),
    ),
}  # fmt: skip


def fill(patient: Patient, doctor: Practitioner) -> None:
    """Put one row of everything into a file."""
    for make in MADE.values():
        make(patient, doctor)
