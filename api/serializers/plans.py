"""Protocols, plans, declined requests and phase decisions, as the API says them."""

from typing import Any

from rest_framework import serializers

from api.serializers.fields import DecimalText, Moment, OverrideSerializer, Slug, StrictSerializer
from treatments.rules.courses import calendars_of, lines_of
from treatments.rules.declines import INSTEAD


class ProtocolSerializer(serializers.Serializer):
    """How an indication is treated, with its evidence in plain words."""

    slug = serializers.CharField()
    version = serializers.IntegerField()
    name = serializers.CharField()
    indication = serializers.CharField()
    status = serializers.CharField()
    domain = serializers.CharField()
    min_sessions = serializers.IntegerField()
    default_sessions = serializers.IntegerField()
    max_sessions = serializers.IntegerField()
    phases = serializers.CharField()
    hard_min_days = serializers.IntegerField(allow_null=True)
    typical_ingredients = serializers.ListField(child=serializers.CharField())
    technique = serializers.ListField(child=serializers.CharField())
    depth_min_mm = DecimalText(allow_null=True)
    depth_max_mm = DecimalText(allow_null=True)
    outcome_measures = serializers.ListField(child=serializers.CharField())
    evidence_grade = serializers.CharField()
    evidence_note = serializers.CharField()


class PlanStartSerializer(StrictSerializer):
    """A plan to be agreed with a patient."""

    patient = serializers.IntegerField()
    protocol = Slug()
    start_on = serializers.DateField()
    practitioner = serializers.IntegerField()
    sessions = serializers.IntegerField(required=False, allow_null=True)
    formulation = serializers.IntegerField(required=False, allow_null=True)
    ingredients = serializers.ListField(child=Slug(), required=False, max_length=20)
    price = DecimalText(required=False, allow_null=True, minimum=0, maximum=1_000_000, places=2)
    language = serializers.CharField(required=False, max_length=10)
    aim = serializers.CharField(required=False, allow_blank=True, max_length=500)
    care_team = serializers.ListField(child=serializers.IntegerField(), required=False, max_length=20)
    overrides = OverrideSerializer(many=True, required=False)


class PlannedSessionSerializer(serializers.Serializer):
    """One of a plan's sessions: where it belongs, where it is booked, what became of it."""

    id = serializers.IntegerField(source="planned.pk")
    ordinal = serializers.IntegerField(source="planned.ordinal")
    phase = serializers.IntegerField(source="planned.phase")
    earliest_on = serializers.DateField(source="window.earliest_on", default=None)
    target_on = serializers.DateField(source="window.target_on", default=None)
    latest_on = serializers.DateField(source="window.latest_on", default=None)
    done_on = serializers.DateField(source="visit.done_on", default=None)
    appointment = serializers.IntegerField(source="appointment_id", allow_null=True)
    session = serializers.IntegerField(source="session_id", allow_null=True)
    status = serializers.CharField()


class PlanListSerializer(serializers.ListSerializer):
    """Plans whose places' calendars are read together."""

    def to_representation(self, data: Any) -> Any:
        rows = list(data)
        self.context["calendars"] = calendars_of(rows)
        return super().to_representation(rows)


class PlanSerializer(serializers.Serializer):
    """A plan with all its sessions."""

    class Meta:
        list_serializer_class = PlanListSerializer

    id = serializers.IntegerField()
    number = serializers.CharField()
    patient = serializers.IntegerField(source="patient_id")
    protocol = serializers.CharField(source="protocol.slug")
    protocol_version = serializers.IntegerField(source="protocol.version")
    practitioner = serializers.IntegerField(source="practitioner_id")
    start_on = serializers.DateField()
    state = serializers.CharField()
    state_reason = serializers.CharField()
    ingredients = serializers.SerializerMethodField()
    formulation_version = serializers.IntegerField(source="version_id", allow_null=True)
    price_per_session = DecimalText(allow_null=True)
    price_in_total = DecimalText(allow_null=True)
    currency = serializers.CharField()
    language = serializers.CharField()
    planned_sessions = serializers.SerializerMethodField()

    def get_ingredients(self, plan: Any) -> list[str]:
        rows = sorted(plan.plan_ingredients.all(), key=lambda row: row.ordinal)
        return [row.ingredient.slug for row in rows]

    def get_planned_sessions(self, plan: Any) -> list[dict[str, Any]]:
        return PlannedSessionSerializer(lines_of(plan, self.context.get("calendars")), many=True).data  # type: ignore[return-value]


class PhaseDecisionSerializer(StrictSerializer):
    """Whether a plan moves on to its longer interval."""

    advance = serializers.BooleanField()
    improved = serializers.BooleanField(required=False, allow_null=True)
    measure = serializers.CharField(required=False, allow_blank=True, max_length=40)
    reason = serializers.CharField(max_length=500)


class ReasonSerializer(StrictSerializer):
    """Why."""

    reason = serializers.CharField(max_length=500)


class PlanEndSerializer(ReasonSerializer):
    """Why a plan ends, and whether what is booked of it is cancelled with it."""

    cancel_visits = serializers.BooleanField(default=False)


class DeclineSerializer(StrictSerializer):
    """A request that the clinic refuses."""

    patient = serializers.IntegerField()
    protocol = Slug()
    reasons = serializers.ListField(child=serializers.CharField(max_length=300), required=False, max_length=30)
    instead = serializers.MultipleChoiceField(choices=list(INSTEAD), required=False)
    note = serializers.CharField(required=False, allow_blank=True, max_length=5000)
    recheck_on = serializers.DateField(required=False, allow_null=True)


class DeclinedSerializer(serializers.Serializer):
    """A refused request with everything that spoke against it."""

    id = serializers.IntegerField()
    patient = serializers.IntegerField(source="patient_id")
    protocol = serializers.CharField(source="protocol.slug")
    findings = serializers.JSONField()
    reasons = serializers.JSONField()
    document = serializers.IntegerField(source="document_id", allow_null=True)
    recheck_on = serializers.DateField(allow_null=True)
    at = Moment()
