from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Permission, may, staff
from accounts.actions import clinics
from accounts.forms.clinics import ClinicForm, LocationForm
from common.refused import Refused


@staff(Permission.VIEW_SETTINGS)
def clinic_show(request):
    shown = {
        "locations": request.clinic.locations.order_by("-is_active", "name"),
        "manages": may(request.membership, Permission.MANAGE_SETTINGS),
    }
    return render(request, "accounts/clinic_show.html", shown)


def settle(request, form, action, heading):
    if form.is_valid():
        try:
            action(**form.values, by=request.user, at=timezone.now())
            messages.success(request, _("Saved."))
            return redirect("accounts:clinic_show")
        except Refused as refused:
            form.add_refusal(refused)
    shown = {"form": form, "heading": heading}
    return render(request, "accounts/clinic_edit.html", shown, status=422 if form.errors else 200)


@staff(Permission.MANAGE_SETTINGS)
def clinic_edit(request):
    form = ClinicForm(request.POST or None, clinic=request.clinic)
    return settle(request, form, lambda **said: clinics.change(request.clinic, **said), request.clinic.name)


@staff(Permission.MANAGE_SETTINGS)
def location_add(request):
    form = LocationForm(request.POST or None, clinic=request.clinic)
    return settle(request, form, lambda **said: clinics.add_location(request.clinic, **said), _("Add a place"))


@staff(Permission.MANAGE_SETTINGS)
def location_edit(request, pk):
    location = get_object_or_404(request.clinic.locations, pk=pk)
    form = LocationForm(request.POST or None, clinic=request.clinic, location=location)
    return settle(request, form, lambda **said: clinics.change_location(location, **said), location.name)
