"""Patients by the hundred thousand, with names that repeat as real ones do."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from accounts.actions import counters
from clinic.volume.copying import bare, copy, line
from clinic.volume.house import House

GIVEN_NAMES = (
    "Amara Nora Inès Léa Zoé Marta Lucía Sofía Jorge Paul Karim Omar Anja Ingrid Björn Søren Agnieszka Tomás Mateo "
    "Chloé Yuki Mei Aisha Fatima Olga Ivan Dmitri Elena Giulia Marco Luca Anna Eva Hanna Lars Nils Pedro João Inês "
    "Rui"
)
GIVEN = GIVEN_NAMES.split()
FAMILY_NAMES = (
    "Okonkwo Benali Castro Verne García Martín Fernández Müller Schäfer Nguyen Kowalska Novák Horváth Ionescu Rossi "
    "Bianchi Silva Santos O'Neil D'Angelo Smith Jones Brown Wilson Dubois Moreau Laurent Petit Haddad Yılmaz Kaya "
    "Petrov Ivanova Johansson Nielsen Hansen Virtanen Papadopoulos Kim Tanaka Singh Patel Khan Mbeki Diallo Traoré"
)
FAMILY = FAMILY_NAMES.split()
PREFIXES = ("", "De", "Van", "Mc", "Al-")
COLUMNS = (
    "clinic_id", "number", "given_name", "family_name", "preferred_name", "former_names", "born_on", "sex", "gender",
    "pronouns", "language", "email", "phone", "address_line_1", "address_line_2", "postal_code", "city", "region",
    "country", "national_number", "search", "registered_by_id", "registered_at", "is_restricted", "entered_in_error",
    "error_reason", "revision",
)  # fmt: skip


def write(cursor: Any, house: House, count: int, today: date, at: datetime) -> int:
    """Register so many people; their numbers go on from the clinic's last one."""
    first = counters.take(house.clinic, "patient")
    with bare(cursor, "patients_patient"):
        return copy(cursor, "patients_patient", COLUMNS, rows(house, first, count, today, at))


def rows(house: House, first: int, count: int, today: date, at: datetime) -> Iterator[str]:
    """Names, birth dates and phones spread evenly over their ranges."""
    for index in range(count):
        number = first + index
        given = GIVEN[number % len(GIVEN)]
        family = PREFIXES[number // 7 % len(PREFIXES)] + FAMILY[number * 13 // len(GIVEN) % len(FAMILY)]
        born = today - timedelta(days=18 * 365 + number * 7919 % (60 * 365))
        yield line(
            house.clinic.pk, f"P-{number:06d}", given, family, "", "{}", born, ("female", "male")[number % 2], "", "",
            "en", "", f"+346{number % 10**8:08d}", "", "", "", "", "", "ES", "", "", house.system, at.isoformat(), "f",
            "f", "", 1,
        )  # fmt: skip
