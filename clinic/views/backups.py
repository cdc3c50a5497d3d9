from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Permission, may, staff
from clinic.backups import nightly
from clinic.forms import BackupForm
from common.refused import Refused


@staff(Permission.VIEW_SETTINGS)
def backup_list(request):
    now = timezone.now()
    shown = {
        "backups": nightly.lately(),
        "trouble": nightly.trouble_of(request.clinic, now),
        "time": nightly.time_of(request.clinic),
        "keep": nightly.keep_of(request.clinic),
        "folder": settings.BACKUP_DIR,
        "nightly": settings.BACKUP_NIGHTLY,
        "manages": may(request.membership, Permission.MANAGE_SETTINGS),
    }
    return render(request, "clinic/backup_list.html", shown)


@staff(Permission.MANAGE_SETTINGS)
def backup_decide(request):
    clinic = request.clinic
    known = {"time": nightly.time_of(clinic), "keep": nightly.keep_of(clinic)}
    form = BackupForm(request.POST or None, initial=known)
    if form.is_valid():
        try:
            nightly.decide(clinic, **form.values, by=request.user, at=timezone.now())
            messages.success(request, _("The decision is in force."))
            return redirect("backup_list")
        except Refused as refused:
            form.add_refusal(refused)
    return render(request, "clinic/backup_decide.html", {"form": form}, status=422 if form.errors else 200)
