"""Side effects, as the API says them."""

from typing import Any

from rest_framework import serializers

from api.serializers.fields import Moment, Slug, StrictSerializer
from safety.models import ActionTaken, CaseOutcome, CaseState, Seriousness
from treatments.models import Side


class SideEffectBody(StrictSerializer):
    """What happened to whom, where, since when, how hard."""

    patient = serializers.IntegerField()
    session = serializers.IntegerField(required=False, allow_null=True)
    effect = Slug()
    zone = Slug(required=False, allow_null=True)
    side = serializers.ChoiceField(choices=Side.choices, required=False, allow_blank=True, default="")
    onset_at = Moment()
    grade = serializers.IntegerField(min_value=1, max_value=5)
    serious = serializers.ListField(child=serializers.ChoiceField(choices=Seriousness.choices), default=list)
    narrative = serializers.CharField(max_length=4000, required=False, allow_blank=True, default="")


class FindingBody(StrictSerializer):
    """What a clinician found, in place of what was first recorded, and why."""

    effect = Slug()
    zone = Slug(required=False, allow_null=True)
    side = serializers.ChoiceField(choices=Side.choices, required=False, allow_blank=True, default="")
    onset_at = Moment()
    grade = serializers.IntegerField(min_value=1, max_value=5)
    serious = serializers.ListField(child=serializers.ChoiceField(choices=Seriousness.choices), default=list)
    reason = serializers.CharField(max_length=500)


class StepBody(StrictSerializer):
    """The next state of a case."""

    state = serializers.ChoiceField(choices=[each for each in CaseState.choices if each[0] != CaseState.CLOSED])
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class CloseBody(StrictSerializer):
    """How a case ended."""

    outcome = serializers.ChoiceField(choices=CaseOutcome.choices)
    action_taken = serializers.ChoiceField(choices=ActionTaken.choices, default=ActionTaken.NONE)
    resolved_on = serializers.DateField(required=False, allow_null=True)
    treatment = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class SuspectSerializer(serializers.Serializer):
    """A lot that may have caused it, in one session."""

    kind = serializers.SerializerMethodField()
    id = serializers.IntegerField(source="lot_id")
    number = serializers.CharField(source="lot.number")
    session = serializers.IntegerField(source="session_id")
    latency_hours = serializers.IntegerField()
    in_window = serializers.BooleanField()
    ticked = serializers.BooleanField()

    def get_kind(self, suspect: Any) -> str:
        return "lot"


class SideEffectSerializer(serializers.Serializer):
    """A side effect with its three separate facts and its suspects."""

    id = serializers.IntegerField()
    patient = serializers.IntegerField(source="patient_id")
    session = serializers.IntegerField(source="session_id", allow_null=True)
    plan = serializers.IntegerField(source="plan_id", allow_null=True)
    effect = serializers.CharField(source="effect.slug")
    zone = serializers.CharField(source="zone.slug", allow_null=True, default=None)
    side = serializers.CharField()
    onset_at = Moment()
    grade = serializers.IntegerField()
    serious = serializers.ListField(child=serializers.CharField())
    expected = serializers.BooleanField()
    expected_basis = serializers.CharField()
    red = serializers.BooleanField(source="is_red")
    pauses_plan = serializers.BooleanField()
    state = serializers.CharField()
    outcome = serializers.CharField()
    narrative = serializers.CharField()
    reporter = serializers.CharField()
    told = serializers.DictField()
    reported_at = Moment()
    lifted_at = Moment(allow_null=True)
    closed_at = Moment(allow_null=True)
    suspects = SuspectSerializer(many=True)
