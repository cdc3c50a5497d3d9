"""Substances, products, recipes and checks, as the API says them."""

from typing import Any

from rest_framework import serializers

from api.serializers.fields import DecimalText, StrictSerializer
from formulations.models import PackDose, ProductForm, ProductType, Strength

UNITS = [*Strength.choices, ("mg", "mg"), ("U", "U"), ("IU", "IU")]


def volume(**options: Any) -> DecimalText:
    """A volume in mL, above zero, with three decimals."""
    return DecimalText(places=3, minimum="0.001", maximum=10000, **options)


class IngredientSerializer(serializers.Serializer):
    """A substance of the clinic's catalogue; an empty cap means that nobody has validated a maximum."""

    slug = serializers.CharField()
    name = serializers.CharField()
    common_name = serializers.CharField()
    substance_class = serializers.CharField()
    status = serializers.CharField()
    is_diluent = serializers.BooleanField()
    typical_concentration = DecimalText(allow_null=True)
    unit = serializers.CharField()
    max_dose_per_session = DecimalText(allow_null=True)
    max_dose_unit = serializers.CharField()
    max_dose_per_kg = DecimalText(allow_null=True)
    cap_kind = serializers.CharField()
    allergens = serializers.ListField(child=serializers.CharField())
    contraindicated_conditions = serializers.ListField(child=serializers.CharField())
    interacting_drugs = serializers.ListField(child=serializers.CharField())
    indications = serializers.ListField(child=serializers.CharField())
    evidence_grade = serializers.CharField()
    expected_side_effects = serializers.ListField(child=serializers.CharField())
    ph_min = DecimalText(allow_null=True)
    ph_max = DecimalText(allow_null=True)
    purpose = serializers.CharField()
    source = serializers.CharField()
    version = serializers.IntegerField()
    signed = serializers.SerializerMethodField()

    def get_signed(self, row: Any) -> bool:
        return row.signed_at is not None


class IndicationSerializer(serializers.Serializer):
    """What a patient may be treated for."""

    slug = serializers.CharField()
    name = serializers.CharField()


class EffectSerializer(serializers.Serializer):
    """A side effect of the catalogue."""

    slug = serializers.CharField()
    name = serializers.CharField()
    onset_hours_min = serializers.IntegerField()
    onset_hours_max = serializers.IntegerField()
    expected = serializers.BooleanField()
    red_flag = serializers.BooleanField()
    advice_to_patient = serializers.CharField()
    advice_to_staff = serializers.CharField()


class PairRuleSerializer(serializers.Serializer):
    """Two things that do not belong together."""

    a = serializers.CharField()
    b = serializers.CharField()
    severity = serializers.CharField()
    reason = serializers.CharField()
    source = serializers.CharField()


class ContentBody(StrictSerializer):
    """How much of a substance is in a millilitre; without a figure the label does not say."""

    ingredient = serializers.CharField(max_length=120)
    concentration = DecimalText(required=False, allow_null=True, minimum=0)
    unit = serializers.ChoiceField(choices=UNITS, required=False, allow_null=True, allow_blank=True)


class ProductBody(StrictSerializer):
    """A product that the clinic buys to inject."""

    name = serializers.CharField(max_length=200)
    ingredients = ContentBody(many=True, allow_empty=False)
    form = serializers.ChoiceField(choices=ProductForm.choices)
    volume_ml = volume()
    dose = serializers.ChoiceField(choices=PackDose.choices, default=PackDose.SINGLE)
    opened_hours = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=8760)
    product_type = serializers.ChoiceField(choices=ProductType.choices, default=ProductType.MEDICINE)
    allergens = serializers.ListField(child=serializers.CharField(max_length=60), required=False, default=list)
    maker = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)


class ContentSerializer(serializers.Serializer):
    """One substance of a product."""

    ingredient = serializers.CharField(source="ingredient.slug")
    concentration = DecimalText(allow_null=True)
    unit = serializers.CharField()


