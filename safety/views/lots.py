from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, render

from accounts.access import Permission, staff
from formulations.rules import stock
from treatments.rules import exposure

PER_PAGE = 100


@staff(Permission.VIEW_EXPOSURE)
def lot_exposure(request, pk):
    lot = get_object_or_404(request.clinic.lots.with_product(), pk=pk)
    rows = exposure.of_lot(lot)
    patients, sessions = exposure.counts(rows)
    shown = {
        "lot": lot,
        "account": stock.account(lot),
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "patients": patients,
        "sessions": sessions,
    }
    return render(request, "safety/lot_exposure.html", shown)
