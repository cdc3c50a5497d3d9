"""What happened to a patient, as the API says it."""

from rest_framework import serializers

from api.serializers.fields import Moment, StrictSerializer
from reports.tables.timeline import SOURCES


class TimelineQuery(StrictSerializer):
    """Which sort of entries, and before which moment."""

    kind = serializers.ChoiceField(choices=sorted(SOURCES), required=False)
    before = Moment(required=False)


class EntrySerializer(serializers.Serializer):
    """One thing that happened."""

    kind = serializers.CharField()
    id = serializers.IntegerField()
    at = Moment()
    title = serializers.CharField()
    text = serializers.CharField()
    url = serializers.CharField()


class TimelineSerializer(serializers.Serializer):
    """Some entries, newest first; `before` asks for the older ones."""

    before = Moment(source="older", allow_null=True)
    results = EntrySerializer(source="entries", many=True)
