"""Times for a whole course: proposed inside its windows, booked all together or not at all."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework.response import Response

from accounts.access import Permission, Scope, reach
from api.serializers.appointments import AppointmentSerializer
from api.serializers.plans import PlannedSessionSerializer
from api.serializers.series import BookSerializer, ProposalSerializer, ProposeSerializer
from api.views.appointments import CalendarView
from scheduling import rules
from scheduling.actions import series
from scheduling.series import Candidate, Wishes
from treatments.rules.courses import lines_of

BOOKED = inline_serializer(
    "SeriesBooked",
    {"appointments": AppointmentSerializer(many=True), "planned_sessions": PlannedSessionSerializer(many=True)},
)


class SeriesView(CalendarView):
    """What proposing and booking share: the plan behind a course, for those who may book it."""

    @property
    def is_own(self) -> bool:
        """Whether this member books on their own calendar only."""
        return reach(self.request.membership, Permission.BOOK_APPOINTMENTS) == Scope.OWN

    def plan(self, pk: int) -> Any:
        rows = self.clinic.plans.visible_to(self.request.user) if self.is_own else self.clinic.plans
        plan = get_object_or_404(rows.select_related("patient", "course__location", "course__clinic"), pk=pk)
        self.chart(plan.patient)
        return plan

    def people(self) -> list[int] | None:
        """Whose calendars are looked at: everybody's, or one's own."""
        person = getattr(self.request.membership, "practitioner", None)
        return [person.pk if person else 0] if self.is_own else None


class PlanPropose(SeriesView):
    """Propose times for all visits of a plan that are neither done nor booked."""

    permissions = {"POST": Permission.BOOK_APPOINTMENTS}

    @extend_schema(request=ProposeSerializer, responses=ProposalSerializer)
    def post(self, request, pk: int) -> Response:
        plan, given = self.plan(pk), self.body(ProposeSerializer)
        proposal = rules.series.propose(
            plan.course,
            wishes=self.wishes(plan, given.get("preferences")),
            from_ordinal=given.get("from_ordinal"),
            pins={each["ordinal"]: self.pin(plan, each) for each in given.get("choices", ())},
            people=self.people(),
            at=timezone.now(),
        )
        return self.show(ProposalSerializer, proposal)

    def wishes(self, plan: Any, wanted: dict[str, Any] | None) -> Wishes:
        """What was asked for now, else what the patient said before."""
        if wanted is None:
            return rules.series.wishes_of(plan.course, plan.patient.time_wishes.newest())
        usual = self.practitioner(wanted.get("practitioner"))
        return Wishes(
            frozenset(wanted.get("weekdays", ())),
            wanted.get("from"),
            wanted.get("to"),
            usual.pk if usual else plan.course.practitioner_id,
        )

    def pin(self, plan: Any, choice: dict[str, Any]) -> Candidate:
        zone = rules.series.zone_of(plan.course.location.time_zone)
        return Candidate(choice["starts_at"].astimezone(zone), choice["practitioner"], choice.get("room"))


class PlanBook(SeriesView):
    """Book several visits of a plan in one step: all of them, or none."""

    permissions = {"POST": Permission.BOOK_APPOINTMENTS}

    @extend_schema(request=BookSerializer, responses={201: BOOKED})
    def post(self, request, pk: int) -> Response:
        plan, given = self.plan(pk), self.body(BookSerializer)
        choices = [
            {**each, "practitioner": self.practitioner(each["practitioner"]), "room": self.room(each.get("room"))}
            for each in given["choices"]
        ]
        course = series.book(plan.course, choices=choices, by=request.user, at=timezone.now())
        pks = [appointment.pk for appointment in course.booked]
        rows = self.clinic.appointments.with_day_list().select_related("course_visit__planned_session")
        context = {"request": request}
        booked = AppointmentSerializer(rows.filter(pk__in=pks).order_by("starts_at"), many=True, context=context)
        lines = PlannedSessionSerializer(lines_of(self.clinic.plans.with_chart().get(pk=plan.pk)), many=True)
        return Response({"appointments": booked.data, "planned_sessions": lines.data}, status=201)
