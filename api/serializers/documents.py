"""Papers, as the API says them."""

from typing import Any

from django.urls import reverse
from rest_framework import serializers

from api.serializers.fields import Moment, StrictSerializer


class SignatureSerializer(serializers.Serializer):
    """Who signed, as what, and which fingerprint was shown."""

    role = serializers.CharField()
    signer_name = serializers.CharField()
    shown_sha256 = serializers.CharField()
    at = Moment()


class DocumentSerializer(serializers.Serializer):
    """One issued paper; `sha256` is that of the words and what fills them, `file_sha256` that of the sealed file."""

    id = serializers.IntegerField()
    number = serializers.CharField()
    kind = serializers.CharField()
    title = serializers.CharField()
    language = serializers.CharField()
    patient = serializers.IntegerField(source="patient_id", allow_null=True)
    state = serializers.CharField()
    sha256 = serializers.CharField()
    file_sha256 = serializers.CharField(allow_null=True)
    issued_at = Moment()
    sealed_at = Moment(allow_null=True)
    signatures = SignatureSerializer(many=True)
    file = serializers.SerializerMethodField()

    def get_file(self, document: Any) -> str | None:
        return reverse("api:document_file", args=[document.pk]) if document.file else None


class DocumentQuerySerializer(StrictSerializer):
    """Which papers are asked for."""

    patient = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    state = serializers.ChoiceField(choices=["issued", "sealed", "failed"], required=False)
    cursor = serializers.CharField(required=False)
    limit = serializers.IntegerField(required=False, min_value=1)
