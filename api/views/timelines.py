"""What happened to a patient, newest first."""

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from accounts.access import Permission
from api.serializers.timelines import TimelineQuery, TimelineSerializer
from api.views.patients import PatientView
from reports.tables import timeline


class Timeline(PatientView):
    """The timeline of one patient, as far as the reader may know it."""

    permissions = {"GET": Permission.VIEW_PATIENTS}

    @extend_schema(parameters=[TimelineQuery], responses=TimelineSerializer)
    def get(self, request, pk) -> Response:
        patient = self.found(pk)
        asked = TimelineQuery(data=request.query_params.dict(), context={"request": request})
        asked.is_valid(raise_exception=True)
        page = timeline.page_of(request, patient, **asked.validated_data)
        return self.show(TimelineSerializer, page)
