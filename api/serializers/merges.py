"""Two files that become one, as the API says it."""

from typing import Any

from rest_framework import serializers

from api.serializers.fields import Moment, StrictSerializer
from patients.actions.moves import TAKEN


class MergeBody(StrictSerializer):
    """Into which file, what is taken from the one that goes, and why; `approval` when a second person agrees."""

    into = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    taking = serializers.ListField(child=serializers.ChoiceField(choices=sorted(TAKEN)), required=False, max_length=30)
    reason = serializers.CharField(max_length=300)
    approval = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)


class SplitBody(StrictSerializer):
    """Why these are two people after all; `approval` when a second person agrees."""

    reason = serializers.CharField(max_length=300)
    approval = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)


class MergeSerializer(serializers.Serializer):
    """One merge, and whether it was undone."""

    id = serializers.IntegerField()
    into = serializers.IntegerField(source="to_patient_id")
    merged = serializers.IntegerField(source="from_patient_id")
    reason = serializers.CharField()
    merged_at = Moment()
    undone_at = Moment(allow_null=True)
    moved = serializers.SerializerMethodField()

    def get_moved(self, merge: Any) -> int:
        return int(merge.moves.filter(column="patient_id").count())
