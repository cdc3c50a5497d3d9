"""The board of some days: columns, visits, hours."""

from datetime import timedelta

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.response import Response

from accounts.access import Permission, Scope, reach
from api.serializers.calendars import CalendarQuerySerializer, CalendarSerializer
from api.views.appointments import asked, read
from api.views.door import ClinicView
from scheduling.tables.boards import MODES, board_of, movable_by


class Calendar(ClinicView):
    """The visits of some days in columns, for a board."""

    permissions = {"GET": Permission.VIEW_CALENDAR}

    @extend_schema(
        parameters=[
            asked("start", OpenApiTypes.DATE, required=True),
            asked("end", OpenApiTypes.DATE, required=True),
            OpenApiParameter("resource", str, enum=MODES),
            asked("only"),
            asked("called_off", OpenApiTypes.BOOL),
        ],
        responses=CalendarSerializer,
    )
    def get(self, request) -> Response:
        wanted = read(CalendarQuerySerializer, request)
        board = board_of(
            self.clinic,
            first=wanted["start"],
            last=wanted["end"] - timedelta(days=1),
            mode=wanted["resource"],
            only=wanted.get("only"),
            with_called_off=wanted["called_off"],
            is_masked=reach(request.membership, Permission.VIEW_CALENDAR) == Scope.LIMITED,
            moves=movable_by(request.membership),
            reader=request.membership,
            at=timezone.now(),
        )
        if "only" in wanted and not board.columns:
            raise NotFound
        return Response(board.as_dict())
