"""Reports, as the API says them."""

from typing import Any

from rest_framework import serializers

from api.serializers.fields import StrictSerializer


class ReportQuerySerializer(StrictSerializer):
    """What is asked of a report."""

    format = serializers.ChoiceField(choices=["json", "csv"], default="json")
    product = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)

    def get_fields(self) -> dict[str, Any]:
        days = {name: serializers.DateField(required=False) for name in ("from", "to")}
        return {**days, **super().get_fields()}

    def validate(self, attrs: Any) -> Any:
        if attrs.get("from") and attrs.get("to") and attrs["from"] > attrs["to"]:
            raise serializers.ValidationError({"to": "The last day lies before the first one."})
        return attrs


class ColumnSerializer(serializers.Serializer):
    """A column: its name in the rows, its heading, and whether it holds text, a count, a number or a day."""

    name = serializers.CharField()
    label = serializers.CharField()
    kind = serializers.CharField()


class ReportSerializer(serializers.Serializer):
    """A report that can be asked for."""

    name = serializers.CharField()
    title = serializers.CharField()
    columns = ColumnSerializer(many=True)


class SheetSerializer(ReportSerializer):
    """The answer of a report: rows and totals in the same columns; decimals are text, what is not known is null."""

    rows = serializers.ListField(child=serializers.DictField())
    totals = serializers.DictField()
