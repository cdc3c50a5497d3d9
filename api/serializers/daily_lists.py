"""Daily lists: what is looked at, and what was found."""

from rest_framework import serializers

from api.serializers.fields import DecimalText, Moment, StrictSerializer
from scheduling.models import DailyListKind, Disinfectant


class DailyListSerializer(serializers.Serializer):
    """Something that is looked at every day, and whether it was looked at today."""

    id = serializers.IntegerField(source="daily_list.pk")
    kind = serializers.ChoiceField(source="daily_list.kind", choices=DailyListKind.choices)
    name = serializers.CharField(source="daily_list.name")
    location = serializers.IntegerField(source="daily_list.location_id")
    device = serializers.IntegerField(source="daily_list.device_id", allow_null=True)
    things = serializers.ListField(source="daily_list.things", child=serializers.CharField())
    coldest_c = DecimalText(source="daily_list.coldest_c", allow_null=True)
    warmest_c = DecimalText(source="daily_list.warmest_c", allow_null=True)
    day = serializers.DateField()
    is_done = serializers.BooleanField()
    troubles = serializers.ListField(child=serializers.CharField())


class DailyRoundSerializer(serializers.Serializer):
    """The round of the day."""

    results = DailyListSerializer(many=True)


class DailyFindingSerializer(StrictSerializer):
    """One thing of a kit."""

    thing = serializers.CharField(max_length=120)
    there = serializers.BooleanField()
    expires_on = serializers.DateField(required=False, allow_null=True)


class DailyEntrySerializer(serializers.Serializer):
    """What somebody found."""

    id = serializers.IntegerField()
    daily_list = serializers.IntegerField(source="daily_list_id")
    on = serializers.DateField()
    at = Moment()
    by = serializers.IntegerField(source="by_id")
    is_in_order = serializers.BooleanField()
    temperature_c = DecimalText(allow_null=True)
    findings = DailyFindingSerializer(many=True)
    disinfectant = serializers.CharField()
    note = serializers.CharField()
    corrects = serializers.IntegerField(source="corrects_id", allow_null=True)
    is_corrected = serializers.SerializerMethodField()

    def get_is_corrected(self, entry) -> bool:
        return hasattr(entry, "corrected_by") and entry.corrected_by is not None


class DailyRecordSerializer(StrictSerializer):
    """What is written down; what a list does not ask for is left out."""

    temperature_c = DecimalText(minimum=-40, maximum=60, places=1, required=False, allow_null=True)
    findings = DailyFindingSerializer(many=True, required=False)
    disinfectant = serializers.ChoiceField(choices=Disinfectant.choices, required=False)
    note = serializers.CharField(max_length=300, required=False, allow_blank=True)


class DailyCorrectionSerializer(DailyRecordSerializer):
    """What should have stood there, and why."""

    note = serializers.CharField(max_length=300)
