"""What a column can mean, how it is recognised by its name, and how what stands in it is read."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import phones
from patients import synonyms

OLDEST = date(1890, 1, 1)
YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?")
YEAR_LAST = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})(?:[T ].*)?")
HOUR = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?(?::\d{2})?\s*(am|pm|a\.m\.|p\.m\.)?", re.IGNORECASE)
COUNTRIES = {
    "es": "ES", "espana": "ES", "spain": "ES", "espagne": "ES", "fr": "FR", "france": "FR", "francia": "FR",
    "uk": "GB", "united kingdom": "GB", "royaume uni": "GB", "reino unido": "GB", "portugal": "PT", "italy": "IT",
    "italie": "IT", "italia": "IT", "germany": "DE", "allemagne": "DE", "alemania": "DE", "belgium": "BE",
    "belgique": "BE", "belgica": "BE", "switzerland": "CH", "suisse": "CH", "suiza": "CH", "ireland": "IE",
    "usa": "US", "united states": "US", "etats unis": "US", "estados unidos": "US", "mexico": "MX", "mexique": "MX",
}  # fmt: skip
LANGUAGES = {
    "en": "en", "english": "en", "anglais": "en", "ingles": "en", "fr": "fr", "french": "fr", "francais": "fr",
    "frances": "fr", "es": "es", "spanish": "es", "espagnol": "es", "espanol": "es", "castellano": "es",
}  # fmt: skip
SEXES = {
    "f": "female", "female": "female", "femme": "female", "femenino": "female", "feminin": "female",
    "mujer": "female", "woman": "female", "w": "female", "weiblich": "female", "mme": "female",
    "male": "male", "homme": "male", "masculino": "male", "masculin": "male", "hombre": "male", "man": "male",
    "h": "male", "varon": "male", "v": "male", "intersex": "intersex", "intersexe": "intersex", "x": "unknown",
    "intersexual": "intersex", "unknown": "unknown", "other": "unknown", "u": "unknown",
}  # fmt: skip


@dataclass(frozen=True)
class Reading:
    """What must be known to read the cells of one file: the clinic's country and language, the order of dates."""

    region: str | None
    language: str
    day_first: bool
    today: date
    m_means: str = "unknown"
    more: Mapping[str, Any] = field(default_factory=dict)


Read = Callable[[str, Reading], Any]


@dataclass(frozen=True)
class Field:
    """Something that a column can hold: its name here, its names elsewhere, and how it is read."""

    name: str
    label: Any
    aliases: tuple[str, ...]
    read: Read
    required: bool = False


