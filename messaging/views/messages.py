from django.contrib import messages as notes
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Permission, chart, staff
from common.refused import Refused
from messaging.actions import outbox
from messaging.forms.messages import DecideForm
from patients.access import is_masked, open_chart

PER_PAGE = 25


@staff(Permission.VIEW_MESSAGES)
def message_list(request):
    asked = request.GET.get("patient", "")
    patient = open_chart(request, int(asked)) if asked.isdigit() and len(asked) < 19 else None
    rows = request.clinic.messages.visible_to(request.user).select_related("patient").latest_first()
    shown = {
        "patient": patient,
        "page": Paginator(rows.filter(patient=patient) if patient else rows, PER_PAGE).get_page(
            request.GET.get("page")
        ),
        "opt_outs": request.clinic.opt_outs.standing().filter(patient=patient) if patient else (),
        "in_doubt": 0 if patient else rows.in_doubt().count(),
        "masked": is_masked(request.membership),
    }
    return render(request, "messaging/message_list.html", shown)


@staff(Permission.VIEW_MESSAGES)
def doubt_list(request):
    rows = request.clinic.messages.visible_to(request.user).in_doubt().select_related("patient").latest_first()
    shown = {"page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))}
    return render(request, "messaging/doubt_list.html", {**shown, "masked": is_masked(request.membership)})


@staff(Permission.VIEW_MESSAGES)
def message_show(request, pk):
    message = _message(request, pk)
    events = message.delivery_events.order_by("at", "id")
    shown = {"message": message, "events": events, "masked": is_masked(request.membership)}
    return render(request, "messaging/message_show.html", shown)


@staff(Permission.SEND_MESSAGES)
def message_decide(request, pk):
    message = _message(request, pk)
    form = DecideForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            _decide(request, message, form.cleaned_data["decision"])
            return redirect("messaging:message_show", pk)
        except Refused as refusal:
            form.add_refusal(refusal)
    status = 422 if form.errors else 200
    return render(request, "messaging/message_decide.html", {"message": message, "form": form}, status=status)


def _decide(request, message, decision):
    if decision == "resend":
        outbox.resend(message, by=request.user, at=timezone.now())
        notes.success(request, _("It goes out again in a moment."))
    else:
        outbox.dismiss(message, arrived=decision == "arrived", by=request.user, at=timezone.now())
        notes.success(request, _("It is left alone."))


def _message(request, pk):
    message = get_object_or_404(request.clinic.messages.visible_to(request.user).select_related("patient"), pk=pk)
    if message.patient:
        chart(request, message.patient)
    return message
