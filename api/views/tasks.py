"""What somebody of the clinic still has to do."""

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from accounts.access import Permission
from api.serializers.tasks import TaskBody, TaskDoneBody, TaskSerializer
from api.views.door import ClinicView
from patients.access import tasks_of
from patients.actions import tasks
from patients.forms.tasks import TaskFilterForm

SHOW = OpenApiParameter("show", str, enum=["mine", "all", "done"], description="Without it, all that are open.")
PATIENT = OpenApiParameter("patient", int)


class Tasks(ClinicView):
    """The worklist."""

    permissions = {"GET": Permission.MANAGE_TASKS, "POST": Permission.MANAGE_TASKS}

    @extend_schema(parameters=[SHOW, PATIENT], responses=TaskSerializer(many=True))
    def get(self, request) -> Response:
        chosen = TaskFilterForm({"show": "all", **request.query_params.dict()}).chosen
        return self.page(TaskSerializer, tasks_of(request).chosen(request.membership, **chosen))

    @extend_schema(request=TaskBody, responses={201: TaskSerializer})
    def post(self, request) -> Response:
        given = self.body(TaskBody)
        for name, rows in (("patient", self.clinic.patients.live()), ("person", self.clinic.memberships.active())):
            if given.get(name) is not None:
                given[name] = self.one(rows, name, given[name])
        return self.show(TaskSerializer, tasks.add(self.clinic, **given, by=request.user, at=timezone.now()), 201)

    def one(self, rows, name, pk):
        found = rows.filter(pk=pk).first()
        if found is None:
            raise ValidationError({name: _("there is no such row in this clinic.")})
        return found


class TaskDone(ClinicView):
    """Tick a task off."""

    permissions = {"POST": Permission.MANAGE_TASKS}

    @extend_schema(request=TaskDoneBody, responses=TaskSerializer)
    def post(self, request, pk) -> Response:
        task = get_object_or_404(tasks_of(request), pk=pk)
        done = tasks.done(task, **self.body(TaskDoneBody), by=request.user, at=timezone.now())
        return self.show(TaskSerializer, done)


class TaskReopen(ClinicView):
    """Take back a tick."""

    permissions = {"POST": Permission.MANAGE_TASKS}

    @extend_schema(request=None, responses=TaskSerializer)
    def post(self, request, pk) -> Response:
        task = get_object_or_404(tasks_of(request), pk=pk)
        return self.show(TaskSerializer, tasks.reopen(task, by=request.user, at=timezone.now()))
