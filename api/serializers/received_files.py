"""Papers from outside, as the API says them."""

from typing import Any

from django.urls import reverse
from rest_framework import serializers

from api.serializers.fields import Moment, StrictSerializer
from patients.models import ReceivedFileKind
from patients.papers import MOST_BYTES


class ReceivedFileBody(StrictSerializer):
    """A file and what it is; sent as multipart/form-data."""

    file = serializers.FileField(max_length=200)
    title = serializers.CharField(max_length=200)
    kind = serializers.ChoiceField(choices=ReceivedFileKind.choices, required=False)
    dated_on = serializers.DateField(required=False, allow_null=True)

    def to_internal_value(self, data: Any) -> Any:
        values = super().to_internal_value(data)
        content = values.pop("file").read(MOST_BYTES + 1)
        return {**values, "content": content}


class ReceivedFileSerializer(serializers.Serializer):
    """One paper from outside."""

    id = serializers.IntegerField()
    patient = serializers.IntegerField(source="patient_id")
    kind = serializers.CharField()
    title = serializers.CharField()
    dated_on = serializers.DateField(allow_null=True)
    media_type = serializers.CharField()
    size_bytes = serializers.IntegerField()
    sha256 = serializers.CharField(source="file_sha256")
    received_at = Moment()
    entered_in_error = serializers.BooleanField()
    error_reason = serializers.CharField()
    file = serializers.SerializerMethodField()

    def get_file(self, paper: Any) -> str:
        return reverse("api:received_file", args=[paper.pk])


class ErrorBody(StrictSerializer):
    """What is wrong with an entry."""

    reason = serializers.CharField(max_length=300)
