from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils import timezone

from accounts.access import Permission, may, staff
from patients.access import open_chart, today_of
from treatments.rules import consents as consent_rules
from treatments.rules import orders as order_rules
from treatments.rules import plans as rules
from treatments.rules.reviews import lacks_consultation
from treatments.tables.orders import told
from treatments.tables.outcomes import measures_of, series_in
from treatments.tables.plans import course_of, courses_of, decision_due, history_of
from treatments.views.charts import plan_or_404

PER_PAGE = 25


@staff(Permission.VIEW_PLANS)
def plan_list(request):
    show_all = request.GET.get("show") == "all"
    rows = request.clinic.plans.visible_to(request.user).with_chart().latest_first()
    page = Paginator(rows if show_all else rows.live(), PER_PAGE).get_page(request.GET.get("page"))
    page.object_list = courses_of(page.object_list)
    return render(request, "treatments/plan_list.html", {"page": page, "show_all": show_all})


@staff(Permission.VIEW_PLANS)
def patient_plans(request, pk):
    patient = open_chart(request, pk)
    plans = patient.plans.visible_to(request.user).with_chart().latest_first()
    shown = {
        "patient": patient,
        "courses": courses_of(plans),
        "declines": patient.declines.select_related("protocol", "by", "document").order_by("-at"),
        "may_edit": may(request.membership, Permission.EDIT_PLANS),
    }
    return render(request, "treatments/patient_plans.html", shown)


@staff(Permission.VIEW_PLANS)
def plan_detail(request, pk):
    plan = plan_or_404(request, pk)
    course, consents = course_of(plan), plan.consents.latest_first().with_substance()
    consent, lacking = consent_rules.standing(plan, today_of(request, timezone.now()))
    shown = {
        "plan": plan,
        "patient": plan.patient,
        "course": course,
        "consents": consents,
        "consent": consent,
        "lacking": lacking,
        "is_live": plan.state in rules.LIVE,
        "bookable": course.bookable,
        "no_consultation": course.is_new and lacks_consultation(plan),
        "decides_phase": decision_due(plan, course),
        "series": series_of_plan(request, plan),
        "measures": measures_of(plan.protocol),
        "history": history_of(plan),
        "orders": told(plan.orders.with_lines(), today_of(request, timezone.now())),
        "may_order": order_rules.signer(request.user, plan) is not None,
        **permits(request, plan),
    }
    return render(request, "treatments/plan_detail.html", shown)


def series_of_plan(request, plan):
    if not may(request.membership, Permission.VIEW_OUTCOMES):
        return None
    return series_in(plan.outcomes.visible_to(request.user).standing().with_names())


def permits(request, plan):
    """Say what this member may do from the page of a plan."""
    member = request.membership
    own = plan.course.blocked_code in ("", "plan_paused")
    return {
        "may_edit": may(member, Permission.EDIT_PLANS),
        "may_book": may(member, Permission.BOOK_APPOINTMENTS),
        "may_record": may(member, Permission.RECORD_SESSIONS),
        "may_rate": may(member, Permission.RECORD_OUTCOMES),
        "may_send": may(member, Permission.SEND_CONSENTS),
        "may_see_money": may(member, Permission.VIEW_PAYMENTS),
        "may_resume": may(member, Permission.EDIT_PLANS) and plan.state == "paused" and own,
    }
