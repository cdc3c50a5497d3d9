"""The demo clinic's walls: places, hours, kinds of visit, stock, papers and rules."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from accounts.actions import members
from accounts.models import Clinic, User
from clinic.demo.people import PEOPLE, hire
from documents.actions import templates
from formulations.actions import catalogue, lots, products
from scheduling.models import AppointmentKind, KindRoom, Room, WorkingHours
from treatments.actions import protocols

SLUG, ZONE = "demo", "Europe/Madrid"
OPENED = time(8, 0), time(20, 0)

# name, ingredient, concentration, unit, form, mL of a pack, allergens of the label, lot number, packs
STOCK = (
    ("Vitamin C 100 mg/mL", "vitamin-c", "100", "mg/mL", "ampoule", "5", (), "VC-2411-07", 20),
    ("Glutathione 150 mg/mL", "glutathione", "150", "mg/mL", "vial", "4", ("sulfites",), "GS-2502-03", 20),
    ("Sodium chloride 0.9 %", "sodium-chloride", "9", "mg/mL", "ampoule", "10", (), "NS-2410-61", 120),
    ("Tranexamic acid 100 mg/mL", "tranexamic-acid", "100", "mg/mL", "ampoule", "5", (), "TX-2503-09", 10),
    ("Lidocaine 1 %", "lidocaine", "10", "mg/mL", "ampoule", "10", ("amide anaesthetics",), "LD-2412-40", 30),
    ("Pentoxifylline 20 mg/mL", "pentoxifylline", "20", "mg/mL", "ampoule", "5", (), "PX-2411-33", 60),
    ("Organic silicon 1 %", "organic-silicon", "10", "mg/mL", "ampoule", "5", ("salicylates",), "OS-2501-19", 30),
    ("Deoxycholic acid 10 mg/mL", "deoxycholic-acid", "10", "mg/mL", "vial", "2", (), "KY-2409-12", 20),
    ("Procaine 2 %", "procaine", "20", "mg/mL", "ampoule", "2", ("ester anaesthetics",), "PR-2502-09", 10),
    ("Biotin 5 mg/mL", "biotin", "5", "mg/mL", "ampoule", "2", (), "BT-2409-15", 10),
    ("Dexpanthenol 250 mg/mL", "dexpanthenol", "250", "mg/mL", "ampoule", "2", (), "DX-2412-02", 10),
)


def build(*, today: date, opened_at: datetime) -> tuple[Clinic, dict[str, Any]]:
    """Open the clinic as it was on its first day, with everything that a day's work needs."""
    system = User.objects.system()
    clinic = members.found(
        name="Meso Demo Clinic",
        slug=SLUG,
        time_zone=ZONE,
        language="en",
        currency="EUR",
        jurisdiction="DEMO",
        is_demo=True,
        phone="+34 910 555 010",
        emergency_phone="+34 910 555 019",
        email="hello@demo.example",
        by=system,
        at=opened_at,
    )
    place = clinic.locations.get()
    place.address = "Calle de la Demostración 12, 28001 Madrid"
    place.save(update_fields=["address"])
    staff = {
        person.email.split("@")[0]: hire(clinic, person, today=today, by=system, at=opened_at) for person in PEOPLE
    }
    _rules(clinic, staff["practitioner"].user, at=opened_at)
    _calendar(clinic, since=opened_at.date() - timedelta(days=30))
    return clinic, {"staff": staff, "lots": _stock(clinic, staff["nurse"].user, today=today, at=opened_at)}


def _rules(clinic: Clinic, director: User, *, at: datetime) -> None:
    """The catalogue, signed by the medical director row by row, and the words of the papers."""
    catalogue.load(clinic, by=director, at=at)
    protocols.load(clinic, by=director, at=at)
    catalogue.sign_all(clinic, by=director, at=at)
    protocols.sign_all(clinic, by=director, at=at)
    templates.load_defaults(clinic, by=User.objects.system(), at=at)


def _calendar(clinic: Clinic, *, since: date) -> None:
    """Two rooms, open Monday to Saturday; everybody who treats works these hours."""
    place = clinic.locations.get()
    rooms = [
        Room.objects.create(clinic=clinic, location=place, name=f"Room {number}", position=number) for number in (1, 2)
    ]
    kinds = (
        ("session", "Treatment session", 60, True, False),
        ("consultation", "Consultation", 45, False, True),
        ("control", "Control visit", 30, False, False),
    )
    for position, (slug, name, minutes, course, consultation) in enumerate(kinds):
        kind = AppointmentKind.objects.create(
            clinic=clinic,
            slug=slug,
            name=name,
            minutes=minutes,
            needs_course=course,
            is_consultation=consultation,
            position=position,
        )
        KindRoom.objects.bulk_create(KindRoom(clinic=clinic, kind=kind, room=room) for room in rooms)
    whose: list[Any] = [None, *clinic.practitioners.all()]
    WorkingHours.objects.bulk_create(
        WorkingHours(
            clinic=clinic,
            location=place,
            practitioner=practitioner,
            weekday=weekday,
            starts=OPENED[0],
            ends=OPENED[1],
            valid_from=since,
        )
        for practitioner in whose
        for weekday in range(1, 7)
    )


def _stock(clinic: Clinic, nurse: User, *, today: date, at: datetime) -> dict[str, Any]:
    """The lots of the demonstration, none of which expires within a year."""
    place = clinic.locations.get()
    received = {}
    for name, ingredient, strength, unit, form, volume, allergens, number, packs in STOCK:
        product = products.add(
            clinic,
            name=name,
            ingredients=[{"ingredient": ingredient, "concentration": Decimal(strength), "unit": unit}],
            form=form,
            volume_ml=Decimal(volume),
            allergens=allergens,
            by=nurse,
            at=at,
        )
        received[number] = lots.receive(
            product,
            number=number,
            expires_on=today + timedelta(days=400),
            packs=packs,
            location=place,
            by=nurse,
            at=at,
        )
    return received
