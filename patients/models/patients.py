import re
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicKey, UserKey
from common.checks import between
from common.constraints import SameOwner, one_of, owner_key, paired
from common.history import tracked
from common.natures import Nature, Retention
from common.querysets import ClinicQuerySet
from patients.models.care import reached_by


class Sex(models.TextChoices):
    FEMALE = "female", _("Female")
    MALE = "male", _("Male")
    INTERSEX = "intersex", _("Intersex")
    UNKNOWN = "unknown", _("Not known")


class Folded(models.Func):
    """A text as the search column holds it: lower case, without accents."""

    template = "lower(unaccent(normalize(%(expressions)s, NFKC)))"
    arity = 1
    output_field = models.TextField()


_DAY_FORMATS = ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%d %m %Y", "%d %B %Y", "%d %b %Y")
_DIGITS = re.compile(r"\+?[\d\s()./-]+")
_FILE_NUMBER = re.compile(r"[pP]-?0*(\d{1,9})")
LEAST_LETTERS = 3  # below it no index helps: a shorter word alone must be a whole name


def _day(text: str) -> date | None:
    for day_format in _DAY_FORMATS:
        try:
            return datetime.strptime(text, day_format).date()  # noqa: DTZ007
        except ValueError:
            continue
    return None


class PatientQuerySet(ClinicQuerySet):
    def live(self) -> "PatientQuerySet":
        """Leave out what was entered in error, merged away or erased."""
        return self.filter(entered_in_error=False, merged_into__isnull=True, erased_at__isnull=True)

    def matching(self, text: str) -> "PatientQuerySet":
        """Find by any part of the names in any order, birth date, file number or last digits of the phone."""
        text = text.strip()[:200]
        if _DIGITS.fullmatch(text) or _day(text):
            return self.filter(_word(text))
        words = text.split()[:8]
        if not any(len(word) >= LEAST_LETTERS or _file_number(word) for word in words):
            return self.filter(*(_whole_name(word) for word in words)) if words else self.none()
        return self.filter(*(_word(word) for word in words))

    def named(self, text: str) -> "PatientQuerySet":
        """Find by names and file number only, for those who may see no more than these."""
        rows = self
        for word in text.split()[:8]:
            found = Q(given_name__unaccent__icontains=word) | Q(family_name__unaccent__icontains=word)
            number = _file_number(word) or word
            rows = rows.filter(found | Q(number=number) | Q(former_numbers__contains=[number]))
        return rows

    def alike(
        self,
        *,
        given_name: str = "",
        family_name: str = "",
        born_on: date | None = None,
        phone: str = "",
        email: str = "",
    ) -> "PatientQuerySet":
        """Find those who may be the same person.

        They have the same names in either order; or the same birth date and one name, near misses of spelling
        included; or the same telephone number or address.
        """
        names = [name.strip() for name in (given_name, family_name) if len(name.strip()) >= 2]
        same = Q()
        if len(names) == 2:
            same |= _word(names[0]) & _word(names[1])
        if born_on and names:
            near = Q()
            for name in names:
                near |= _word(name) | Q(search__trigram_word_similar=Folded(Value(name)))
            same |= Q(born_on=born_on) & near
        if phone:
            same |= Q(phone=phone, search__contains=phone.lstrip("+"))
        if email:
            same |= Q(email__iexact=email, search__contains=email.lower())
        return self.live().filter(same) if same else self.none()

    def visible_to(self, user: Any, at: datetime | None = None) -> "PatientQuerySet":
        """Keep the patients whose chart this person may open: their own, or all where the role says so."""
        return self.filter(reached_by(user, at or timezone.now(), patient="", wide=True))

    def assigned_to(self, user: Any, at: datetime | None = None) -> "PatientQuerySet":
        """Keep this person's own patients: care team, or emergency access that still runs."""
        return self.filter(reached_by(user, at or timezone.now(), patient=""))

    def with_banner(self) -> "PatientQuerySet":
        """Bring along, for many patients at once, all that their banners show; for one there is `banners.facts_of`."""
        return self.prefetch_related("allergies", "conditions", "medicines", "weights", "alerts")


def _file_number(word: str) -> str:
    match = _FILE_NUMBER.fullmatch(word)
    return f"P-{int(match[1]):06d}" if match else ""


def _whole_name(word: str) -> Q:
    return Q(given_name__iexact=word) | Q(family_name__iexact=word) | Q(preferred_name__iexact=word)


def _word(word: str) -> Q:
    if day := _day(word):
        return Q(born_on=day)
    if number := _file_number(word):
        return Q(search__contains=number.lower()) & (Q(number=number) | Q(former_numbers__contains=[number]))
    if _DIGITS.fullmatch(word):
        return _digits(re.sub(r"\D", "", word))
    return Q(search__contains=Folded(Value(word)))


