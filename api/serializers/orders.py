"""Orders of the prescriber, as the API says them."""

from typing import Any

from rest_framework import serializers

from api.serializers.fields import DecimalText, Moment, Slug, StrictSerializer
from api.serializers.formulations import volume


class OrderLineBody(StrictSerializer):
    """A product, or a substance at a strength, and how much of it may go into the mix."""

    ingredient = Slug(required=False)
    product = serializers.IntegerField(required=False)
    concentration = DecimalText(required=False, allow_null=True, minimum=0)
    unit = serializers.CharField(required=False, max_length=8)
    volume_ml = volume()

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        if ("ingredient" in values) == ("product" in values):
            raise serializers.ValidationError("name either an ingredient or a product.")
        return values


class OrderBody(StrictSerializer):
    """An order to be signed: a recipe or its own lines, for which sessions, how much, until when."""

    plan = serializers.IntegerField()
    formulation = serializers.IntegerField(required=False, allow_null=True)
    components = OrderLineBody(many=True, required=False, default=list)
    first_ordinal = serializers.IntegerField(min_value=1, max_value=15)
    last_ordinal = serializers.IntegerField(min_value=1, max_value=15)
    max_ml = DecimalText(places=3, minimum="0.001", maximum=1000)
    zones = serializers.ListField(child=Slug(), required=False, default=list, max_length=60)
    valid_until = serializers.DateField()
    note = serializers.CharField(required=False, allow_blank=True, max_length=500, default="")


class OrderAskBody(StrictSerializer):
    """The session for which somebody would mix, and the mix."""

    session = serializers.IntegerField()
    components = OrderLineBody(many=True, required=False, default=list)


class OrderLineSerializer(serializers.Serializer):
    """One line of an order."""

    ingredient = serializers.CharField(source="ingredient.slug", default=None)
    product = serializers.IntegerField(source="product_id", allow_null=True)
    concentration = DecimalText(allow_null=True)
    unit = serializers.CharField()
    volume_ml = DecimalText()


class OrderSerializer(serializers.Serializer):
    """An order, signed by the prescriber for one patient."""

    id = serializers.IntegerField()
    plan = serializers.IntegerField(source="plan_id")
    patient = serializers.IntegerField(source="patient_id")
    practitioner = serializers.IntegerField(source="practitioner_id")
    formulation = serializers.IntegerField(source="version_id", allow_null=True)
    components = OrderLineSerializer(many=True)
    first_ordinal = serializers.IntegerField()
    last_ordinal = serializers.IntegerField()
    max_ml = DecimalText()
    zones = serializers.ListField(child=serializers.CharField())
    valid_from = serializers.DateField()
    valid_until = serializers.DateField()
    note = serializers.CharField()
    signed_at = Moment()
    signed_by = serializers.CharField(source="practitioner.__str__")
    withdrawn_at = Moment(allow_null=True)
    withdraw_reason = serializers.CharField()
