from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Permission, staff
from common.dates import local_day
from common.refused import Refused
from formulations.actions import products
from formulations.forms.search import ProductFilterForm
from formulations.forms.stock import ProductAddForm

PER_PAGE = 50


@staff(Permission.VIEW_STOCK)
def product_list(request):
    form = ProductFilterForm(request.GET)
    today = local_day(timezone.now(), request.clinic.time_zone)
    rows = request.clinic.products.active().with_contents().with_stock(today).order_by("name", "volume_ml")
    rows = form.narrow(rows)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "formulations/product_list.html", {"page": page, "form": form})


@staff(Permission.VIEW_STOCK)
def product_detail(request, pk):
    product = get_object_or_404(request.clinic.products.with_contents(), pk=pk)
    rows = product.lots.select_related("location").first_expired_first()
    shown = {
        "product": product,
        "lots": rows,
        "today": local_day(timezone.now(), request.clinic.time_zone),
    }
    return render(request, "formulations/product_detail.html", shown)


@staff(Permission.ADJUST_STOCK, Permission.EDIT_FORMULATIONS)
def product_add(request):
    known = request.clinic.ingredients.current().order_by("name").values_list("slug", "name")
    form = ProductAddForm(request.POST or None, ingredients=known)
    if form.is_valid():
        try:
            product = products.add(request.clinic, **form.values, by=request.user, at=timezone.now())
            messages.success(request, _("%(product)s is in the list.") % {"product": product})
            return redirect("formulations:product_detail", product.pk)
        except Refused as refused:
            form.add_refusal(refused)
    return render(request, "formulations/product_add.html", {"form": form}, status=422 if form.errors else 200)
