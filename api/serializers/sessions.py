"""Sessions, as the API says them."""

from typing import Any

from rest_framework import serializers

from api.serializers.fields import DecimalText, Moment, OverrideSerializer, Slug, StrictSerializer
from treatments.models import Antiseptic, Delivery, Side, Technique
from treatments.rules import doses
from treatments.rules.mix import MUST_ASK

SIDES = [*Side.values, "bilateral"]
MORE = tuple(f"{question}_note" for question in MUST_ASK)


class SessionBody(StrictSerializer):
    """A session to be opened: one of a plan's sessions, or the plan's next one."""

    planned_session = serializers.IntegerField(required=False)
    plan = serializers.IntegerField(required=False)
    appointment = serializers.IntegerField(required=False, allow_null=True)
    practitioner = serializers.IntegerField(required=False, allow_null=True)
    overrides = OverrideSerializer(many=True, required=False, default=list)

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        if ("planned_session" in values) == ("plan" in values):
            raise serializers.ValidationError("name either a planned_session or a plan.")
        return values


class AnswersBody(StrictSerializer):
    """The five questions that are asked at every session, each with an answer of its own."""

    pregnancy = serializers.CharField(max_length=20, required=False)
    blood_thinners_nsaids_7d = serializers.CharField(max_length=20, required=False)
    infection = serializers.CharField(max_length=20, required=False)
    allergy = serializers.CharField(max_length=20, required=False)
    last_reaction = serializers.CharField(max_length=20, required=False)

    def get_fields(self) -> dict[str, Any]:
        note = {"max_length": 500, "required": False, "allow_blank": True}
        return {**super().get_fields(), **{name: serializers.CharField(**note) for name in MORE}}


class ScreeningBody(StrictSerializer):
    """The answers of today, with the weight if it was taken."""

    answers = AnswersBody()
    weight_kg = DecimalText(required=False, allow_null=True, minimum=2, maximum=400, places=2)
    overrides = OverrideSerializer(many=True, required=False, default=list)
    revision = serializers.IntegerField(required=False, allow_null=True)


class SeenBody(StrictSerializer):
    """One effect seen before the patient left."""

    effect = Slug()
    grade = serializers.IntegerField(min_value=1, max_value=5)
    note = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class ReactionBody(StrictSerializer):
    """What was seen before the patient left; that nothing was seen is an answer."""

    none_observed = serializers.BooleanField(required=False, default=False)
    effects = SeenBody(many=True, required=False, default=list)
    pain = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=10)
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class SessionEdit(StrictSerializer):
    """What a session says beside its zones."""

    anaesthetic = serializers.DictField(required=False)
    antiseptic = serializers.ChoiceField(choices=Antiseptic.choices, required=False)
    injection_started_at = Moment(required=False)
    injection_ended_at = Moment(required=False)
    ended_at = Moment(required=False)
    reaction = ReactionBody(required=False)
    note = serializers.CharField(required=False, allow_blank=True, max_length=10000)
    revision = serializers.IntegerField(required=False, allow_null=True)


class TimeOutBody(StrictSerializer):
    """The words of whoever goes on against a finding."""

    overrides = OverrideSerializer(many=True, required=False, default=list)


class ZoneBody(StrictSerializer):
    """What was injected into one zone."""

    zone = Slug()
    side = serializers.ChoiceField(choices=[(each, each) for each in SIDES])
    technique = serializers.ChoiceField(choices=Technique.choices)
    depth_mm = DecimalText(minimum=0, maximum=20, places=1)
    points = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=2000)
    ml_per_point = DecimalText(required=False, allow_null=True, minimum="0.001", maximum=100, places=3)
    volume_ml = DecimalText(required=False, allow_null=True, minimum="0.001", maximum=1000, places=3)
    preparation = serializers.IntegerField(required=False, allow_null=True)
    needle = serializers.CharField(max_length=40, required=False, allow_blank=True)
    angle_deg = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=90)
    area_cm2 = DecimalText(required=False, allow_null=True, minimum="0.1", maximum=10000, places=1)
    spacing_mm = DecimalText(required=False, allow_null=True, minimum="0.1", maximum=200, places=1)
    delivery = serializers.ChoiceField(choices=Delivery.choices, required=False)
    device = serializers.IntegerField(required=False, allow_null=True)
    consumable_lot = serializers.IntegerField(required=False, allow_null=True)
    note = serializers.CharField(max_length=300, required=False, allow_blank=True)
    overrides = OverrideSerializer(many=True, required=False, default=list)
    revision = serializers.IntegerField(required=False, allow_null=True)


