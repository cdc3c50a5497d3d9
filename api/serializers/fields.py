"""Fields that every body shares: strict, exact, and in the clinic's time."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from common.dates import parse_moment, zone_of
from common.decimals import parse_decimal, plain
from common.refused import Refused


class StrictSerializer(serializers.Serializer):
    """A body in which a field that is not known is an error, so that a typing slip is never silently lost."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict):
            unknown = sorted(set(data) - set(self.fields))
            if unknown:
                known = ", ".join(sorted(name for name, field in self.fields.items() if not field.read_only))
                raise serializers.ValidationError(
                    {
                        name: serializers.ErrorDetail(
                            _("this field is not known here. Known are: %(known)s.") % {"known": known},
                            code="unknown_field",
                        )
                        for name in unknown
                    }
                )
        return super().to_internal_value(data)


@extend_schema_field({"type": "string", "example": "0.05"})
class DecimalText(serializers.Field):
    """An exact number as a string, with comma or point; answered without trailing zeros."""

    def __init__(self, *, minimum: Any = None, maximum: Any = None, places: int = 4, **kwargs: Any) -> None:
        self.minimum, self.maximum, self.places = minimum, maximum, places
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Decimal:
        if not isinstance(data, str | int) or isinstance(data, bool):
            raise serializers.ValidationError(_('write the number as text, like "0.05".'))
        try:
            number = parse_decimal(str(data))
        except ValueError as error:
            raise serializers.ValidationError(_("“%(data)s” is not a number.") % {"data": data}) from error
        exponent = number.as_tuple().exponent
        if isinstance(exponent, int) and -exponent > self.places:
            raise serializers.ValidationError(_("at most %(places)s decimals are kept.") % {"places": self.places})
        if self.minimum is not None and number < Decimal(str(self.minimum)):
            raise serializers.ValidationError(_("the smallest value here is %(least)s.") % {"least": self.minimum})
        if self.maximum is not None and number > Decimal(str(self.maximum)):
            raise serializers.ValidationError(_("the largest value here is %(most)s.") % {"most": self.maximum})
        return number

    def to_representation(self, value: Any) -> str:
        return plain(Decimal(value))


@extend_schema_field(OpenApiTypes.DATETIME)
class Moment(serializers.Field):
    """A time with its offset; without one it is a wall time at the clinic, and refused if it means none or two."""

    def to_internal_value(self, data: Any) -> datetime:
        if not isinstance(data, str):
            raise serializers.ValidationError(_('write the time as text, like "2026-12-07T10:00:00+01:00".'))
        try:
            return parse_moment(data, self.context["request"].clinic.time_zone)
        except Refused as refused:
            raise serializers.ValidationError(refused.detail, code=refused.code) from refused

    def to_representation(self, value: Any) -> Any:
        return value.astimezone(zone_of(self.context["request"].clinic.time_zone)).isoformat()


class Slug(serializers.SlugField):
    """The name of a reference row."""


class OverrideSerializer(StrictSerializer):
    """Somebody's word on a finding; `subjects` narrows it to the findings that name them."""

    code = serializers.CharField(max_length=40)
    reason = serializers.CharField(max_length=500, allow_blank=True)
    subjects = serializers.ListField(child=serializers.CharField(max_length=120), required=False, default=list)
