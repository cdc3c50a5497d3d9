"""The board of some days, as the API says it; its times are what the clinic's clocks show, without an offset."""

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from scheduling.tables.boards import MODES, PRACTITIONER

LONGEST = timedelta(days=42)


class CalendarQuerySerializer(serializers.Serializer):
    """Which days, from the first to before the last, and what stands in the columns."""

    start = serializers.DateField()
    end = serializers.DateField()
    resource = serializers.ChoiceField(choices=MODES, default=PRACTITIONER)
    only = serializers.IntegerField(required=False, min_value=1)
    called_off = serializers.BooleanField(default=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs["start"] < attrs["end"] <= attrs["start"] + LONGEST:
            raise serializers.ValidationError({"end": _("choose a day from one to 42 days after the first one.")})
        return attrs


class ClockSpanSerializer(serializers.Serializer):
    """From one time of the clinic's clock to another."""

    start = serializers.CharField()
    end = serializers.CharField()


class ClosedSerializer(ClockSpanSerializer):
    """Hours in which a column is not there."""

    column = serializers.IntegerField()


class BoardColumnSerializer(serializers.Serializer):
    """A practitioner or a room; 0 are the visits that take no room."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    is_mine = serializers.BooleanField()
    is_there = serializers.BooleanField()
    hours = ClockSpanSerializer(many=True)


class BoardVisitSerializer(ClockSpanSerializer):
    """A visit on the board."""

    id = serializers.IntegerField()
    column = serializers.IntegerField()
    practitioner = serializers.IntegerField()
    practitioner_name = serializers.CharField()
    room = serializers.IntegerField(allow_null=True)
    room_name = serializers.CharField(allow_null=True)
    who = serializers.CharField()
    kind_name = serializers.CharField()
    ordinal = serializers.IntegerField(allow_null=True)
    visits_in_all = serializers.IntegerField(allow_null=True)
    status = serializers.CharField()
    status_name = serializers.CharField()
    minutes_late = serializers.IntegerField()
    cancel_reason = serializers.CharField()
    is_called_off = serializers.BooleanField()
    is_movable = serializers.BooleanField()


class CalendarSerializer(serializers.Serializer):
    """The board."""

    time_zone = serializers.CharField()
    utc_offset = serializers.CharField()
    now = serializers.CharField()
    opens = serializers.CharField()
    shuts = serializers.CharField()
    columns = BoardColumnSerializer(many=True)
    visits = BoardVisitSerializer(many=True)
    closed = ClosedSerializer(many=True)
