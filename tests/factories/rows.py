"""Bare rows for tests of what the database itself guarantees: no action, no rule, only tables."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from django.db import IntegrityError, ProgrammingError, transaction

from accounts.models import Clinic, Practitioner, User
from documents.models import Document, Template, TemplateVersion
from formulations.models import (
    Ingredient,
    Lot,
    Pack,
    Preparation,
    PreparationComponent,
    Product,
    ProductIngredient,
    StockMovement,
)
from patients.models import Patient
from scheduling.models import Appointment, AppointmentKind, Course, CourseVisit, Room
from tests.cast import NOON
from treatments.models import (
    ComponentUse,
    ImmediateReaction,
    PlannedSession,
    Protocol,
    Screening,
    SessionPreparation,
    TreatmentPlan,
    TreatmentSession,
    Zone,
    ZoneApplication,
)

_SERIAL = count(1)
REFUSED = (IntegrityError, ProgrammingError)


def refusal(caught: Any) -> str:
    """The name of the constraint or guard that refused."""
    return caught.value.__cause__.diag.constraint_name


def system() -> User:
    return User.objects.system()


def patient(clinic: Clinic, **values: Any) -> Patient:
    named = {
        "given_name": "Ada",
        "family_name": "Row",
        "born_on": date(1980, 1, 1),
        "number": f"P-T{next(_SERIAL):05}",
    }
    return Patient.objects.create(
        clinic=clinic,
        registered_by=system(),
        registered_at=NOON,
        **{**named, **values},
    )


def room(clinic: Clinic, **values: Any) -> Room:
    return Room.objects.create(clinic=clinic, location=clinic.locations.get(), name=f"Room {next(_SERIAL)}", **values)


def kind(clinic: Clinic, **values: Any) -> AppointmentKind:
    slug = f"kind-{next(_SERIAL)}"
    return AppointmentKind.objects.create(clinic=clinic, slug=slug, name=slug, minutes=60, **values)


def appointment(clinic: Clinic, practitioner: Practitioner, start: datetime, **values: Any) -> Appointment:
    """A booked hour that takes its practitioner and its patient, and its room where it has one."""
    end = start + timedelta(hours=1)
    busy = ((start, end),)
    made = {
        "patient": values.pop("patient", None) or patient(clinic),
        "kind": values.pop("kind", None) or kind(clinic),
        "practitioner_busy": busy,
        "patient_busy": busy,
        "room_busy": busy if values.get("room") else (),
    }
    return Appointment.objects.create(
        clinic=clinic,
        practitioner=practitioner,
        location=clinic.locations.get(),
        starts_at=start,
        ends_at=end,
        booked_at=NOON,
        booked_by=system(),
        changed_at=NOON,
        **{**made, **values},
    )


def ingredient(clinic: Clinic, slug: str = "vitamin-c", **values: Any) -> Ingredient:
    return Ingredient.objects.create(
        clinic=clinic,
        slug=slug,
        name=slug,
        substance_class="vitamin",
        status="active",
        review="approved",
        loaded_at=NOON,
        **values,
    )


def product(clinic: Clinic, **values: Any) -> Product:
    made = Product.objects.create(
        clinic=clinic,
        name=f"Product {next(_SERIAL)}",
        form="ampoule",
        product_type="medicine",
        added_at=NOON,
        added_by=system(),
        **{"volume_ml": Decimal(5), **values},
    )
    substance = clinic.ingredients.first() or ingredient(clinic)
    ProductIngredient.objects.create(
        clinic=clinic, product=made, ingredient=substance, concentration=Decimal(100), unit="mg/mL"
    )
    return made


def lot(clinic: Clinic, quantity: str = "10", **values: Any) -> Lot:
    """A lot that has just been received."""
    made = Lot.objects.create(
        clinic=clinic,
        product=values.pop("product", None) or product(clinic),
        location=clinic.locations.get(),
        number=f"L-{next(_SERIAL)}",
        received_at=NOON,
        received_by=system(),
        **{"expires_on": date(2030, 1, 1), **values},
    )
    movement(made, "receipt", quantity)
    made.refresh_from_db()
    return made


def movement(lot: Lot, kind: str, quantity: str, **values: Any) -> StockMovement:
    return StockMovement.objects.create(
        clinic=lot.clinic, lot=lot, kind=kind, quantity=Decimal(quantity), at=NOON, by=system(), **values
    )


def pack(lot: Lot, patient: Patient | None, **values: Any) -> Pack:
    return Pack.objects.create(
        clinic=lot.clinic,
        lot=lot,
        patient=patient,
        opened_at=NOON - timedelta(minutes=5),
        opened_by=system(),
        **{
            "dose": "single" if patient else "multi",
            "volume": Decimal(5),
            "discard_at": NOON + timedelta(hours=4),
            **values,
        },
    )


def preparation(pack: Pack, patient: Patient, practitioner: Practitioner, volume: str = "2") -> Preparation:
    """A mix of one component, drawn from one pack."""
    with transaction.atomic():
        made = Preparation.objects.create(
            clinic=pack.clinic,
            patient=patient,
            practitioner=practitioner,
            location=pack.clinic.locations.get(),
            total_ml=Decimal(volume),
            prepared_at=NOON,
            prepared_by=system(),
            beyond_use_at=NOON + timedelta(hours=4),
        )
        drawn = movement(pack.lot, "draw", f"-{volume}", pack=pack)
        PreparationComponent.objects.create(
            clinic=pack.clinic, preparation=made, ordinal=1, pack=pack, movement=drawn, volume_ml=Decimal(volume)
        )
    return made


def zone(clinic: Clinic, slug: str = "forehead") -> Zone:
    known = Zone.objects.filter(clinic=clinic, slug=slug).first()
    return known or Zone.objects.create(
        clinic=clinic, slug=slug, name=slug, region="face", sides=["midline"], review="approved", loaded_at=NOON
    )


def protocol(clinic: Clinic) -> Protocol:
    return Protocol.objects.create(
        clinic=clinic,
        slug=f"protocol-{next(_SERIAL)}",
        indication="melasma",
        name="Melasma",
        status="active",
        domain="aesthetic",
        min_sessions=3,
        default_sessions=6,
        max_sessions=10,
        phases="4x7-10d;2x14-17d",
        evidence_grade="D",
        evidence_note="No controlled trial.",
        review="approved",
        loaded_at=NOON,
    )


def plan(patient: Patient, practitioner: Practitioner) -> TreatmentPlan:
    """A plan with one planned session."""
    clinic = patient.clinic
    location = clinic.locations.get()
    course = Course.objects.create(
        clinic=clinic, patient=patient, location=location, label="Melasma", start_on=NOON.date()
    )
    visit = CourseVisit.objects.create(
        clinic=clinic, course=course, ordinal=1, kind=kind(clinic), min_days=7, max_days=10
    )
    made = TreatmentPlan.objects.create(
        clinic=clinic,
        number=f"C-{next(_SERIAL)}",
        patient=patient,
        protocol=protocol(clinic),
        course=course,
        practitioner=practitioner,
        location=location,
        start_on=NOON.date(),
        currency="EUR",
        language="en",
        created_at=NOON,
        created_by=system(),
    )
    PlannedSession.objects.create(clinic=clinic, plan=made, ordinal=1, phase=1, visit=visit)
    return made


def session(patient: Patient, practitioner: Practitioner) -> TreatmentSession:
    """An open session with a screening, a mix, one zone, its use and a reaction."""
    clinic = patient.clinic
    made_plan = plan(patient, practitioner)
    made = TreatmentSession.objects.create(
        clinic=clinic,
        plan=made_plan,
        planned_session=made_plan.planned_sessions.get(),
        patient=patient,
        practitioner=practitioner,
        location=made_plan.location,
        started_at=NOON,
        started_by=system(),
    )
    Screening.objects.create(
        clinic=clinic, session=made, answers={"pregnancy": "no"}, answered_at=NOON, answered_by=system()
    )
    mix = preparation(pack(lot(clinic), patient), patient, practitioner)
    SessionPreparation.objects.create(clinic=clinic, session=made, preparation=mix)
    application = ZoneApplication.objects.create(
        clinic=clinic,
        session=made,
        ordinal=1,
        zone=zone(clinic),
        side="midline",
        technique="papule",
        depth_mm=Decimal("1.5"),
        points=20,
        ml_per_point=Decimal("0.05"),
        volume_ml=Decimal(1),
        preparation=mix,
        recorded_at=NOON,
        recorded_by=system(),
    )
    component = mix.components.get()
    ComponentUse.objects.create(
        clinic=clinic,
        zone_application=application,
        component=component,
        movement=component.movement,
        ingredient=clinic.ingredients.first(),
        volume_ml=Decimal(1),
        dose=Decimal(100),
        unit="mg",
    )
    ImmediateReaction.objects.create(
        clinic=clinic, session=made, none_observed=True, recorded_at=NOON, recorded_by=system()
    )
    return made


def signed_session(patient: Patient, practitioner: Practitioner) -> TreatmentSession:
    """A session that was signed."""
    made = session(patient, practitioner)
    later = NOON + timedelta(minutes=30)
    made.state, made.ended_at, made.ended_by = "signed", later, system()
    made.signed_at, made.signed_by = later, system()
    made.save()
    return made


def document(clinic: Clinic, patient: Patient | None = None) -> Document:
    """A paper that was issued and has no file yet."""
    template = Template.objects.create(clinic=clinic, kind="letter", slug=f"letter-{next(_SERIAL)}", name="Letter")
    version = TemplateVersion.objects.create(
        clinic=clinic,
        template=template,
        number="1",
        language="en",
        body={"paragraphs": ["Hello"]},
        sha256="b" * 64,
        state="published",
        created_at=NOON,
        created_by=system(),
        published_at=NOON,
        published_by=system(),
    )
    return Document.objects.create(
        clinic=clinic,
        number=f"D-2025-{next(_SERIAL):06}",
        kind="letter",
        patient=patient,
        template_version=version,
        language="en",
        title="Letter",
        payload={"name": "Ada"},
        sha256="a" * 64,
        issued_at=NOON,
        issued_by=system(),
        render_after=NOON,
    )
