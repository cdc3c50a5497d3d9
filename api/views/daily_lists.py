"""Infection control, day by day."""

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from accounts.access import Permission
from api.serializers.daily_lists import (
    DailyCorrectionSerializer,
    DailyEntrySerializer,
    DailyRecordSerializer,
    DailyRoundSerializer,
)
from api.views.door import ClinicView
from scheduling.actions import daily_lists
from scheduling.tables.daily_lists import round_of


def plain_dates(given):
    """Findings are kept as JSON: their days are written as text."""
    findings = [
        {**each, "expires_on": each["expires_on"].isoformat() if each.get("expires_on") else None}
        for each in given.get("findings", [])
    ]
    return {**given, "findings": findings}


class DailyLists(ClinicView):
    """What is looked at every day, and what was found today."""

    permissions = {"GET": Permission.VIEW_DAILY_LISTS}

    @extend_schema(responses=DailyRoundSerializer)
    def get(self, request) -> Response:
        return self.show(DailyRoundSerializer, {"results": round_of(self.clinic, timezone.now())})


class DailyEntries(ClinicView):
    """What was found at one list; a new entry is added, none is changed."""

    permissions = {"GET": Permission.VIEW_DAILY_LISTS, "POST": Permission.RECORD_DAILY_LISTS}

    @extend_schema(responses=DailyEntrySerializer(many=True))
    def get(self, request, pk) -> Response:
        return self.page(DailyEntrySerializer, self.daily_list(pk).entries.select_related("corrected_by"))

    @extend_schema(request=DailyRecordSerializer, responses={201: DailyEntrySerializer})
    def post(self, request, pk) -> Response:
        given = plain_dates(self.body(DailyRecordSerializer))
        entry = daily_lists.record(self.daily_list(pk), **given, by=request.user, at=timezone.now())
        return self.show(DailyEntrySerializer, entry, 201)

    def daily_list(self, pk):
        return get_object_or_404(self.clinic.daily_lists.with_place(), pk=pk)


class DailyEntryCorrect(ClinicView):
    """Follow a wrong entry by a right one."""

    permissions = {"POST": Permission.RECORD_DAILY_LISTS}

    @extend_schema(request=DailyCorrectionSerializer, responses={201: DailyEntrySerializer})
    def post(self, request, pk) -> Response:
        entry = get_object_or_404(self.clinic.daily_entries, pk=pk)
        given = plain_dates(self.body(DailyCorrectionSerializer))
        right = daily_lists.correct(entry, **given, by=request.user, at=timezone.now())
        return self.show(DailyEntrySerializer, right, 201)
