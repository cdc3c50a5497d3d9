"""What happens to a plan that exists: paused, resumed, ended, looked at again, moved to its longer interval."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import Permission, staff
from common.refused import Refused
from treatments.actions import plans
from treatments.forms.plans import CompleteForm, EndForm, PhaseForm, ReasonForm
from treatments.rules import endings
from treatments.tables.outcomes import measures_of
from treatments.tables.plans import course_of
from treatments.views.charts import plan_or_404

ACTS = {
    "pause": (ReasonForm, plans.pause, gettext_lazy("Pause the plan"), gettext_lazy("The plan is paused.")),
    "resume": (ReasonForm, plans.resume, gettext_lazy("Resume the plan"), gettext_lazy("The plan goes on.")),
    "discontinue": (
        EndForm,
        plans.discontinue,
        gettext_lazy("Discontinue the plan"),
        gettext_lazy("The plan is discontinued."),
    ),
    "complete": (
        CompleteForm,
        plans.complete,
        gettext_lazy("Complete the plan"),
        gettext_lazy("The plan is complete."),
    ),
    "review": (ReasonForm, plans.review, gettext_lazy("Review the plan"), gettext_lazy("Reviewed: the plan goes on.")),
    "reassess": (
        ReasonForm,
        plans.reassess,
        gettext_lazy("Record a re-assessment"),
        gettext_lazy("The re-assessment is on record; the next visit can be booked."),
    ),
}


@staff(Permission.EDIT_PLANS)
def plan_change(request, pk, act):
    plan = plan_or_404(request, pk)
    if act not in ACTS:
        raise Http404
    form_class, action, title, said = ACTS[act]
    booked = endings.booked(endings.rest_of(plan)) if issubclass(form_class, EndForm) else []
    form = form_class(request.POST or None, **({"booked": True} if booked else {}))
    if form.is_valid():
        try:
            meant = {"code": "plan_paused"} if act == "resume" else {}
            action(plan, **form.values, **meant, by=request.user, at=timezone.now())
            messages.success(request, said)
            return redirect("treatments:plan_detail", pk)
        except Refused as refusal:
            form.add_refusal(refusal)
    shown = {"plan": plan, "patient": plan.patient, "form": form, "title": title, "act": act, "booked": booked}
    return render(request, "treatments/plan_change.html", shown, status=422 if form.errors else 200)


@staff(Permission.EDIT_PLANS)
def plan_phase(request, pk):
    plan = plan_or_404(request, pk)
    form = PhaseForm(request.POST or None, measures=measures_of(plan.protocol))
    if form.is_valid():
        try:
            plans.decide_phase(plan, **form.values, by=request.user, at=timezone.now())
            messages.success(request, _("The decision is on record, and the next windows follow it."))
            return redirect("treatments:plan_detail", pk)
        except Refused as refusal:
            form.add_refusal(refusal)
    shown = {"plan": plan, "patient": plan.patient, "form": form, "course": course_of(plan)}
    return render(request, "treatments/plan_phase.html", shown, status=422 if form.errors else 200)
