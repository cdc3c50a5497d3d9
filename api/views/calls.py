"""Calls with patients: what was said, in a few words."""

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from accounts.access import Permission
from api.serializers.calls import CallBody, CallSerializer
from api.views.door import ClinicView
from scheduling.actions import calls
from scheduling.forms.boards import CallSearchForm

WORDS = OpenApiParameter("q", str, description="Words of the note, or of the patient's name.")


class Calls(ClinicView):
    """The calls that were noted, and new ones."""

    permissions = {"GET": Permission.MANAGE_TASKS, "POST": Permission.MANAGE_TASKS}

    @extend_schema(parameters=[WORDS], responses=CallSerializer(many=True))
    def get(self, request) -> Response:
        return self.page(CallSerializer, self.clinic.call_notes.saying(CallSearchForm(request.query_params).words))

    @extend_schema(request=CallBody, responses={201: CallSerializer})
    def post(self, request) -> Response:
        given = self.body(CallBody)
        patient = self.one(self.clinic.patients.live(), "patient", given.pop("patient"))
        named = given.pop("appointment", None)
        appointment = self.one(self.clinic.appointments, "appointment", named) if named else None
        noted = calls.note(patient, appointment=appointment, **given, by=request.user, at=timezone.now())
        return self.show(CallSerializer, noted, 201)

    def one(self, rows, name, pk):
        found = rows.filter(pk=pk).first()
        if found is None:
            raise ValidationError({name: _("there is no such row in this clinic.")})
        return found
