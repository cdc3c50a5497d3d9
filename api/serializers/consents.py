"""Consents, as the API says them."""

from typing import Any

from rest_framework import serializers

from accounts.access import Permission, Scope, reach
from api.serializers.fields import Moment, StrictSerializer


class OptionsSerializer(StrictSerializer):
    """What the patient may agree to beside the treatment; each stands for itself."""

    photos_record = serializers.BooleanField(required=False)
    photos_teaching = serializers.BooleanField(required=False)
    photos_marketing = serializers.BooleanField(required=False)
    follow_up = serializers.BooleanField(required=False)
    statistics = serializers.BooleanField(required=False)
    observers = serializers.BooleanField(required=False)


class ConsentPresentSerializer(StrictSerializer):
    """A consent to be composed from a plan."""

    plan = serializers.IntegerField()
    language = serializers.CharField(required=False, max_length=10)
    options = OptionsSerializer(required=False)


class ConsentSerializer(serializers.Serializer):
    """A consent and how far it is signed."""

    id = serializers.IntegerField()
    patient = serializers.IntegerField(source="patient_id")
    plan = serializers.IntegerField(source="plan_id")
    document = serializers.IntegerField(source="document_id")
    sha256 = serializers.CharField(source="document.sha256")
    language = serializers.CharField()
    options = serializers.SerializerMethodField()
    state = serializers.CharField()
    presented_at = Moment(allow_null=True)
    signed_at = Moment(allow_null=True)
    countersigned_at = Moment(allow_null=True)
    withdrawn_at = Moment(allow_null=True)

    def get_options(self, consent: Any) -> dict[str, bool] | None:
        """What else the patient agreed to; whose role sees only how far a consent is signed is not told."""
        limited = reach(self.context["request"].membership, Permission.VIEW_CONSENTS) in (None, Scope.LIMITED)
        return None if limited else consent.options


class StrokesField(serializers.JSONField):
    """Strokes of a signature: lists of points, each x, y, milliseconds and perhaps pressure."""

    def to_internal_value(self, data: Any) -> Any:
        value = super().to_internal_value(data)
        if not isinstance(value, list):
            raise serializers.ValidationError("a signature is a list of strokes.")
        return value


class ConsentSignSerializer(StrictSerializer):
    """A signature under a consent, drawn or typed, naming the fingerprint that was shown."""

    role = serializers.ChoiceField(["patient", "practitioner"])
    strokes = StrokesField(required=False, default=list)
    sha256 = serializers.CharField(max_length=64)
    signer_name = serializers.CharField(required=False, allow_blank=True, max_length=200)
    typed_name = serializers.CharField(required=False, allow_blank=True, max_length=200)


class ConsentWithdrawSerializer(StrictSerializer):
    """Why a consent is taken back."""

    reason = serializers.CharField(max_length=500)
