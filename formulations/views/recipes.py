from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Permission, staff
from common.refused import Refused
from formulations.actions import recipes
from formulations.forms.recipes import FormulationAddForm
from formulations.forms.stock import ReasonForm
from formulations.rules import mix
from formulations.rules import recipes as rules

PER_PAGE = 50


@staff(Permission.VIEW_CATALOGUE)
def formulation_list(request):
    rows = request.clinic.formulation_versions.with_recipe().order_by("formulation__name", "-number")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "formulations/formulation_list.html", {"page": page})


@staff(Permission.VIEW_CATALOGUE)
def formulation_detail(request, pk):
    version = get_object_or_404(request.clinic.formulation_versions.with_recipe(), pk=pk)
    shown = _shown(request, version)
    return render(request, "formulations/formulation_detail.html", shown)


@staff(Permission.EDIT_FORMULATIONS)
def formulation_add(request):
    known = request.clinic.ingredients.usable().order_by("name").values_list("slug", "name")
    reasons = request.clinic.indications.current().order_by("name").values_list("slug", "name")
    form = FormulationAddForm(request.POST or None, ingredients=known, indications=reasons)
    if form.is_valid():
        try:
            version = recipes.add(request.clinic, **form.values, by=request.user, at=timezone.now())
            messages.success(request, _("%(recipe)s waits for approval.") % {"recipe": version})
            return redirect("formulations:formulation_detail", version.pk)
        except Refused as refused:
            form.add_refusal(refused)
    return render(request, "formulations/formulation_add.html", {"form": form}, status=422 if form.errors else 200)


@staff(Permission.APPROVE_FORMULATIONS)
def formulation_approve(request, pk):
    version = get_object_or_404(request.clinic.formulation_versions.with_recipe(), pk=pk)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        try:
            recipes.approve(version, **form.values, by=request.user, at=timezone.now())
            messages.success(request, _("%(recipe)s is approved.") % {"recipe": version})
            return redirect("formulations:formulation_detail", version.pk)
        except Refused as refused:
            form.add_refusal(refused)
    shown = _shown(request, version) | {"form": form}
    return render(request, "formulations/formulation_approve.html", shown, status=422 if form.errors else 200)


def _shown(request, version):
    asked = mix.asked_of(version)
    return {
        "version": version,
        "check": mix.findings(request.clinic, components=asked, version=version, at=timezone.now()),
        "is_director": rules.is_director(request.user, request.clinic.pk),
    }
