from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Permission, chart, staff
from common.refused import Refused
from formulations.actions import packs, preparations
from formulations.forms.stock import DiscardForm
from formulations.rules import preparations as rules


@staff(Permission.PREPARE_MIXES)
def preparation_detail(request, pk):
    preparation = get_object_or_404(request.clinic.preparations.visible_to(request.user).with_mix(), pk=pk)
    chart(request, preparation.patient)
    shown = {
        "preparation": preparation,
        "patient": preparation.patient,
        "may_confirm": rules.confirm.allows(request.user, preparation),
        "is_open": preparation.state in ("drawn", "checked"),
        "is_late": preparation.beyond_use_at <= timezone.now(),
    }
    return render(request, "formulations/preparation_detail.html", shown)


@staff(Permission.PREPARE_MIXES)
def preparation_confirm(request, pk):
    preparation = get_object_or_404(request.clinic.preparations.visible_to(request.user).with_mix(), pk=pk)
    chart(request, preparation.patient)
    refusals = rules.confirm.reasons_against(request.user, preparation)
    if request.method == "POST":
        try:
            preparations.confirm(preparation, by=request.user, at=timezone.now())
            messages.success(request, _("The mix is checked."))
            return redirect("formulations:preparation_detail", pk)
        except Refused as refused:
            refusals = refused.reasons
    shown = {"preparation": preparation, "patient": preparation.patient, "refusals": refusals}
    status = 422 if request.method == "POST" else 200
    return render(request, "formulations/preparation_confirm.html", shown, status=status)


@staff(Permission.PREPARE_MIXES)
def preparation_discard(request, pk):
    preparation = get_object_or_404(request.clinic.preparations.visible_to(request.user).with_mix(), pk=pk)
    chart(request, preparation.patient)
    form = DiscardForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            preparations.discard(preparation, **form.values, by=request.user, at=timezone.now())
            messages.success(request, _("The mix is thrown away, and all of it is waste."))
            return redirect("formulations:preparation_detail", pk)
        except Refused as refused:
            form.add_refusal(refused)
    shown = {"form": form, "preparation": preparation, "patient": preparation.patient}
    return render(request, "formulations/preparation_discard.html", shown, status=422 if form.errors else 200)


@staff(Permission.PREPARE_MIXES)
def pack_discard(request, pk):
    pack = get_object_or_404(request.clinic.packs.with_lot(), pk=pk)
    form = DiscardForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            packs.discard(pack, **form.values, by=request.user, at=timezone.now())
            messages.success(request, _("The rest of the pack is written off."))
            return redirect("formulations:lot_detail", pack.lot_id)
        except Refused as refused:
            form.add_refusal(refused)
    shown = {"form": form, "pack": pack, "lot": pack.lot}
    return render(request, "formulations/pack_discard.html", shown, status=422 if form.errors else 200)
