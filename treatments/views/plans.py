from django.core.paginator import Paginator
from django.shortcuts import render

from accounts.access import Permission, may, staff
from patients.access import open_chart
from treatments.rules import consents as consent_rules
from treatments.tables.plans import course_of, courses_of
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
        "declines": patient.declines.select_related("protocol", "by").order_by("-at"),
        "may_edit": may(request.membership, Permission.EDIT_PLANS),
    }
    return render(request, "treatments/patient_plans.html", shown)


@staff(Permission.VIEW_PLANS)
def plan_detail(request, pk):
    plan = plan_or_404(request, pk)
    consent, lacking = consent_rules.standing(plan, plan.start_on)
    shown = {
        "plan": plan,
        "patient": plan.patient,
        "course": course_of(plan),
        "consents": plan.consents.latest_first().with_substance(),
        "consent": consent,
        "lacking": lacking,
        "may_edit": may(request.membership, Permission.EDIT_PLANS),
    }
    return render(request, "treatments/plan_detail.html", shown)
