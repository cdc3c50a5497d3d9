"""Reports, as the API says them."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from api.serializers.fields import StrictSerializer
from reports.tables.catalogue import REPORTS
from reports.tables.files import FORMS
from reports.tables.sheets import Filter

MOST_AT_ONCE = 200


def field_for(narrowing: Filter) -> serializers.Field:
    """A filter of a report as a parameter."""
    if narrowing.choices is None:
        return serializers.DateField(required=False)
    if narrowing.is_number:
        return serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    return serializers.CharField(required=False, max_length=80)


class ReportQuerySerializer(StrictSerializer):
    """What is asked of a report: which of these narrow it is said by the report itself."""

    format = serializers.ChoiceField(choices=["json", *FORMS], default="json")
    page = serializers.IntegerField(default=1, min_value=1, max_value=1_000_000)

    def get_fields(self) -> dict[str, Any]:
        report = self.context.get("report")
        filters = {each.name: each for each in (report or _Every).filters}
        return {**{name: field_for(each) for name, each in filters.items()}, **super().get_fields()}

    def validate(self, attrs: Any) -> Any:
        if attrs.get("from") and attrs.get("to") and attrs["from"] > attrs["to"]:
            raise serializers.ValidationError({"to": "The last day lies before the first one."})
        for each in self.context["report"].filters:
            if each.choices and not each.is_number and each.name in attrs:
                self._known(each, attrs[each.name])
        return attrs

    def _known(self, narrowing: Filter, value: str) -> None:
        known = [str(name) for name, _label in narrowing.choices(self.context["clinic"])]  # type: ignore[misc]
        if value not in known:
            sentence = _("“%(value)s” is not known here. Known are: %(known)s.")
            raise serializers.ValidationError({narrowing.name: sentence % {"value": value, "known": ", ".join(known)}})


class _Every:
    """The filters of all reports together, for the description of the door."""

    filters = tuple({each.name: each for report in REPORTS.values() for each in report.filters}.values())


class ReportColumnSerializer(serializers.Serializer):
    """A column: its name in the rows, its heading, and whether it holds text, a count, a number, a day or a moment."""

    name = serializers.CharField()
    label = serializers.CharField()
    kind = serializers.CharField()


class ReportSerializer(serializers.Serializer):
    """A report that can be asked for."""

    name = serializers.CharField()
    title = serializers.CharField()
    columns = ReportColumnSerializer(many=True)
    filters = serializers.SerializerMethodField()

    def get_filters(self, report: Any) -> list[str]:
        return [each.name for each in report.filters]


class SheetSerializer(ReportSerializer):
    """The answer of a report: rows and totals in the same columns; decimals are text, what is not known is null."""

    count = serializers.IntegerField()
    page = serializers.IntegerField()
    rows = serializers.ListField(child=serializers.DictField())
    totals = serializers.DictField(allow_null=True)
