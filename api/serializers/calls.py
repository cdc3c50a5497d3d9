"""Calls with patients, as the API says them."""

from rest_framework import serializers

from api.serializers.fields import Moment, StrictSerializer
from scheduling.models import CallOutcome


class CallBody(StrictSerializer):
    """A call in a few words, about one visit or none."""

    patient = serializers.IntegerField()
    appointment = serializers.IntegerField(required=False, allow_null=True)
    outcome = serializers.ChoiceField(choices=CallOutcome.choices)
    text = serializers.CharField(max_length=500, required=False, allow_blank=True)


class CallSerializer(serializers.Serializer):
    """A call that was noted; it stands as it is."""

    id = serializers.IntegerField()
    patient = serializers.IntegerField(source="patient_id")
    appointment = serializers.IntegerField(source="appointment_id", allow_null=True)
    outcome = serializers.CharField()
    text = serializers.CharField()
    at = Moment()
    by = serializers.IntegerField(source="by_id")