def folded(text: str) -> str:
    """Write a name without accents, capitals and signs."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    words = re.sub(r"[^a-z0-9@+]+", " ", "".join(each for each in bare if not unicodedata.combining(each)))
    return words.strip()


def guess(header: Sequence[str], fields: Iterable[Field]) -> dict[str, int]:
    """Guess which column holds what: by a whole name first, then by a part of it; no column serves twice."""
    names = [folded(each) for each in header]
    found: dict[str, int] = {}
    fields = list(fields)
    for fits in (_is_named, _is_part):
        for each in fields:
            if each.name not in found:
                place = next((at for at, name in enumerate(names) if at not in found.values() and fits(each, name)), -1)
                found |= {each.name: place} if place >= 0 else {}
    return found


def _is_named(each: Field, name: str) -> bool:
    return name in each.aliases


def _is_part(each: Field, name: str) -> bool:
    return any(len(alias) > 5 and (alias in name) for alias in each.aliases)


def month_stands_first(columns: Iterable[str]) -> bool:
    """Say whether days of a file are written the American way: where the second figure is more than 12."""
    matches = [match for text in columns if (match := YEAR_LAST.fullmatch(text.strip()))]
    return any(int(match[2]) > 12 for match in matches) and not any(int(match[1]) > 12 for match in matches)


def meaning_of_m(said: Iterable[str]) -> str:
    """Say what M stands for in a column: beside H a woman (mujer), beside F a man, alone nothing that is known."""
    every = {folded(each) for each in said}
    if every & {"h", "hombre", "v"}:
        return "female"
    return "male" if every & {"f", "w"} else "unknown"


def clean(cells: Sequence[str], mapping: Mapping[str, int], fields: Iterable[Field], reading: Reading) -> Any:
    """Read one row: the values that were understood, and a sentence for each that was not."""
    values: dict[str, Any] = {}
    problems: list[str] = []
    for each in fields:
        place = mapping.get(each.name)
        text = cells[place] if place is not None and place < len(cells) else ""
        if not text:
            if each.required:
                problems.append(_("%(field)s is missing.") % {"field": each.label})
            continue
        try:
            values[each.name] = each.read(text, reading)
        except ValueError as error:
            problems.append(f"{each.label}: {error}")
    return values, problems


def words(most: int) -> Read:
    """Read a text of a limited length."""

    def read(text: str, reading: Reading) -> str:
        text = unicodedata.normalize("NFC", " ".join(text.split()))
        if len(text) > most:
            raise ValueError(_("at most %(most)s characters.") % {"most": most})
        return text

    return read


def day(text: str, reading: Reading) -> date:
    """Read a calendar day; the order of day and month is that of the file, never guessed row by row."""
    text = text.strip()
    found = None
    try:
        if match := YEAR_FIRST.fullmatch(text):
            found = date(int(match[1]), int(match[2]), int(match[3]))
        elif match := YEAR_LAST.fullmatch(text):
            first, second = int(match[1]), int(match[2])
            on, month = (first, second) if reading.day_first else (second, first)
            found = date(int(match[3]), month, on)
        else:
            found = _spelled(text)
    except ValueError:
        found = None
    if found is None:
        raise ValueError(_("“%(text)s” is not a day.") % {"text": text[:40]})
    return found


def _spelled(text: str) -> date | None:
    for pattern in ("%d %B %Y", "%d %b %Y", "%B %d, %Y"):
        try:
            return datetime.strptime(text, pattern).date()  # noqa: DTZ007
        except ValueError:
            continue
    return None


def hour(text: str) -> time:
    """Read a time of the day: 9:30, 9h30, 09.30, 9:30 pm."""
    match = HOUR.fullmatch(text.strip())
    if match is None:
        raise ValueError(_("“%(text)s” is not a time.") % {"text": text[:40]})
    hours, half = int(match[1]), (match[3] or "").lower()[:1]
    if half and 1 <= hours <= 12:
        hours = hours % 12 + (12 if half == "p" else 0)
    try:
        return time(hours, int(match[2] or 0))
    except ValueError as error:
        raise ValueError(_("“%(text)s” is not a time.") % {"text": text[:40]}) from error


def born(text: str, reading: Reading) -> str:
    """Read a date of birth."""
    on = day(text, reading)
    if on > reading.today:
        raise ValueError(_("%(day)s lies in the future.") % {"day": on.isoformat()})
    if on < OLDEST:
        raise ValueError(_("%(day)s lies before 1890.") % {"day": on.isoformat()})
    return on.isoformat()


def sex(text: str, reading: Reading) -> str:
    """Read what is said of the sex; M alone is read as its column has it."""
    said = folded(text)
    if said == "m":
        return reading.m_means
    if said not in SEXES:
        raise ValueError(_("“%(text)s” is not understood.") % {"text": text[:40]})
    return SEXES[said]


def language(text: str, reading: Reading) -> str:
    """Read a language; one that is not spoken here becomes the clinic's."""
    said = folded(text)
    spoken = LANGUAGES.get(said) or LANGUAGES.get(said[:2] if text[2:3] in "-_" else "")
    return spoken if spoken in dict(settings.LANGUAGES) else reading.language


def country(text: str, reading: Reading) -> str:
    """Read a country: its two letters, or a name that is known."""
    said = folded(text)
    if said in COUNTRIES:
        return COUNTRIES[said]
    if len(text) == 2 and text.isascii() and text.isalpha():
        return text.upper()
    raise ValueError(_("“%(text)s” is not understood; write the two letters.") % {"text": text[:40]})


def phone(text: str, reading: Reading) -> str:
    """Read a telephone number."""
    try:
        return phones.to_e164(text, reading.region)
    except ValueError as error:
        raise ValueError(_("“%(text)s” is not a telephone number.") % {"text": text[:40]}) from error


