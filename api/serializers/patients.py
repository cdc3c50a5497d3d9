"""Patients and what is stated about their health, as the API says them; masked as the role demands."""

from typing import Any

from django.conf import settings
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from rest_framework import serializers

from api.serializers.fields import DecimalText, Moment, StrictSerializer
from common import phones
from common.decimals import plain
from patients import reference
from patients.access import is_masked, reads_history, sees_flags
from patients.models import (
    AllergySeverity,
    ContactChannel,
    ContactPurpose,
    Sex,
    StatementState,
)
from patients.models.banners import facts_of
from patients.rules import banners

KINDS = ("allergy", "condition", "medicine", "weight")
SETTLED = (StatementState.CONFIRMED, StatementState.REFUTED, StatementState.ENDED)


class PhoneText(serializers.CharField):
    """A telephone number in any usual spelling, kept as E.164."""

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        clinic = self.context["request"].clinic
        try:
            return phones.to_e164(text, phones.region_of(clinic.jurisdiction, clinic.phone))
        except ValueError as error:
            raise serializers.ValidationError(
                _("“%(text)s” is not a telephone number; write it like +34612345678.") % {"text": text}
            ) from error


class MedicineBody(StrictSerializer):
    """A medicine by its name, with the classes that the caller knows of."""

    name = serializers.CharField(max_length=200)
    classes = serializers.ListField(child=serializers.CharField(max_length=60), required=False, max_length=20)
    prescribed = serializers.BooleanField(required=False)
    dose = serializers.CharField(max_length=120, required=False, allow_blank=True)
    last_taken_on = serializers.DateField(required=False, allow_null=True)

    def get_fields(self) -> dict[str, Any]:
        """`class` is a word of Python, and a field all the same."""
        return {**super().get_fields(), "class": serializers.CharField(max_length=60, required=False)}

    def to_internal_value(self, data: Any) -> Any:
        values = super().to_internal_value({"name": data} if isinstance(data, str) else data)
        classes = [*values.pop("classes", ()), *([values.pop("class")] if "class" in values else [])]
        known = {row.slug for row in reference.medicine_classes()}
        if unknown := sorted(set(classes) - known):
            raise serializers.ValidationError(
                {"class": _("%(classes)s is no class that the checks know.") % {"classes": ", ".join(unknown)}}
            )
        return {**values, "classes": classes}


def said() -> serializers.ListField:
    """Several statements, each in its own words."""
    return serializers.ListField(child=serializers.CharField(max_length=200), required=False, max_length=100)


class PatientBody(StrictSerializer):
    """What is told of a patient; what is told of the health is added to what stands there."""

    given_name = serializers.CharField(max_length=120, required=False, allow_blank=True)
    family_name = serializers.CharField(max_length=120, required=False, allow_blank=True)
    preferred_name = serializers.CharField(max_length=120, required=False, allow_blank=True)
    former_names = serializers.ListField(child=serializers.CharField(max_length=120), required=False, max_length=20)
    born_on = serializers.DateField()
    sex = serializers.ChoiceField(choices=Sex.choices, required=False)
    gender = serializers.CharField(max_length=60, required=False, allow_blank=True)
    pronouns = serializers.CharField(max_length=60, required=False, allow_blank=True)
    phototype = serializers.IntegerField(min_value=1, max_value=6, required=False, allow_null=True)
    language = serializers.ChoiceField(choices=settings.LANGUAGES, required=False)
    email = serializers.EmailField(required=False, allow_blank=True)
    phone = PhoneText(max_length=40, required=False, allow_blank=True)
    address_line_1 = serializers.CharField(max_length=200, required=False, allow_blank=True)
    address_line_2 = serializers.CharField(max_length=200, required=False, allow_blank=True)
    postal_code = serializers.CharField(max_length=20, required=False, allow_blank=True)
    city = serializers.CharField(max_length=120, required=False, allow_blank=True)
    region = serializers.CharField(max_length=120, required=False, allow_blank=True)
    country = serializers.RegexField(r"^[A-Z]{2}$", required=False, allow_blank=True)
    national_number = serializers.CharField(max_length=40, required=False, allow_blank=True)
    weight_kg = DecimalText(minimum=2, maximum=400, places=2, required=False, allow_null=True)
    allergies = said()
    conditions = said()
    medicines = serializers.ListField(child=MedicineBody(), required=False, max_length=100)