class WastedBody(StrictSerializer):
    """What was left of a mix, and why, where more than a rest is missing."""

    preparation = serializers.IntegerField()
    ml = DecimalText(minimum=0, maximum=1000, places=3)
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class SignOffBody(StrictSerializer):
    """The signature; without figures the waste is what was drawn and not injected."""

    wasted = WastedBody(many=True, required=False, default=list)


class AddendumBody(StrictSerializer):
    """What is remembered later."""

    text = serializers.CharField(max_length=10000)
    late = serializers.BooleanField(required=False, default=False)


class AbandonBody(StrictSerializer):
    """Why a session is given up."""

    reason = serializers.CharField(max_length=300)


class UseSerializer(serializers.Serializer):
    """How much of one substance of one lot a zone received."""

    ingredient = serializers.CharField(source="ingredient.slug")
    lot = serializers.IntegerField(source="movement.lot_id")
    lot_number = serializers.CharField(source="movement.lot.number")
    movement = serializers.IntegerField(source="movement_id")
    volume_ml = DecimalText()
    dose = DecimalText(allow_null=True)
    unit = serializers.CharField()


class ZoneSerializer(serializers.Serializer):
    """One zone on one side."""

    id = serializers.IntegerField()
    ordinal = serializers.IntegerField()
    zone = serializers.CharField(source="zone.slug")
    side = serializers.CharField()
    technique = serializers.CharField()
    depth_mm = DecimalText()
    angle_deg = serializers.IntegerField(allow_null=True)
    needle = serializers.CharField()
    points = serializers.IntegerField(allow_null=True)
    ml_per_point = DecimalText(allow_null=True)
    area_cm2 = DecimalText(allow_null=True)
    spacing_mm = DecimalText(allow_null=True)
    volume_ml = DecimalText()
    delivery = serializers.CharField()
    device = serializers.IntegerField(source="device_id", allow_null=True)
    consumable_lot = serializers.IntegerField(source="consumable_lot_id", allow_null=True)
    preparation = serializers.IntegerField(source="preparation_id", allow_null=True)
    note = serializers.CharField()
    uses = UseSerializer(source="component_uses", many=True)


class SessionFindingSerializer(serializers.Serializer):
    """What a check said during the session."""

    stage = serializers.CharField()
    code = serializers.CharField()
    severity = serializers.CharField()
    subjects = serializers.ListField(child=serializers.CharField())
    message = serializers.CharField()
    source = serializers.CharField()
    reason = serializers.CharField()


class SessionMixSerializer(serializers.Serializer):
    """A mix of the session, with what became of it."""

    id = serializers.IntegerField(source="preparation_id")
    state = serializers.CharField(source="preparation.state")
    total_ml = DecimalText(source="preparation.total_ml")
    injected_ml = DecimalText(source="preparation.injected_ml", allow_null=True)
    wasted_ml = DecimalText(source="preparation.wasted_ml", allow_null=True)
    beyond_use_at = Moment(source="preparation.beyond_use_at")


class DeliveredSerializer(serializers.Serializer):
    """What the patient received of one substance."""

    ingredient = serializers.CharField(source="ingredient.slug")
    amount = DecimalText()
    unit = serializers.CharField()


