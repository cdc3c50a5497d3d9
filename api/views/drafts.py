"""What somebody has typed into a step of a session and not yet saved."""

import re

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from accounts.access import Permission
from api.serializers.drafts import DraftBody, DraftSerializer
from api.views.door import ClinicView
from patients.actions import drafts
from treatments.tables.drafts import STEPS

KEY = re.compile(r"session:(?P<pk>[1-9]\d{0,17}):(?P<step>[a-z]+)")


class DraftDetail(ClinicView):
    """One's own draft of one step: `session:12:zones`. Nobody sees another's."""

    permissions = dict.fromkeys(("GET", "PUT", "DELETE"), Permission.RECORD_SESSIONS)

    def session(self, request, key):
        """Fetch the session that a key is about, which this member may write in."""
        found = KEY.fullmatch(key)
        if not found or found["step"] not in STEPS:
            raise Http404
        sessions = self.clinic.treatment_sessions.visible_to(request.user).select_related("patient")
        return get_object_or_404(sessions, pk=found["pk"])

    @extend_schema(responses=DraftSerializer)
    def get(self, request, key) -> Response:
        self.chart(self.session(request, key).patient)
        return Response(drafts.shown(self.clinic.drafts.typed_by(request.user).filter(key=key).first()))

    @extend_schema(request=DraftBody, responses=DraftSerializer)
    def put(self, request, key) -> Response:
        patient = self.session(request, key).patient
        given = self.body(DraftBody)
        kept = drafts.keep(self.clinic, key=key, **given, patient=patient, by=request.user, at=timezone.now())
        return Response(drafts.shown(kept))

    @extend_schema(responses={204: None})
    def delete(self, request, key) -> Response:
        self.session(request, key)
        drafts.drop(self.clinic, key=key, by=request.user, at=timezone.now())
        return Response(status=204)
