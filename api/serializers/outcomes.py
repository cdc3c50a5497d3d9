"""Outcome measures, as the API says them."""

from typing import Any

from rest_framework import serializers

from api.serializers.fields import DecimalText, Slug, StrictSerializer
from treatments.rules.outcomes import baselines_of, changes_of, remarks_on, series_of


class OutcomeRateSerializer(StrictSerializer):
    """Answers to be scored."""

    patient = serializers.IntegerField()
    session = serializers.IntegerField(required=False, allow_null=True)
    plan = serializers.IntegerField(required=False, allow_null=True)
    measure = Slug()
    rated_on = serializers.DateField()
    items = serializers.DictField()
    rater = serializers.ChoiceField(["clinician", "patient"], required=False)
    zone = Slug(required=False)
    side = serializers.ChoiceField(["left", "right", "midline", "na"], required=False)


class OutcomeListSerializer(serializers.ListSerializer):
    """Scores whose changes are computed together."""

    def to_representation(self, data: Any) -> Any:
        rows = list(data)
        self.context["baselines"] = baselines_of(rows)  # type: ignore[index]
        return super().to_representation(rows)


class OutcomeSerializer(serializers.Serializer):
    """A score with what it was computed from, and its change against the first."""

    class Meta:
        list_serializer_class = OutcomeListSerializer

    id = serializers.IntegerField()
    patient = serializers.IntegerField(source="patient_id")
    plan = serializers.IntegerField(source="plan_id", allow_null=True)
    session = serializers.IntegerField(source="session_id", allow_null=True)
    measure = serializers.CharField()
    rated_on = serializers.DateField()
    rater = serializers.CharField()
    zone = serializers.CharField(source="zone.slug", default=None)
    side = serializers.CharField()
    items = serializers.JSONField()
    score = DecimalText(allow_null=True)
    complete = serializers.BooleanField()
    change_percent = serializers.SerializerMethodField()
    remarks = serializers.SerializerMethodField()

    def baselines(self, outcome: Any) -> Any:
        """Give the first scores, looked up once for a whole list."""
        return self.context["baselines"] if "baselines" in self.context else baselines_of([outcome])

    def get_change_percent(self, outcome: Any) -> str | None:
        return changes_of([outcome], self.baselines(outcome)).get(outcome.pk)

    def get_remarks(self, outcome: Any) -> list[str]:
        return remarks_on(self.baselines(outcome).get(series_of(outcome)), outcome)