class PatientNew(PatientBody):
    """A person who is new here; `care_team` names the practitioners who may open the chart at once."""

    care_team = serializers.ListField(child=serializers.IntegerField(), required=False, max_length=20)


class PatientChange(PatientBody):
    """What changes in a file; `revision` refuses to overwrite what somebody else has changed meanwhile."""

    born_on = serializers.DateField(required=False)
    revision = serializers.IntegerField(required=False, min_value=1)


LINE = (
    "id", "number", "given_name", "family_name", "preferred_name", "born_on", "sex", "language", "email", "phone",
)  # fmt: skip


class PatientLine(serializers.Serializer):
    """A patient in a list."""

    id = serializers.IntegerField()
    number = serializers.CharField()
    given_name = serializers.CharField()
    family_name = serializers.CharField()
    preferred_name = serializers.CharField()
    born_on = serializers.DateField()
    sex = serializers.CharField()
    language = serializers.CharField()
    email = serializers.CharField()
    phone = serializers.CharField()

    def to_representation(self, patient: Any) -> dict[str, Any]:
        shown = super().to_representation(patient)
        return self.masked(shown, patient.born_on.year) if self.is_masked else shown

    def said(self, row: dict[str, Any]) -> dict[str, Any]:
        """Write out a row of `values(*LINE)`, for a list has many."""
        shown = {name: row[name] for name in LINE} | {"born_on": row["born_on"].isoformat()}
        return self.masked(shown, row["born_on"].year) if self.is_masked else shown

    def masked(self, shown: dict[str, Any], born_year: int) -> dict[str, Any]:
        """Leave name, number and year of birth."""
        kept = {name: shown[name] for name in ("id", "number", "given_name", "family_name")}
        return {**dict.fromkeys(shown), **kept, "born_year": born_year}

    @cached_property
    def is_masked(self) -> bool:
        return is_masked(self.context["request"].membership)


class StatementLine(serializers.Serializer):
    """Something stated about a patient's health."""

    id = serializers.IntegerField()
    kind = serializers.SerializerMethodField()
    state = serializers.CharField()
    source = serializers.CharField()
    note = serializers.CharField()
    stated_at = Moment()
    ended_on = serializers.DateField()

    def get_kind(self, statement: Any) -> str:
        return {"weightmeasurement": "weight"}.get(statement._meta.model_name, statement._meta.model_name)

    def to_representation(self, statement: Any) -> dict[str, Any]:
        shown = super().to_representation(statement)
        if hasattr(statement, "kg"):
            return {**shown, "weight_kg": plain(statement.kg), "measured_on": statement.measured_on.isoformat()}
        shown |= {"name": statement.name, "checked": statement.checked}
        extra = ("allergens", "severity", "reaction", "slug", "classes", "prescribed", "dose")
        return shown | {name: getattr(statement, name) for name in extra if hasattr(statement, name)}


