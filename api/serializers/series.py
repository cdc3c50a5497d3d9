"""Dates for a whole course, proposed and booked, as the API says them."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.serializers.appointments import VisitOverrideSerializer
from api.serializers.fields import Moment, StrictSerializer
from treatments.dates import WEEKDAYS


@extend_schema_field(
    {"oneOf": [{"type": "string", "enum": [*WEEKDAYS]}, {"type": "integer", "minimum": 1, "maximum": 7}]}
)
class WeekdayField(serializers.Field):
    """A weekday as its English name, or as a number from Monday 1 to Sunday 7."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, str) and data.lower() in WEEKDAYS:
            return WEEKDAYS.index(data.lower()) + 1
        if isinstance(data, int) and not isinstance(data, bool) and 1 <= data <= 7:
            return data
        raise serializers.ValidationError(_("write a weekday like “monday”, or as a number from 1 to 7."))

    def to_representation(self, value: int) -> str:
        return WEEKDAYS[value - 1]


class PreferencesSerializer(StrictSerializer):
    """When the patient would rather come, and with whom."""

    weekdays = serializers.ListField(child=WeekdayField(), required=False, max_length=7)
    practitioner = serializers.IntegerField(required=False, allow_null=True)

    def get_fields(self) -> dict[str, Any]:
        times = {name: serializers.TimeField(required=False, allow_null=True) for name in ("from", "to")}
        return {**super().get_fields(), **times}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs.get("from") and attrs.get("to") and attrs["from"] >= attrs["to"]:
            raise serializers.ValidationError({"to": _("the end lies after the beginning.")})
        return attrs


class ChoiceSerializer(StrictSerializer):
    """A time for one visit of the course; what a proposal says beside it may be sent back and counts for nothing."""

    ordinal = serializers.IntegerField(min_value=1, max_value=15)
    starts_at = Moment()
    practitioner = serializers.IntegerField()
    room = serializers.IntegerField(required=False, allow_null=True)
    overrides = VisitOverrideSerializer(many=True, required=False)
    ends_at = Moment(required=False)
    location = serializers.IntegerField(required=False)
    earliest_on = serializers.DateField(required=False)
    target_on = serializers.DateField(required=False)
    latest_on = serializers.DateField(required=False)


class ProposeSerializer(StrictSerializer):
    """For which visits times are wanted; `choices` are already settled and counted from."""

    from_ordinal = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=15)
    preferences = PreferencesSerializer(required=False, allow_null=True)
    choices = ChoiceSerializer(many=True, required=False)


class BookSerializer(StrictSerializer):
    """The times that are booked together, or not at all."""

    choices = ChoiceSerializer(many=True, allow_empty=False)


class UnplacedSerializer(serializers.Serializer):
    """A visit for which nothing fits, and why."""

    ordinal = serializers.IntegerField()
    code = serializers.CharField()
    message = serializers.CharField()


class ProposedChoiceSerializer(serializers.Serializer):
    """A proposed time with the window that it lies in."""

    def to_representation(self, row: Any) -> dict[str, Any]:
        choice, window = row.choice, row.window
        return {
            "ordinal": row.ordinal,
            "starts_at": choice.starts_at.isoformat(),
            "ends_at": row.ends_at.isoformat(),
            "practitioner": choice.practitioner,
            "room": choice.room,
            "location": row.visit.course.location_id,
            "earliest_on": window.earliest_on.isoformat(),
            "target_on": window.target_on.isoformat(),
            "latest_on": window.latest_on.isoformat(),
        }


class ProposalSerializer(serializers.Serializer):
    """Times for a course, and the visits that found none."""

    choices = ProposedChoiceSerializer(many=True)
    unplaced = UnplacedSerializer(many=True)
