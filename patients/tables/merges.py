"""Two files side by side, before they become one."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from patients.actions.moves import TAKEN, doubles_of
from patients.models import Patient, Sex
from patients.relations import moving

ORDER = (
    "given_name", "family_name", "preferred_name", "born_on", "sex", "gender", "pronouns", "phototype", "language",
    "phone", "email", "address_line_1", "address_line_2", "postal_code", "city", "region", "country",
    "national_number",
)  # fmt: skip
WORDS: dict[str, str | Promise] = {
    "alerts": _("Alerts"),
    "allergies": _("Allergies"),
    "appointments": _("Visits"),
    "care_team": _("Care team"),
    "conditions": _("Illnesses and conditions"),
    "consents": _("Consents"),
    "contact_consents": _("Permissions to be reached"),
    "contacts": _("People around the patient"),
    "courses": _("Courses of visits"),
    "declines": _("Declined requests"),
    "documents": _("Issued papers"),
    "drafts": _("Unsaved pages"),
    "emergency_accesses": _("Emergency accesses"),
    "medicines": _("Medicines"),
    "messages": _("Messages"),
    "opt_outs": _("Refusals of messages"),
    "orders": _("Orders"),
    "outcomes": _("Scores"),
    "packs": _("Opened packs"),
    "plans": _("Plans"),
    "portal_accesses": _("Log-ins to the portal"),
    "portal_links": _("Links to the portal"),
    "preparations": _("Mixes"),
    "received_files": _("Received papers"),
    "side_effects": _("Side effects"),
    "tasks": _("Tasks"),
    "time_wishes": _("Wishes about times"),
    "treatment_sessions": _("Sessions"),
    "waiting_list": _("Places on the waiting list"),
    "weights": _("Weights"),
}


@dataclass(frozen=True)
class Difference:
    """One thing that the two files say differently, or that only one of them says."""

    name: str
    label: str
    ours: str
    theirs: str

    @property
    def is_only_theirs(self) -> bool:
        return not self.ours


@dataclass(frozen=True)
class Count:
    """How many rows of one sort would move, and how many of them stand in the other file already."""

    label: str | Promise
    ours: int
    theirs: int
    doubled: int


def differences(into: Patient, duplicate: Patient) -> list[Difference]:
    """List what would have to be chosen."""
    found = [(name, said(into, name), said(duplicate, name)) for name in ORDER if name in TAKEN]
    return [
        Difference(name, str(Patient._meta.get_field(name).verbose_name).capitalize(), ours, theirs)  # type: ignore[union-attr]
        for name, ours, theirs in found
        if ours != theirs and theirs
    ]


def said(patient: Patient, name: str) -> str:
    """Write one value of a file as people read it."""
    value: Any = getattr(patient, name)
    if name == "sex":
        return "" if value == Sex.UNKNOWN else str(Sex(value).label)
    if name == "language":
        return str(dict(settings.LANGUAGES).get(value, value))
    return date_format(value, "j M Y") if isinstance(value, date) else str(value or "")


def counts(into: Patient, duplicate: Patient) -> list[Count]:
    """Count what each file holds, leaving out what neither has."""
    found = [
        Count(
            WORDS.get(place.name, place.model._meta.verbose_name_plural or place.name),
            place.rows(into).count(),
            place.rows(duplicate).count(),
            sum(count for _single, count in doubles_of(place, duplicate, into)),
        )
        for place in moving()
    ]
    return sorted(
        (each for each in found if each.ours or each.theirs), key=lambda each: (-each.theirs, str(each.label))
    )
