from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import Permission, staff
from common.dates import local_day
from common.refused import Refused
from formulations.actions import lots
from formulations.forms.search import LotFilterForm
from formulations.forms.stock import LotMoveForm, LotReceiveForm, ReasonForm
from formulations.rules import stock

PER_PAGE = 50
TURNS = {
    "quarantine": (lots.quarantine, gettext_lazy("Lot %(lot)s is set aside: nothing can be drawn from it.")),
    "release": (lots.release, gettext_lazy("Lot %(lot)s can be used again.")),
    "recall": (lots.recall, gettext_lazy("Lot %(lot)s is recalled.")),
}


@staff(Permission.VIEW_STOCK)
def lot_list(request):
    today = local_day(timezone.now(), request.clinic.time_zone)
    form = LotFilterForm(request.GET)
    rows = form.narrow(request.clinic.lots.with_product().first_expired_first(), today)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "formulations/lot_list.html", {"page": page, "form": form, "today": today})


@staff(Permission.VIEW_STOCK)
def lot_detail(request, pk):
    lot = get_object_or_404(request.clinic.lots.with_product(), pk=pk)
    shown = {
        "lot": lot,
        "account": stock.account(lot),
        "movements": Paginator(lot.movements.with_names(), PER_PAGE).get_page(request.GET.get("page")),
        "state_changes": lot.state_changes.select_related("by").order_by("-at"),
        "today": local_day(timezone.now(), lot.location.time_zone),
    }
    return render(request, "formulations/lot_detail.html", shown)


@staff(Permission.RECEIVE_STOCK)
def lot_receive(request, pk):
    product = get_object_or_404(request.clinic.products.active(), pk=pk)
    form = LotReceiveForm(request.POST or None, locations=request.clinic.locations.filter(is_active=True))
    if form.is_valid():
        try:
            lot = lots.receive(product, **form.values, by=request.user, at=timezone.now())
            told = {"lot": lot.number, "product": product}
            messages.success(request, _("Lot %(lot)s of %(product)s is in stock.") % told)
            return redirect("formulations:lot_detail", lot.pk)
        except Refused as refused:
            form.add_refusal(refused)
    shown = {"form": form, "product": product}
    return render(request, "formulations/lot_receive.html", shown, status=422 if form.errors else 200)


@staff(Permission.ADJUST_STOCK)
def lot_move(request, pk):
    lot = get_object_or_404(request.clinic.lots.with_product(), pk=pk)
    form = LotMoveForm(request.POST or None, unit=lot.unit)
    if form.is_valid():
        try:
            lots.move(lot, **form.values, by=request.user, at=timezone.now())
            messages.success(request, _("Written into the ledger."))
            return redirect("formulations:lot_detail", lot.pk)
        except Refused as refused:
            form.add_refusal(refused)
    return render(request, "formulations/lot_move.html", {"form": form, "lot": lot}, status=422 if form.errors else 200)


@staff(Permission.QUARANTINE_LOTS)
def lot_quarantine(request, pk):
    return _turn(request, pk, "quarantine")


@staff(Permission.QUARANTINE_LOTS)
def lot_release(request, pk):
    return _turn(request, pk, "release")


@staff(Permission.QUARANTINE_LOTS)
def lot_recall(request, pk):
    return _turn(request, pk, "recall")


def _turn(request, pk, way):
    lot = get_object_or_404(request.clinic.lots.with_product(), pk=pk)
    form = ReasonForm(request.POST or None)
    action, told = TURNS[way]
    if form.is_valid():
        try:
            action(lot, **form.values, by=request.user, at=timezone.now())
            messages.success(request, told % {"lot": lot.number})
            return redirect("formulations:lot_detail", lot.pk)
        except Refused as refused:
            form.add_refusal(refused)
    return render(
        request,
        "formulations/lot_turn.html",
        {"form": form, "lot": lot, "way": way},
        status=422 if form.errors else 200,
    )


@staff(Permission.ADJUST_STOCK)
def movement_reverse(request, pk):
    movement = get_object_or_404(request.clinic.stock_movements.with_names().select_related("lot__product"), pk=pk)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        try:
            lots.reverse(movement, **form.values, by=request.user, at=timezone.now())
            messages.success(request, _("The movement is undone by a row of its own."))
            return redirect("formulations:lot_detail", movement.lot_id)
        except Refused as refused:
            form.add_refusal(refused)
    shown = {"form": form, "movement": movement, "lot": movement.lot}
    return render(request, "formulations/movement_reverse.html", shown, status=422 if form.errors else 200)
