"""Files from other systems, as the API says them."""

from typing import Any

import phonenumbers
from django.utils.translation import gettext as _
from rest_framework import serializers

from api.serializers.fields import Moment, StrictSerializer
from patients.imports.files import MOST_BYTES, MOST_COLUMNS
from patients.models import Decision, ImportSubject, RowState
from scheduling.models import Announce
from scheduling.tables.imports import progress_of


class ImportBody(StrictSerializer):
    """A file and what it holds; sent as multipart/form-data."""

    subject = serializers.ChoiceField(choices=ImportSubject.choices)
    file = serializers.FileField(max_length=200)

    def to_internal_value(self, data: Any) -> Any:
        values = super().to_internal_value(data)
        file = values.pop("file")
        return {**values, "title": file.name, "content": file.read(MOST_BYTES + 1)}


class ImportColumnsBody(StrictSerializer):
    """Which column, counted from 0, holds which field; and how days and telephone numbers are written."""

    columns = serializers.DictField(child=serializers.IntegerField(min_value=0, max_value=MOST_COLUMNS))
    day_first = serializers.BooleanField(default=True)
    phone_region = serializers.CharField(max_length=2, required=False, allow_blank=True)
    outside_hours = serializers.BooleanField(default=False)

    def validate_phone_region(self, value: str) -> str:
        if value and value.upper() not in phonenumbers.SUPPORTED_REGIONS:
            raise serializers.ValidationError(_("This is not a country. Write two letters, such as ES."))
        return value.upper()

    def to_internal_value(self, data: Any) -> Any:
        values = super().to_internal_value(data)
        return {**{name: value for name, value in values.items() if name != "columns"}, "mapping": values["columns"]}


class ImportRunBody(StrictSerializer):
    """What becomes of those who are here already, and what the patients of visits are sent."""

    duplicates = serializers.ChoiceField(choices=Decision.choices, default=Decision.SKIP)
    announce = serializers.ChoiceField(choices=Announce.choices, default=Announce.REMINDERS)


class ImportUndoBody(StrictSerializer):
    """Why it is taken back."""

    reason = serializers.CharField(max_length=300)


class ImportRowQuery(serializers.Serializer):
    """Which lines are asked for."""

    state = serializers.ChoiceField(choices=RowState.choices, required=False)


class ImportSerializer(serializers.Serializer):
    """One file, what was found in it, and how far it has come."""

    id = serializers.IntegerField()
    subject = serializers.CharField()
    title = serializers.CharField()
    state = serializers.CharField()
    failure = serializers.CharField()
    header = serializers.ListField(child=serializers.CharField())
    columns = serializers.DictField(child=serializers.IntegerField(), source="mapping")
    day_first = serializers.BooleanField()
    phone_region = serializers.CharField()
    outside_hours = serializers.BooleanField()
    uploaded_at = Moment()
    run_at = Moment(allow_null=True)
    undone_at = Moment(allow_null=True)


class ImportDetailSerializer(ImportSerializer):
    """One file with its figures."""

    counts = serializers.SerializerMethodField()
    progress = serializers.SerializerMethodField()

    def get_counts(self, batch: Any) -> dict[str, int]:
        counts: dict[str, int] = batch.rows.counts()
        return counts

    def get_progress(self, batch: Any) -> dict[str, int]:
        return progress_of(batch, batch.rows.counts())


class ImportRowSerializer(serializers.Serializer):
    """One line: what it says, and what became of it."""

    line = serializers.IntegerField()
    state = serializers.CharField()
    cells = serializers.ListField(child=serializers.CharField())
    problem = serializers.CharField()
    likeness = serializers.CharField()
    twin_line = serializers.IntegerField(allow_null=True)
    patient = serializers.IntegerField(source="patient_id", allow_null=True)
    appointment = serializers.IntegerField(source="made_id", allow_null=True)
