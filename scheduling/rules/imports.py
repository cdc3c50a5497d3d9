"""What the columns of a list of visits mean, and how its people, kinds and times are found here."""

from collections.abc import Iterable, Mapping
from datetime import datetime, time
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _t

from accounts.models import Clinic
from common.dates import local_day, resolve_local
from common.refused import Refused
from patients.imports.fields import Field, Reading, born, day, folded, hour, words
from patients.models import ImportBatch, Patient


def _named(text: str, reading: Reading, noun: str, sentence: str) -> int:
    """Find something of the clinic by its name; a name that two of them bear is refused."""
    found = reading.more[noun].get(folded(text))
    if not found:
        known = ", ".join(sorted(reading.more[f"{noun}_names"]))
        raise ValueError(sentence % {"text": text[:60], "known": known[:300]})
    return int(found)


def practitioner(text: str, reading: Reading) -> int:
    """Find who sees the patient, by name or e-mail address."""
    return _named(text, reading, "practitioners", _("nobody who treats here is called “%(text)s” (%(known)s)."))


def kind(text: str, reading: Reading) -> int:
    """Find the kind of visit by its name."""
    return _named(text, reading, "kinds", _("there is no kind of visit “%(text)s” (%(known)s)."))


def location(text: str, reading: Reading) -> int:
    """Find the place by its name."""
    return _named(text, reading, "locations", _("there is no place “%(text)s” (%(known)s)."))


def moment(text: str, reading: Reading) -> list[str]:
    """Read a day that may carry its hour."""
    text = text.strip().replace("T", " ")
    parts = text.split(" ", 1)
    if len(parts) == 1 or parts[1][:1].isalpha():
        return [day(text, reading).isoformat(), ""]
    return [day(parts[0], reading).isoformat(), hour(parts[1]).isoformat("minutes")]


VISIT_FIELDS = (
    Field(
        "starts_on", _t("Day, or day and time"),
        ("date", "day", "start", "starts at", "start time", "start date", "appointment date", "date and time", "jour",
         "debut", "date du rendez vous", "fecha", "dia", "inicio", "fecha de la cita", "date heure", "fecha y hora"),
        moment, required=True,
    ),
    Field(
        "time", _t("Time"),
        ("time", "hour", "at", "appointment time", "heure", "heure de debut", "hora", "hora de inicio"),
        lambda text, reading: hour(text.split(" ")[-1] if text[:4].isdigit() else text).isoformat("minutes"),
    ),
    Field(
        "practitioner", _t("Practitioner"),
        ("practitioner", "doctor", "provider", "with", "staff", "praticien", "medecin", "docteur", "profesional",
         "medico", "doctora", "practitioner email"),
        practitioner, required=True,
    ),
    Field(
        "kind", _t("Kind of visit"),
        ("kind", "type", "service", "treatment", "appointment type", "visit type", "kind of visit", "motif",
         "type de rendez vous", "prestation", "tipo", "servicio", "tipo de cita", "motivo", "tratamiento"),
        kind, required=True,
    ),
    Field(
        "number", _t("File number"),
        ("file number", "patient number", "chart number", "numero de dossier", "numero de historia", "historia"),
        words(20),
    ),
    Field(
        "old_number", _t("Number in the old system"),
        ("patient id", "id", "external id", "client id", "identifiant", "identifiant patient", "identificador",
         "id paciente"),
        words(20),
    ),
    Field(
        "family_name", _t("Family name"),
        ("family name", "last name", "lastname", "surname", "nom", "nom de famille", "apellidos", "apellido"),
        words(120),
    ),
    Field(
        "given_name", _t("Given name"),
        ("given name", "first name", "firstname", "forename", "prenom", "nombre"), words(120),
    ),
    Field(
        "born_on", _t("Date of birth"),
        ("date of birth", "birth date", "birthdate", "birthday", "dob", "born on", "date de naissance", "naissance",
         "fecha de nacimiento", "nacimiento"),
        born,
    ),
    Field("location", _t("Place"), ("location", "place", "site", "branch", "lieu", "sede", "centro"), location),
    Field("note", _t("Note"), ("note", "notes", "comment", "remarque", "commentaire", "nota", "notas"), words(500)),
)  # fmt: skip


def reading_of(batch: ImportBatch, at: datetime) -> Reading:
    """Give what must be known to read a list of visits: who treats, which kinds and places there are."""
    clinic = batch.clinic
    treating = clinic.practitioners.select_related("membership__user")
    people = [
        (each.pk, (each.membership.user.display_name, str(each), each.membership.user.email or "")) for each in treating
    ]
    kinds = [(each.pk, (each.name, each.slug.replace("-", " "))) for each in clinic.appointment_kinds.active()]
    places = [(each.pk, (each.name,)) for each in clinic.locations.all()]
    return Reading(
        region=batch.phone_region or None,
        language=clinic.language,
        day_first=batch.day_first,
        today=local_day(at, clinic.time_zone),
        more={"at": at, **_known("practitioners", people), **_known("kinds", kinds), **_known("locations", places)},
    )


def _known(noun: str, things: Iterable[tuple[int, tuple[str, ...]]]) -> dict[str, Any]:
    found: dict[str, int] = {}
    shared: set[str] = set()
    names = []
    for pk, called in things:
        names.append(called[0])
        for name in {folded(each) for each in called if each}:
            if found.setdefault(name, pk) != pk:
                shared.add(name)
    return {noun: {name: pk for name, pk in found.items() if name not in shared}, f"{noun}_names": names}


def patient_of(clinic: Clinic, said: Mapping[str, Any]) -> Patient:
    """Find whose visit it is: by the number here, the number in the old system, or name and date of birth."""
    if number := said.get("number"):
        found = clinic.patients.live().filter(number__iexact=number)
    elif number := said.get("old_number"):
        found = clinic.patients.live().filter(former_numbers__contains=[number])
    elif said.get("born_on"):
        found = clinic.patients.live().filter(born_on=said["born_on"])
    else:
        raise ValueError(_("Say whose visit it is: a number, or the name with the date of birth."))
    people = list(found[:50])
    if said.get("born_on") and not said.get("number") and not said.get("old_number"):
        wanted = _words_of(said.get("given_name", ""), said.get("family_name", ""))
        people = [each for each in people if _words_of(each.given_name, each.family_name) == wanted]
    if len(people) != 1:
        raise ValueError(_("No patient like this is here.") if not people else _("Several patients are like this."))
    return people[0]


def _words_of(*names: str) -> list[str]:
    return sorted(folded(" ".join(names)).split())


def start_of(said: Mapping[str, Any], zone: str) -> datetime:
    """Give the moment at which a visit starts: the wall time of its place, refused where it means none or two."""
    on, at = said["starts_on"]
    at = said.get("time") or at
    if not at:
        raise ValueError(_("The time of the visit is missing."))
    try:
        return resolve_local(datetime.combine(datetime.fromisoformat(on).date(), time.fromisoformat(at)), zone)
    except Refused as refused:
        raise ValueError(refused.detail) from refused
