from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import Permission, staff
from common.refused import Refused
from patients.access import patient_or_404, reads_history, tasks_of, today_of
from patients.actions import tasks
from patients.forms.tasks import TaskDoneForm, TaskFilterForm, TaskForm

PER_PAGE = 50


@staff(Permission.MANAGE_TASKS)
def task_list(request):
    chosen = TaskFilterForm(request.GET).chosen
    rows = tasks_of(request).with_worklist().chosen(request.membership, **chosen)
    shown = {
        **chosen,
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "reads_history": reads_history(request.membership),
        "today": today_of(request, timezone.now()),
        "undo": tasks_of(request).filter(pk=request.session.pop("task_done", None), done_at__isnull=False).first(),
    }
    return render(request, "patients/task_list.html", shown)


@staff(Permission.MANAGE_TASKS)
def task_add(request):
    number = request.GET.get("patient", "")
    patient = patient_or_404(request, int(number)) if number.isdecimal() and len(number) < 19 else None
    form = TaskForm(request.POST or None)
    if form.is_valid():
        try:
            tasks.add(request.clinic, **form.values, patient=patient, by=request.user, at=timezone.now())
            messages.success(request, _("The task is on the worklist."))
            return redirect("patients:task_list")
        except Refused as refusal:
            form.add_refusal(refusal)
    status = 422 if form.errors else 200
    return render(request, "patients/task_add.html", {"form": form, "patient": patient}, status=status)


@staff(Permission.MANAGE_TASKS)
def task_done(request, pk):
    task = get_object_or_404(tasks_of(request), pk=pk)
    form = TaskDoneForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            tasks.done(task, **form.values, by=request.user, at=timezone.now())
            request.session["task_done"] = task.pk
            return redirect("patients:task_list")
        except Refused as refusal:
            form.add_refusal(refusal)
    status = 422 if form.errors else 200
    return render(request, "patients/task_done.html", {"form": form, "task": task}, status=status)


@staff(Permission.MANAGE_TASKS)
@require_POST
def task_reopen(request, pk):
    task = get_object_or_404(tasks_of(request), pk=pk)
    try:
        tasks.reopen(task, by=request.user, at=timezone.now())
        messages.success(request, _("The task is open again."))
    except Refused as refusal:
        messages.error(request, refusal.detail)
    return redirect("patients:task_list")
