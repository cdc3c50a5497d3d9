from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Permission, chart, may, staff
from common.refused import Refused
from patients.access import open_chart
from safety.actions import reviews, side_effects
from safety.forms.side_effects import CloseForm, JudgeForm, LiftForm, MoveForm, ReportForm, ReviewForm
from safety.rules import side_effects as rules
from safety.tables import session_choices

PER_PAGE = 25


@staff(Permission.VIEW_SIDE_EFFECTS)
def side_effect_list(request):
    show_all = request.GET.get("show") == "all"
    rows = request.clinic.side_effects.with_list().red_first()
    page = Paginator(rows if show_all else rows.open(), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "safety/side_effect_list.html", {"page": page, "show_all": show_all})


@staff(Permission.VIEW_SIDE_EFFECTS)
def patient_side_effects(request, pk):
    patient = open_chart(request, pk)
    cases = patient.side_effects.with_list().red_first()
    shown = {
        "patient": patient,
        "cases": cases,
        "may_report": may(request.membership, Permission.RECORD_SIDE_EFFECTS),
    }
    return render(request, "safety/patient_side_effects.html", shown)


@staff(Permission.RECORD_SIDE_EFFECTS)
def side_effect_report(request, pk):
    patient = open_chart(request, pk)
    form = ReportForm(
        posted(request),
        effects=request.clinic.effects.current().order_by("name"),
        sessions=session_choices(patient),
        zones=request.clinic.zones.injectable().order_by("region", "name"),
        place=request.clinic.time_zone,
        initial={"session": request.GET.get("session")},
    )
    if form.is_valid():
        try:
            case = side_effects.report(patient, **form.values, by=request.user, at=timezone.now())
            messages.success(request, _("The side effect is recorded."))
            return redirect("safety:side_effect_detail", case.pk)
        except Refused as refused:
            form.add_refusal(refused)
    shown = {"patient": patient, "form": form}
    return render(request, "safety/side_effect_report.html", shown, status=422 if form.errors else 200)


@staff(Permission.VIEW_SIDE_EFFECTS)
def side_effect_detail(request, pk):
    case = case_or_404(request, pk)
    shown = {
        "case": case,
        "patient": case.patient,
        "suspects": case.suspects.select_related("lot__product", "session__planned_session").order_by(
            "-in_window", "latency_hours", "lot"
        ),
        "steps": case.steps.select_related("by").order_by("pk"),
        "may_work": may(request.membership, Permission.RECORD_SIDE_EFFECTS),
        "may_lift": rules.lift.allows(request.user, case, reason="…"),
        "move_form": MoveForm(initial={"state": case.state}, auto_id="id_move_%s"),
    }
    return render(request, "safety/side_effect_detail.html", shown)


@staff(Permission.VIEW_SIDE_EFFECTS)
def side_effect_count(request):
    waiting = request.clinic.side_effects.waiting_to_be_read()
    return render(
        request, "safety/_count.html", {"count": waiting.count(), "red": waiting.filter(is_red=True).exists()}
    )


@staff(Permission.RECORD_SIDE_EFFECTS)
def side_effect_review(request, pk):
    case = case_or_404(request, pk)
    form = ReviewForm(
        posted(request),
        effects=request.clinic.effects.current().order_by("name"),
        zones=request.clinic.zones.injectable().order_by("region", "name"),
        place=request.clinic.time_zone,
        initial={
            "effect": case.effect.slug,
            "zone": case.zone.slug if case.zone else "",
            "side": case.side,
            "onset_at": case.onset_at,
            "grade": case.grade,
            "serious": case.serious,
        },
    )
    if form.is_valid():
        try:
            reviews.review(case, **form.values, by=request.user, at=timezone.now())
            messages.success(request, _("The case is corrected; what was said before stays in its history."))
            return redirect("safety:side_effect_detail", pk)
        except Refused as refused:
            form.add_refusal(refused)
    shown = {"case": case, "patient": case.patient, "form": form}
    return render(request, "safety/side_effect_review.html", shown, status=422 if form.errors else 200)


@staff(Permission.RECORD_SIDE_EFFECTS)
def side_effect_move(request, pk):
    return settle(request, pk, MoveForm, side_effects.move, "safety/side_effect_move.html", _("The case is moved on."))


@staff(Permission.RECORD_SIDE_EFFECTS)
def side_effect_close(request, pk):
    return settle(request, pk, CloseForm, side_effects.close, "safety/side_effect_close.html", _("The case is closed."))


@staff(Permission.EDIT_PLANS)
def side_effect_lift(request, pk):
    return settle(request, pk, LiftForm, side_effects.lift, "safety/side_effect_lift.html", _("The plan may go on."))


@staff(Permission.RECORD_SIDE_EFFECTS)
def suspect_judge(request, pk, suspect):
    case = case_or_404(request, pk)
    row = get_object_or_404(case.suspects.select_related("lot__product", "case"), pk=suspect)
    form = JudgeForm(posted(request), initial={"ticked": row.ticked, "note": row.note})
    if form.is_valid():
        try:
            side_effects.tick(row, **form.values, by=request.user, at=timezone.now())
            return redirect("safety:side_effect_detail", pk)
        except Refused as refused:
            form.add_refusal(refused)
    shown = {"case": case, "patient": case.patient, "suspect": row, "form": form}
    return render(request, "safety/suspect_judge.html", shown, status=422 if form.errors else 200)


def posted(request):
    return request.POST if request.method == "POST" else None


def case_or_404(request, pk):
    case = get_object_or_404(request.clinic.side_effects.with_detail(), pk=pk)
    chart(request, case.patient)
    return case


def settle(request, pk, form_class, action, template, done):
    case = case_or_404(request, pk)
    form = form_class(posted(request))
    if form.is_valid():
        try:
            action(case, **form.values, by=request.user, at=timezone.now())
            messages.success(request, done)
            return redirect("safety:side_effect_detail", pk)
        except Refused as refused:
            form.add_refusal(refused)
    shown = {"case": case, "patient": case.patient, "form": form}
    return render(request, template, shown, status=422 if form.errors else 200)