def email(text: str, reading: Reading) -> str:
    """Read an e-mail address."""
    try:
        validate_email(text)
    except ValidationError as error:
        raise ValueError(_("“%(text)s” is not an e-mail address.") % {"text": text[:80]}) from error
    if len(text) > 254:
        raise ValueError(_("at most %(most)s characters.") % {"most": 254})
    return text


def statements(text: str, reading: Reading) -> list[str]:
    """Read what is said about somebody's health: one statement a line, or with semicolons or commas between them."""
    said = synonyms.lines(text if re.search(r"[\n;]", text) else text.replace(",", "\n"))
    if any(len(each) > 200 for each in said):
        raise ValueError(_("at most %(most)s characters.") % {"most": 200})
    return said


_t = gettext_lazy
PATIENT_FIELDS = (
    Field(
        "family_name", _t("Family name"),
        ("family name", "last name", "lastname", "surname", "nom", "nom de famille", "apellidos", "apellido"),
        words(120),
    ),
    Field(
        "given_name", _t("Given name"),
        ("given name", "first name", "firstname", "forename", "prenom", "nombre", "name", "nombre de pila"),
        words(120),
    ),
    Field(
        "born_on", _t("Date of birth"),
        ("date of birth", "birth date", "birthdate", "birthday", "dob", "born", "born on", "date de naissance",
         "naissance", "ne le", "fecha de nacimiento", "nacimiento", "fecha nacimiento", "f nacimiento"),
        born, required=True,
    ),
    Field(
        "phone", _t("Telephone"),
        ("phone", "telephone", "mobile", "mobile phone", "mobile number", "phone number", "cell", "tel", "portable",
         "numero de telephone", "telefono", "movil", "telefono movil"),
        phone,
    ),
    Field(
        "email", _t("E-mail"),
        ("email", "e mail", "mail", "email address", "courriel", "adresse email", "adresse e mail", "correo",
         "correo electronico"),
        email,
    ),
    Field("sex", _t("Sex"), ("sex", "gender", "sexe", "genre", "sexo", "genero"), sex),
    Field(
        "old_number", _t("Number in the old system"),
        ("id", "patient id", "external id", "number", "patient number", "file number", "reference", "chart number",
         "numero", "numero de dossier", "identifiant", "numero de historia", "n historia", "historia", "identificador"),
        words(20),
    ),
    Field("preferred_name", _t("Preferred name"), ("preferred name", "nickname", "prenom usuel", "alias"), words(120)),
    Field("language", _t("Language"), ("language", "langue", "idioma", "preferred language"), language),
    Field(
        "address_line_1", _t("Address"),
        ("address", "address line 1", "street", "adresse", "rue", "direccion", "calle", "domicilio"),
        words(200),
    ),
    Field(
        "address_line_2", _t("Address, second line"),
        ("address line 2", "address 2", "complement d adresse", "direccion 2"), words(200),
    ),
    Field(
        "postal_code", _t("Postal code"),
        ("postal code", "postcode", "zip", "zip code", "code postal", "codigo postal", "cp"), words(20),
    ),
    Field("city", _t("Town"), ("city", "town", "ville", "ciudad", "poblacion", "localidad"), words(120)),
    Field("region", _t("Region"), ("region", "state", "county", "province", "departement", "provincia"), words(120)),
    Field("country", _t("Country"), ("country", "pays", "pais"), country),
    Field(
        "national_number", _t("National or insurance number"),
        ("national number", "insurance number", "nhs number", "numero de securite sociale", "dni", "nie", "nif"),
        words(40),
    ),
    Field(
        "allergies", _t("Allergies"), ("allergies", "allergy", "allergie", "alergias", "alergia"), statements
    ),
    Field(
        "conditions", _t("Illnesses and conditions"),
        ("conditions", "illnesses", "medical history", "diagnoses", "antecedents", "maladies", "antecedentes",
         "enfermedades"),
        statements,
    ),
    Field(
        "medicines", _t("Medicines"),
        ("medicines", "medication", "medications", "current medication", "medicaments", "traitements",
         "medicacion", "medicamentos"),
        statements,
    ),
)  # fmt: skip
