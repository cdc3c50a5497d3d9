from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Permission, chart, may, staff
from common.refused import Refused
from patients.access import open_chart, today_of
from treatments import scores
from treatments.actions import outcomes
from treatments.forms.outcomes import RateForm, default_rater, name_of
from treatments.forms.plans import ReasonForm
from treatments.tables.outcomes import hint_of, series_in


@staff(Permission.VIEW_OUTCOMES)
def outcome_list(request, pk):
    patient = open_chart(request, pk)
    rows = patient.outcomes.visible_to(request.user).standing().with_names()
    shown = {
        "patient": patient,
        "series": series_in(rows),
        "measures": [(slug, measure.name) for slug, measure in scores.MEASURES.items()],
        "may_record": may(request.membership, Permission.RECORD_OUTCOMES),
    }
    return render(request, "treatments/outcome_list.html", shown)


@staff(Permission.RECORD_OUTCOMES)
def outcome_rate(request, pk, measure):
    patient, form = _form(request, pk, measure, request.POST or None)
    if form.is_valid():
        try:
            rated = outcomes.rate(patient, **form.rated, by=request.user, at=timezone.now())
            messages.success(
                request, _("Saved.") if rated.complete else _("Saved; the score waits for what is missing.")
            )
            if rated.plan_id:
                return redirect("treatments:plan_detail", rated.plan_id)
            return redirect("treatments:outcome_list", pk)
        except Refused as refusal:
            form.add_refusal(refusal)
    shown = {"patient": patient, "form": form, "measure": measure, "name": name_of(measure)}
    return render(request, "treatments/outcome_rate.html", shown, status=422 if form.errors else 200)


@staff(Permission.RECORD_OUTCOMES)
def outcome_hint(request, pk, measure):
    patient, form = _form(request, pk, measure, request.GET)
    hint = hint_of(patient, form.rated) if form.is_valid() else None
    return render(request, "treatments/_hint.html", {"hint": hint, "form": form})


@staff(Permission.RECORD_OUTCOMES)
def outcome_mark_error(request, pk):
    rows = request.clinic.outcomes.visible_to(request.user).standing().with_names()
    outcome = get_object_or_404(rows.select_related("patient"), pk=pk)
    chart(request, outcome.patient)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        try:
            outcomes.mark_error(outcome, **form.values, by=request.user, at=timezone.now())
            messages.success(request, _("The score is set aside."))
            return redirect("treatments:outcome_list", outcome.patient_id)
        except Refused as refusal:
            form.add_refusal(refusal)
    shown = {"outcome": outcome, "patient": outcome.patient, "form": form, "name": name_of(outcome.measure)}
    return render(request, "treatments/outcome_mark_error.html", shown, status=422 if form.errors else 200)


def _form(request, pk, measure, given):
    if measure not in scores.MEASURES:
        raise Http404
    patient = open_chart(request, pk)
    first = {
        "rated_on": today_of(request, timezone.now()),
        "rater": default_rater(measure),
        "plan": request.GET.get("plan", ""),
    }
    plans = patient.plans.visible_to(request.user).select_related("protocol").latest_first()
    zones = request.clinic.zones.injectable().order_by("name")
    return patient, RateForm(given, measure=measure, plans=plans, zones=zones, initial=first)