class PatientSerializer(PatientLine):
    """A patient's file; what was stated about the health is there for those who may read it, flags for the others."""

    former_names = serializers.ListField(child=serializers.CharField())
    gender = serializers.CharField()
    pronouns = serializers.CharField()
    phototype = serializers.IntegerField()
    address_line_1 = serializers.CharField()
    address_line_2 = serializers.CharField()
    postal_code = serializers.CharField()
    city = serializers.CharField()
    region = serializers.CharField()
    country = serializers.CharField()
    national_number = serializers.CharField()
    registered_at = Moment()
    revision = serializers.IntegerField()
    flags = serializers.DictField(child=serializers.BooleanField(), read_only=True)
    weight_kg = serializers.CharField(read_only=True)
    allergies = StatementLine(many=True, read_only=True)
    conditions = StatementLine(many=True, read_only=True)
    medicines = StatementLine(many=True, read_only=True)
    not_checked = serializers.ListField(child=serializers.CharField(), read_only=True)

    HEALTH = ("weight_kg", "allergies", "conditions", "medicines", "not_checked")

    def get_fields(self) -> dict[str, Any]:
        """What was stated is read only for those who may know it."""
        fields = super().get_fields()
        if self.instance is not None:
            for name in (*self.HEALTH, "flags"):
                fields.pop(name)
        return fields

    def to_representation(self, patient: Any) -> dict[str, Any]:
        shown = super().to_representation(patient)
        membership = self.context["request"].membership
        facts = facts_of(patient) if sees_flags(membership) else []
        shown["flags"] = banners.flags(facts) if sees_flags(membership) else None
        if not reads_history(membership):
            return {**shown, **dict.fromkeys(self.HEALTH)}
        histories = {name: list(getattr(patient, name).counting()) for name in ("allergies", "conditions", "medicines")}
        weight = patient.current_weight_kg
        return {
            **shown,
            "weight_kg": plain(weight) if weight is not None else None,
            **{name: StatementLine(rows, many=True, context=self.context).data for name, rows in histories.items()},
            "not_checked": [row.name for rows in histories.values() for row in rows if not row.checked],
        }


class StatementBody(StrictSerializer):
    """Something that is told about a patient's health."""

    kind = serializers.ChoiceField(choices=KINDS)
    name = serializers.CharField(max_length=200, required=False)
    weight_kg = DecimalText(minimum=2, maximum=400, places=2, required=False)
    measured_on = serializers.DateField(required=False, allow_null=True)
    severity = serializers.ChoiceField(choices=AllergySeverity.choices, required=False)
    reaction = serializers.CharField(max_length=200, required=False, allow_blank=True)
    since_on = serializers.DateField(required=False, allow_null=True)
    classes = serializers.ListField(child=serializers.CharField(max_length=60), required=False, max_length=20)
    dose = serializers.CharField(max_length=120, required=False, allow_blank=True)
    last_taken_on = serializers.DateField(required=False, allow_null=True)
    prescribed = serializers.BooleanField(required=False)
    note = serializers.CharField(max_length=500, required=False, allow_blank=True)

    BELONGS = {
        "allergy": {"name", "severity", "reaction", "note"},
        "condition": {"name", "since_on", "note"},
        "medicine": {"name", "classes", "dose", "since_on", "last_taken_on", "prescribed", "note"},
        "weight": {"weight_kg", "measured_on"},
    }

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        kind = values["kind"]
        needed = "weight_kg" if kind == "weight" else "name"
        wrong = {name: _("this does not belong to that kind.") for name in set(values) - self.BELONGS[kind] - {"kind"}}
        if needed not in values:
            wrong[needed] = _("this is needed.")
        known = {row.slug for row in reference.medicine_classes()}
        if unknown := sorted(set(values.get("classes", ())) - known):
            wrong["classes"] = _("%(classes)s is no class that the checks know.") % {"classes": ", ".join(unknown)}
        if wrong:
            raise serializers.ValidationError(wrong)
        return values


class StatementTaken(serializers.Serializer):
    """The answer to those who may not read the history back."""

    kind = serializers.CharField()
    waits_for_clinician = serializers.BooleanField()


class ReviewBody(StrictSerializer):
    """What a clinician says to a statement."""

    state = serializers.ChoiceField(choices=[(state.value, state.label) for state in SETTLED], required=False)
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True)
    ended_on = serializers.DateField(required=False, allow_null=True)
    slugs = serializers.ListField(child=serializers.CharField(max_length=60), required=False, max_length=20)

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        if not {"state", "slugs"} & set(values):
            raise serializers.ValidationError({"state": _("say the state, or what the name stands for.")})
        return values


class ContactConsentBody(StrictSerializer):
    """A permission that is given or taken back."""

    channel = serializers.ChoiceField(choices=ContactChannel.choices)
    purpose = serializers.ChoiceField(choices=ContactPurpose.choices)
    given = serializers.BooleanField()


class ContactConsentSerializer(serializers.Serializer):
    """A permission to be reached."""

    id = serializers.IntegerField()
    channel = serializers.CharField()
    purpose = serializers.CharField()
    given_at = Moment()
    withdrawn_at = Moment()
