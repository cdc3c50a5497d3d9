from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Permission, staff
from clinic import certificates, mail_tests, set_up
from common.forms import RefusableForm
from common.refused import Refused


@staff(Permission.VIEW_SETTINGS)
def set_up_show(request):
    return render(request, "clinic/set_up_show.html", read(request))


@staff(Permission.MANAGE_STAFF, Permission.VIEW_SETTINGS)
def set_up_card(request):
    return render(request, "clinic/_set_up_card.html", read(request))


def read(request):
    steps = set_up.steps(request.clinic, timezone.now(), secure=request.is_secure())
    done = sum(step.is_done for step in steps)
    return {"steps": steps, "done": done, "next": next((step for step in steps if not step.is_done), None)}


@staff(Permission.VIEW_SETTINGS, post=Permission.SEND_MESSAGES)
def mail_test(request):
    form = RefusableForm(request.POST or None)
    if form.is_valid():
        try:
            mail_tests.send(request.clinic, by=request.user, at=timezone.now())
            messages.success(request, _("The test mail is on its way to you."))
            return redirect("mail_test")
        except Refused as refused:
            form.add_refusal(refused)
    last = set_up.last_test(request.clinic)
    shown = {"form": form, "last": last, "waits": last is not None and last.state in mail_tests.UNDER_WAY}
    return render(request, "clinic/mail_test.html", shown, status=422 if form.errors else 200)


@staff(Permission.WORK_HERE)
def certificate_help(request):
    shown = {"public_url": settings.PUBLIC_URL, "secure": request.is_secure()}
    if request.GET.get("look"):
        seen = certificates.look(settings.PUBLIC_URL)
        shown |= {"seen": seen, "days": seen.days_left(timezone.now())}
    return render(request, "clinic/certificate_help.html", shown)
