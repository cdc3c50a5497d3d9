from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Permission, demand, staff
from common.refused import Refused
from formulations.rules.preparations import needs_proof
from patients.access import open_chart
from treatments.actions import sessions
from treatments.forms.sessions import OpenForm
from treatments.rules import gates
from treatments.rules import sessions as rules
from treatments.views.charts import plan_or_404
from treatments.views.rooms import posted, session_or_404, show

PER_PAGE = 25


@staff(Permission.VIEW_SESSIONS)
def session_list(request, pk):
    patient = open_chart(request, pk)
    rows = patient.treatment_sessions.visible_to(request.user).with_lines().latest_first()
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "treatments/session_list.html", {"patient": patient, "page": page})


@staff(Permission.VIEW_SESSIONS)
def session_unsigned(request):
    rows = waiting(request).with_lines().oldest_first()
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "treatments/session_unsigned.html", {"page": page})


@staff(Permission.VIEW_SESSIONS)
def session_unsigned_count(request):
    return render(request, "treatments/_unsigned_count.html", {"count": waiting(request).count()})


def waiting(request):
    """Give the sessions of a member that are under way or wait for a signature."""
    return request.clinic.treatment_sessions.visible_to(request.user).unsigned()


@staff(Permission.RECORD_SESSIONS)
def session_open(request, pk, ordinal):
    plan = plan_or_404(request, pk)
    planned = get_object_or_404(plan.planned_sessions.with_visit(), ordinal=ordinal)
    at = timezone.now()
    findings = gates.before_opening(planned, at=at)
    form = OpenForm(posted(request), findings=findings)
    if form.is_valid():
        if needs_proof(findings, form.overrides):
            demand(request, [Permission.OVERRIDE_FINDINGS])
        try:
            session = sessions.open_session(planned, overrides=form.overrides, by=request.user, at=at)
            messages.success(request, _("The session is open."))
            return redirect("treatments:session_detail", session.pk)
        except Refused as refused:
            form.add_refusal(refused)
    shown = {
        "plan": plan,
        "patient": plan.patient,
        "planned": planned,
        "findings": findings,
        "form": form,
        "refusals": rules.open_session.reasons_against(
            request.user, planned, practitioner=rules.treats(planned), at=at
        ),
    }
    return render(request, "treatments/session_open.html", shown, status=422 if form.errors else 200)


@staff(Permission.VIEW_SESSIONS)
def session_detail(request, pk):
    return show(request, session_or_404(request, pk))
