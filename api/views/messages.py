"""What was sent to patients, and why something was not."""

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from accounts.access import Permission
from api.serializers.messages import MessageQuerySerializer, MessageSerializer
from api.views.door import ClinicView


class Messages(ClinicView):
    """The messages of the clinic, newest first."""

    permissions = {"GET": Permission.VIEW_MESSAGES}

    @extend_schema(parameters=[MessageQuerySerializer], responses=MessageSerializer(many=True))
    def get(self, request) -> Response:
        asked = MessageQuerySerializer(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        wanted = {name: value for name, value in asked.validated_data.items() if name in ("patient", "state")}
        rows = self.clinic.messages.visible_to(request.user).filter(**wanted)
        if "appointment" in asked.validated_data:
            rows = rows.about("appointment", asked.validated_data["appointment"])
        return self.page(MessageSerializer, rows)