def _digits(digits: str) -> Q:
    found = Q(search__contains=digits)
    if digits.startswith("0") and len(digits) > 6:  # written as at home: the prefix of the country replaced the zero
        found |= Q(search__contains=digits.lstrip("0"))
    return found


@tracked
class Patient(models.Model):
    """A person whom the clinic treats, or registered in order to treat."""

    clinic = ClinicKey("patients")
    number = models.CharField(max_length=20, editable=False)
    former_numbers = ArrayField(models.CharField(max_length=20), default=list, blank=True, editable=False)
    given_name = models.CharField(_("given name"), max_length=120, blank=True)
    family_name = models.CharField(_("family name"), max_length=120, blank=True)
    preferred_name = models.CharField(_("preferred name"), max_length=120, blank=True)
    former_names = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    born_on = models.DateField(_("date of birth"))
    sex = models.CharField(_("sex"), max_length=10, choices=Sex, default=Sex.UNKNOWN)
    gender = models.CharField(_("gender"), max_length=60, blank=True)
    pronouns = models.CharField(_("pronouns"), max_length=60, blank=True)
    phototype = models.PositiveSmallIntegerField(_("skin phototype (Fitzpatrick)"), null=True, blank=True)
    language = models.CharField(_("language"), max_length=10, default="en")
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("telephone"), max_length=20, blank=True)
    address_line_1 = models.CharField(_("address"), max_length=200, blank=True)
    address_line_2 = models.CharField(_("address, second line"), max_length=200, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    city = models.CharField(_("town"), max_length=120, blank=True)
    region = models.CharField(_("region"), max_length=120, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    national_number = models.CharField(_("national or insurance number"), max_length=40, blank=True)
    search = models.TextField(editable=False, default="")
    registered_by = UserKey()
    registered_at = models.DateTimeField()
    is_restricted = models.BooleanField(default=False)
    entered_in_error = models.BooleanField(default=False)
    error_reason = models.CharField(max_length=300, blank=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged_from")
    erased_at = models.DateTimeField(null=True, blank=True)
    erased_by = UserKey(null=True, blank=True)
    revision = models.PositiveIntegerField(default=1)

    objects = PatientQuerySet.as_manager()
    nature = Nature(
        Retention.IDENTITY,
        personal=[
            "number",
            "former_numbers",
            "given_name",
            "family_name",
            "preferred_name",
            "former_names",
            "born_on",
            "sex",
            "gender",
            "pronouns",
            "email",
            "phone",
            "address_line_1",
            "address_line_2",
            "postal_code",
            "city",
            "region",
            "national_number",
            "search",
        ],
    )

    class Meta:
        verbose_name, verbose_name_plural = _("patient"), _("patients")
        constraints = [
            owner_key(),
            SameOwner("merged_into"),
            models.UniqueConstraint(fields=["clinic", "number"], name="patient_number_once"),
            one_of("sex", Sex),
            between("phototype", 1, 6),
            models.CheckConstraint(condition=~Q(given_name="") | ~Q(family_name=""), name="patient_has_a_name"),
            models.CheckConstraint(
                condition=Q(phone="") | Q(phone__regex=r"^\+[1-9][0-9]{5,14}$"), name="patient_phone_is_e164"
            ),
            models.CheckConstraint(
                condition=Q(born_on__gte=date(1890, 1, 1)), name="patient_born_within_living_memory"
            ),
            models.CheckConstraint(
                condition=Q(entered_in_error=False) | ~Q(error_reason=""), name="patient_error_has_reason"
            ),
            paired("erased_at", "erased_by"),
        ]
        indexes = [
            GinIndex(fields=["search"], opclasses=["gin_trgm_ops"], name="patient_search_trgm"),
            models.Index(fields=["clinic", "born_on"], name="patient_birth_date"),
            models.Index(fields=["clinic", "family_name", "given_name"], name="patient_by_name"),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def called(self) -> str:
        """How the patient is spoken to."""
        return self.preferred_name or self.given_name or self.family_name

    def age_on(self, day: date) -> int:
        """Full years of age on a day."""
        return day.year - self.born_on.year - ((day.month, day.day) < (self.born_on.month, self.born_on.day))

    def weight_on(self, day: date) -> Any:
        """The last weight known on a day, reviewed or not; None where none was ever taken."""
        return self.weights.counting().filter(measured_on__lte=day).order_by("-measured_on", "-id").first()

    @property
    def current_weight_kg(self) -> Any:
        """The last weight known, reviewed or not; None where none was ever taken."""
        latest = self.weights.counting().order_by("-measured_on", "-id").first()
        return latest.kg if latest else None
