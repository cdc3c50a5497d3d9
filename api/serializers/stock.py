"""Lots, packs and mixes, as the API says them."""

from typing import Any

from rest_framework import serializers

from api.serializers.fields import DecimalText, Moment, OverrideSerializer, StrictSerializer
from api.serializers.formulations import volume
from formulations.forms.mixes import STANDARDS
from formulations.models import StockUnit
from formulations.rules.stock import BY_HAND


class LotBody(StrictSerializer):
    """A delivery: so many packs, or a quantity."""

    product = serializers.IntegerField()
    number = serializers.CharField(max_length=80)
    expires_on = serializers.DateField()
    packs = serializers.IntegerField(required=False, min_value=1, max_value=100000)
    quantity = DecimalText(places=3, minimum="0.001", maximum=100000, required=False)
    unit = serializers.ChoiceField(choices=StockUnit.choices, default=StockUnit.ML)
    location = serializers.IntegerField(required=False)
    allergens = serializers.ListField(child=serializers.CharField(max_length=60), required=False, default=list)
    udi = serializers.CharField(max_length=120, required=False, default="", allow_blank=True)
    supplier = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        if ("packs" in values) == ("quantity" in values):
            raise serializers.ValidationError("say either packs or quantity.")
        return values


class MovementBody(StrictSerializer):
    """A change of stock by hand."""

    kind = serializers.ChoiceField(choices=[str(kind) for kind in BY_HAND])
    quantity = DecimalText(places=3, minimum=-100000, maximum=100000)
    reason = serializers.CharField(max_length=300, allow_blank=True, required=False, default="")


class MovementSerializer(serializers.Serializer):
    """One row of a lot's ledger."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    quantity = DecimalText()
    reason = serializers.CharField()
    at = Moment()
    by = serializers.CharField(source="by.display_name")
    pack = serializers.IntegerField(source="pack_id", allow_null=True)
    preparation = serializers.SerializerMethodField()
    reversal_of = serializers.IntegerField(source="reversal_of_id", allow_null=True)

    def get_preparation(self, movement: Any) -> int | None:
        component = getattr(movement, "component", None)
        return component.preparation_id if component else None


class LotSerializer(serializers.Serializer):
    """A lot with its balance."""

    id = serializers.IntegerField()
    product = serializers.IntegerField(source="product_id")
    product_name = serializers.CharField(source="product.name")
    number = serializers.CharField()
    expires_on = serializers.DateField()
    location = serializers.IntegerField(source="location_id")
    unit = serializers.CharField()
    balance = DecimalText()
    state = serializers.CharField()
    allergens = serializers.ListField(child=serializers.CharField())


class LotDetailSerializer(LotSerializer):
    """A lot with its whole ledger, newest row first."""

    movements = serializers.SerializerMethodField()
    received = DecimalText(source="account.received")
    used = DecimalText(source="account.used")
    discarded = DecimalText(source="account.discarded")
    adjusted = DecimalText(source="account.adjusted")

    def get_movements(self, lot: Any) -> list[dict[str, Any]]:
        return MovementSerializer(lot.movements.with_names(), many=True, context=self.context).data


class PackBody(StrictSerializer):
    """A pack to be opened, and for whom."""

    lot = serializers.IntegerField()
    patient = serializers.IntegerField(required=False, allow_null=True)


class PackSerializer(serializers.Serializer):
    """An opened pack."""

    id = serializers.IntegerField()
    lot = serializers.IntegerField(source="lot_id")
    patient = serializers.IntegerField(source="patient_id", allow_null=True)
    dose = serializers.CharField()
    volume_ml = DecimalText(source="volume")
    left_ml = DecimalText(source="left")
    opened_at = Moment()
    discard_at = Moment()
    state = serializers.CharField()


class DrawBody(StrictSerializer):
    """So many mL from a lot, of which as many packs are opened as the volume needs, or from an open pack."""

    lot = serializers.IntegerField(required=False)
    pack = serializers.IntegerField(required=False)
    volume_ml = volume()

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        if ("lot" in values) == ("pack" in values):
            raise serializers.ValidationError("name either a lot or a pack.")
        return values


class PreparationBody(StrictSerializer):
    """A mix to be drawn for a session."""

    session = serializers.IntegerField()
    formulation = serializers.IntegerField(required=False, allow_null=True)
    components = DrawBody(many=True, allow_empty=False)
    injected_ml = DecimalText(places=3, minimum=0, required=False, allow_null=True)
    standard = serializers.ChoiceField(choices=STANDARDS, default="immediate")
    overrides = OverrideSerializer(many=True, required=False, default=list)


class SubstanceSerializer(serializers.Serializer):
    """How much of one substance a component brought into the mix."""

    ingredient = serializers.CharField(source="ingredient.slug")
    concentration = DecimalText(allow_null=True)
    amount = DecimalText(allow_null=True)
    unit = serializers.CharField()


class DrawnSerializer(serializers.Serializer):
    """What one pack gave to a mix."""

    id = serializers.IntegerField()
    lot = serializers.IntegerField(source="pack.lot_id")
    lot_number = serializers.CharField(source="pack.lot.number")
    product = serializers.CharField(source="pack.lot.product.name")
    pack = serializers.IntegerField(source="pack_id")
    movement = serializers.IntegerField(source="movement_id")
    volume_ml = DecimalText()
    substances = SubstanceSerializer(many=True)


class KeptFindingSerializer(serializers.Serializer):
    """What the check said when a mix was drawn, and whose word it was."""

    code = serializers.CharField()
    severity = serializers.CharField()
    subjects = serializers.ListField(child=serializers.CharField())
    message = serializers.CharField()
    source = serializers.CharField()
    reason = serializers.CharField()


class PreparationSerializer(serializers.Serializer):
    """A mix that was really drawn."""

    id = serializers.IntegerField()
    patient = serializers.IntegerField(source="patient_id")
    session = serializers.SerializerMethodField()
    formulation = serializers.IntegerField(source="version_id", allow_null=True)
    state = serializers.CharField()
    total_ml = DecimalText()
    prepared_at = Moment()
    beyond_use_at = Moment()
    injected_ml = DecimalText(allow_null=True)
    wasted_ml = DecimalText(allow_null=True)
    components = DrawnSerializer(many=True)
    findings = KeptFindingSerializer(many=True)

    def get_session(self, preparation: Any) -> int | None:
        joined = getattr(preparation, "session_preparation", None)
        return joined.session_id if joined else None


class ExposedSerializer(serializers.Serializer):
    """One zone of one session that a lot reached."""

    patient = serializers.IntegerField()
    session = serializers.IntegerField()
    zone = serializers.CharField(allow_null=True)
    side = serializers.CharField()
    ml = serializers.CharField(allow_null=True)
    on = serializers.DateField()
    preparation = serializers.IntegerField()


class BalanceSerializer(serializers.Serializer):
    """received = used + discarded + quarantined + left, with what was adjusted and sent away."""

    received = serializers.CharField()
    used = serializers.CharField()
    discarded = serializers.CharField()
    adjusted = serializers.CharField()
    sent = serializers.CharField()
    quarantined = serializers.CharField()
    left = serializers.CharField()


class ExposureSerializer(serializers.Serializer):
    """Who was exposed to a lot, and what became of its volume."""

    patients = serializers.IntegerField()
    sessions = serializers.IntegerField()
    rows = ExposedSerializer(many=True)
    balance = BalanceSerializer()