class AddendumSerializer(serializers.Serializer):
    """What was added after the signature."""

    id = serializers.IntegerField()
    text = serializers.CharField()
    late = serializers.BooleanField()
    at = Moment()
    by = serializers.CharField(source="by.display_name")


class DeviationSerializer(serializers.Serializer):
    """What was done otherwise than it should have been."""

    code = serializers.CharField()
    message = serializers.CharField()
    reason = serializers.CharField()
    at = Moment()


class SessionDocumentSerializer(serializers.Serializer):
    """A paper of the session."""

    id = serializers.IntegerField(source="document_id")
    kind = serializers.CharField(source="document.kind")
    number = serializers.CharField(source="document.number")
    title = serializers.CharField(source="document.title")
    state = serializers.CharField(source="document.state")
    sha256 = serializers.CharField(source="document.sha256")


class SeenSerializer(serializers.Serializer):
    """One effect seen before the patient left."""

    effect = serializers.CharField(source="effect.slug")
    grade = serializers.IntegerField()
    note = serializers.CharField()


class ReactionSerializer(serializers.Serializer):
    """What was seen before the patient left."""

    none_observed = serializers.BooleanField()
    effects = SeenSerializer(many=True)
    pain = serializers.IntegerField(allow_null=True)
    note = serializers.CharField()


class ScreeningSerializer(serializers.Serializer):
    """What was asked and answered."""

    answers = serializers.DictField()
    weight_kg = DecimalText(source="weight.kg", allow_null=True, default=None)
    answered_at = Moment()


class SessionLineSerializer(serializers.Serializer):
    """A session in a list."""

    id = serializers.IntegerField()
    plan = serializers.IntegerField(source="plan_id")
    planned_session = serializers.IntegerField(source="planned_session_id")
    ordinal = serializers.IntegerField(source="planned_session.ordinal")
    appointment = serializers.IntegerField(source="appointment_id", allow_null=True)
    patient = serializers.IntegerField(source="patient_id")
    practitioner = serializers.IntegerField(source="practitioner_id")
    location = serializers.IntegerField(source="location_id")
    state = serializers.CharField()
    started_at = Moment()
    injection_started_at = Moment(allow_null=True)
    injection_ended_at = Moment(allow_null=True)
    ended_at = Moment(allow_null=True)
    signed_at = Moment(allow_null=True)
    revision = serializers.IntegerField()


class SessionSerializer(SessionLineSerializer):
    """A whole session."""

    signed_by = serializers.IntegerField(source="signed_by_id", allow_null=True)
    time_out_at = Moment(allow_null=True)
    anaesthetic = serializers.DictField()
    antiseptic = serializers.CharField()
    note = serializers.CharField()
    screening = serializers.SerializerMethodField()
    preparations = SessionMixSerializer(source="session_preparations", many=True)
    zones = ZoneSerializer(source="zone_applications", many=True)
    points = serializers.SerializerMethodField()
    injected_ml = serializers.SerializerMethodField()
    delivered = serializers.SerializerMethodField()
    reaction = serializers.SerializerMethodField()
    findings = SessionFindingSerializer(many=True)
    deviations = DeviationSerializer(many=True)
    addenda = AddendumSerializer(many=True)
    documents = SessionDocumentSerializer(source="session_documents", many=True)

    def get_screening(self, session: Any) -> dict[str, Any] | None:
        row = getattr(session, "screening", None)
        return ScreeningSerializer(row, context=self.context).data if row else None

    def get_reaction(self, session: Any) -> dict[str, Any] | None:
        row = getattr(session, "reaction", None)
        return ReactionSerializer(row, context=self.context).data if row else None

    def get_points(self, session: Any) -> int:
        return doses.points(session)

    def get_injected_ml(self, session: Any) -> str:
        return DecimalText().to_representation(sum(doses.injected(session).values()))

    def get_delivered(self, session: Any) -> list[dict[str, Any]]:
        return DeliveredSerializer(doses.delivered(session), many=True, context=self.context).data
