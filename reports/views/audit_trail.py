from django.core.paginator import Paginator
from django.shortcuts import render

from accounts.access import Permission, may, staff
from patients.access import names_in, only_own_acts
from reports.forms import TrailForm
from reports.tables import kinds, trail

PER_PAGE = 50


@staff(Permission.VIEW_AUDIT)
def audit_log(request):
    only_own = only_own_acts(request)
    people = [] if only_own else sorted(names_in(request.clinic).items(), key=lambda pair: pair[1])
    form = TrailForm(request.GET, kinds=kinds.choices(), people=people)
    shown = {"form": form, "only_own": only_own, "state": trail.state_of(request.clinic)}
    if form.is_valid():
        own = request.user if only_own else None
        rows = trail.events(request.clinic, own=own, **form.cleaned_data)
        page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
        shown |= {"page": page, "entries": trail.entries(request.clinic, page)}
    shown["opens_charts"] = may(request.membership, Permission.VIEW_PATIENTS)
    return render(request, "reports/audit_log.html", shown, status=422 if form.errors else 200)
