from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Permission, staff
from common.refused import Refused
from formulations.actions import catalogue
from formulations.forms.search import IngredientFilterForm, PairRuleFilterForm
from formulations.rules import mix, references
from formulations.rules.pairs import touching

PER_PAGE = 100


@staff(Permission.VIEW_CATALOGUE)
def ingredient_list(request):
    form = IngredientFilterForm(request.GET)
    rows = form.narrow(request.clinic.ingredients.current().order_by("name"))
    shown = {"page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")), "form": form}
    return render(request, "formulations/ingredient_list.html", shown)


@staff(Permission.VIEW_CATALOGUE)
def ingredient_detail(request, slug):
    row = get_object_or_404(request.clinic.ingredients.current().select_related("signed_by"), slug=slug)
    shown = {
        "ingredient": row,
        "status_here": mix.catalogue(request.clinic, [slug])[slug].status,
        "pairs": touching(request.clinic.pair_rules.current(), row),
        "products": request.clinic.products.active().filter(contents__ingredient__slug=slug).order_by("name"),
        "proposal": request.clinic.ingredients.proposed().filter(slug=slug).order_by("-version").first(),
        "may_sign": references.sign.allows(request.user, row),
    }
    return render(request, "formulations/ingredient_detail.html", shown)


@staff(Permission.VIEW_CATALOGUE)
def pair_rule_list(request):
    form = PairRuleFilterForm(request.GET)
    rows = form.narrow(request.clinic.pair_rules.current().order_by("a", "b"))
    shown = {"page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")), "form": form}
    return render(request, "formulations/pair_rule_list.html", shown)


@staff(Permission.APPROVE_FORMULATIONS)
def ingredient_sign(request, slug):
    row = get_object_or_404(request.clinic.ingredients.current(), slug=slug)
    return _decide(request, row, catalogue.sign, _("Signed: what this row says now holds in full."))


@staff(Permission.APPROVE_FORMULATIONS)
def ingredient_approve(request, pk):
    row = get_object_or_404(request.clinic.ingredients.proposed(), pk=pk)
    return _decide(request, row, catalogue.approve, _("The new version is in force."))


def _decide(request, row, action, told):
    if request.method == "POST":
        try:
            action(row, by=request.user, at=timezone.now())
            messages.success(request, told)
            return redirect("formulations:ingredient_detail", row.slug)
        except Refused as refused:
            return render(
                request, "formulations/ingredient_decide.html", {"row": row, "refusals": refused.reasons}, status=422
            )
    current = request.clinic.ingredients.current().filter(slug=row.slug).first()
    return render(request, "formulations/ingredient_decide.html", {"row": row, "current": current})
