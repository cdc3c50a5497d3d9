"""Messages, as the API says them: what became of them, never what was in them."""

from rest_framework import serializers

from api.serializers.fields import Moment, StrictSerializer


class MessageSerializer(serializers.Serializer):
    """One message to a patient."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    channel = serializers.CharField()
    patient = serializers.IntegerField(source="patient_id", allow_null=True)
    subject_kind = serializers.CharField()
    subject = serializers.IntegerField(source="subject_id")
    language = serializers.CharField()
    state = serializers.CharField()
    state_reason = serializers.CharField()
    attempts = serializers.IntegerField()
    due_at = Moment()
    sent_at = Moment(allow_null=True)


class MessageQuerySerializer(StrictSerializer):
    """Which messages are asked for."""

    appointment = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    patient = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    state = serializers.CharField(required=False, max_length=20)
    cursor = serializers.CharField(required=False)
    limit = serializers.IntegerField(required=False, min_value=1)
