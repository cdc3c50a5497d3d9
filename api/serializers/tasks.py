"""Tasks, as the API says them."""

from rest_framework import serializers

from accounts.models import Role
from api.serializers.fields import Moment, StrictSerializer
from patients.models import CLINICIAN, TaskKind


class TaskBody(StrictSerializer):
    """Something that is to be done."""

    text = serializers.CharField(max_length=500)
    kind = serializers.ChoiceField(choices=TaskKind.choices, required=False)
    patient = serializers.IntegerField(required=False, allow_null=True)
    due_on = serializers.DateField(required=False, allow_null=True)
    due_at = Moment(required=False)
    role = serializers.ChoiceField(choices=["", CLINICIAN, *Role.values], required=False)
    person = serializers.IntegerField(required=False, allow_null=True, help_text="The id of a membership.")


class TaskDoneBody(StrictSerializer):
    """What came of it."""

    outcome = serializers.CharField(max_length=500, required=False, allow_blank=True)


class TaskSerializer(serializers.Serializer):
    """A task."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    text = serializers.CharField()
    patient = serializers.IntegerField(source="patient_id")
    is_red = serializers.BooleanField()
    due_on = serializers.DateField()
    role = serializers.CharField()
    person = serializers.IntegerField(source="assignee_id")
    link = serializers.CharField()
    created_at = Moment()
    done_at = Moment()
    done_by = serializers.IntegerField(source="done_by_id")
    outcome = serializers.CharField()
