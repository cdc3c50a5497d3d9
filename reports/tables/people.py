"""The list of patients, as the owner may take it out of the house with the agreement of a second person."""

import json

from django.utils.translation import gettext_lazy

from accounts.access import Permission
from patients.models import Sex
from reports.tables.listed import Listed
from reports.tables.sheets import Asked, Column, Report, Sheet

ROWS = """
SELECT p.number, p.family_name, p.given_name, p.born_on, %(sexes)s::jsonb ->> p.sex AS sex, p.language,
    coalesce(p.phone, '') AS phone, coalesce(p.email, '') AS email, p.address_line_1, p.address_line_2, p.postal_code,
    p.city, p.country, (p.registered_at AT TIME ZONE %(zone)s)::date AS registered_on, p.id
FROM patients_patient p
WHERE p.clinic_id = %(clinic)s AND p.merged_into_id IS NULL AND NOT p.entered_in_error AND p.erased_at IS NULL
    AND NOT p.is_restricted
"""
COLUMNS = (
    Column("number", gettext_lazy("File"), "code"),
    Column("family_name", gettext_lazy("Family name")),
    Column("given_name", gettext_lazy("Given name")),
    Column("born_on", gettext_lazy("Born"), "day"),
    Column("sex", gettext_lazy("Sex")),
    Column("language", gettext_lazy("Language"), "code"),
    Column("phone", gettext_lazy("Telephone"), "code"),
    Column("email", gettext_lazy("E-mail")),
    Column("address_line_1", gettext_lazy("Address")),
    Column("address_line_2", gettext_lazy("Address, second line")),
    Column("postal_code", gettext_lazy("Postal code"), "code"),
    Column("city", gettext_lazy("Town")),
    Column("country", gettext_lazy("Country"), "code"),
    Column("registered_on", gettext_lazy("Registered"), "day"),
)


def sheet(question: Asked) -> Sheet:
    """List the files that are in use; those whose use is restricted stay in the house."""
    sexes = json.dumps({value: str(label) for value, label in Sex.choices})
    return Sheet(Listed(COLUMNS, ROWS, {**question.parameters, "sexes": sexes}, order="number, id"))


PATIENTS = Report(
    name="patients",
    title=gettext_lazy("List of patients"),
    lead=gettext_lazy(
        "Names, addresses and numbers of all patients as one file: the owner asks, a second person agrees, and both "
        "are written down."
    ),
    columns=COLUMNS,
    filters=(),
    sheet=sheet,
    permission=Permission.EXPORT_PATIENTS,
    icon="users",
    is_shown=False,
)