class ProductSerializer(serializers.Serializer):
    """A product with what a millilitre of it contains."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    maker = serializers.CharField()
    form = serializers.CharField()
    volume_ml = DecimalText()
    dose = serializers.CharField()
    opened_hours = serializers.IntegerField(allow_null=True)
    product_type = serializers.CharField()
    allergens = serializers.ListField(child=serializers.CharField())
    is_active = serializers.BooleanField()
    ingredients = ContentSerializer(source="contents", many=True)


class ComponentBody(StrictSerializer):
    """So many mL of a bare substance with its strength, of a product, of a lot, or of an open pack."""

    ingredient = serializers.CharField(max_length=120, required=False, allow_null=True)
    concentration = DecimalText(required=False, allow_null=True, minimum="0.0001")
    unit = serializers.ChoiceField(choices=UNITS, required=False, allow_null=True, allow_blank=True)
    product = serializers.IntegerField(required=False, allow_null=True)
    lot = serializers.IntegerField(required=False, allow_null=True)
    pack = serializers.IntegerField(required=False, allow_null=True)
    volume_ml = volume()

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        named = [name for name in ("ingredient", "product", "lot", "pack") if values.get(name)]
        if len(named) != 1:
            raise serializers.ValidationError("name one of ingredient, product, lot or pack.")
        return values


class CheckBody(StrictSerializer):
    """A mix to be checked: for a patient if one is named, in a session if one is open."""

    patient = serializers.IntegerField(required=False, allow_null=True)
    session = serializers.IntegerField(required=False, allow_null=True)
    formulation = serializers.IntegerField(required=False, allow_null=True)
    injected_ml = DecimalText(places=3, minimum=0, required=False, allow_null=True)
    components = ComponentBody(many=True, allow_empty=False)


class FindingSerializer(serializers.Serializer):
    """One fact that speaks against a mix, or that somebody should know."""

    code = serializers.CharField()
    severity = serializers.CharField()
    subjects = serializers.ListField(child=serializers.CharField())
    message = serializers.CharField()
    source = serializers.CharField()
    override = serializers.CharField()
    fix = serializers.CharField()
    accepted = serializers.CharField()


class FiguresSerializer(serializers.Serializer):
    """One substance of one component, in the component's own unit."""

    ingredient = serializers.CharField()
    unit = serializers.CharField()
    amount = serializers.CharField()
    final_per_ml = serializers.CharField()
    delivered = serializers.CharField()
    cap = serializers.CharField(allow_null=True)


class CheckSerializer(serializers.Serializer):
    """What the check says: verdict, figures, and every finding, hardest first."""

    verdict = serializers.ChoiceField(choices=["block", "warn", "ok"])
    total_ml = serializers.CharField()
    components = FiguresSerializer(many=True)
    findings = FindingSerializer(many=True)


class RecipeComponentBody(StrictSerializer):
    """One line of a recipe."""

    ingredient = serializers.CharField(max_length=120, required=False, allow_null=True)
    product = serializers.IntegerField(required=False, allow_null=True)
    concentration = DecimalText(required=False, allow_null=True, minimum="0.0001")
    unit = serializers.ChoiceField(choices=UNITS, required=False, allow_null=True, allow_blank=True)
    volume_ml = volume()


class RecipeBody(StrictSerializer):
    """A recipe, or the next version of the one that has this name."""

    name = serializers.CharField(max_length=200)
    indication = serializers.CharField(max_length=80, required=False, default="", allow_blank=True)
    components = RecipeComponentBody(many=True, allow_empty=False)


class ReasonBody(StrictSerializer):
    """Why."""

    reason = serializers.CharField(max_length=300)


class RecipeComponentSerializer(serializers.Serializer):
    """One line of a recipe."""

    ingredient = serializers.CharField(source="ingredient.slug", default=None)
    product = serializers.IntegerField(source="product_id")
    concentration = DecimalText(allow_null=True)
    unit = serializers.CharField()
    volume_ml = DecimalText()


class RecipeSerializer(serializers.Serializer):
    """One version of a recipe; `id` is what a plan, a check or a preparation names as its formulation."""

    id = serializers.IntegerField()
    formulation = serializers.IntegerField(source="formulation_id")
    name = serializers.CharField(source="formulation.name")
    indication = serializers.CharField(source="formulation.indication")
    version = serializers.IntegerField(source="number")
    review = serializers.CharField()
    approved_at = serializers.DateTimeField(allow_null=True)
    approval_reason = serializers.CharField()
    accepted_findings = serializers.ListField(child=serializers.CharField())
    components = RecipeComponentSerializer(many=True)
