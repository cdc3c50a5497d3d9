from django.contrib import messages as notes
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Permission, chart, staff
from common.forms import RefusableForm
from messaging.actions import opt_outs
from messaging.forms.opt_outs import OptOutForm


@staff(Permission.SEND_MESSAGES)
def opt_out_record(request, pk):
    rows = request.clinic.messages.visible_to(request.user).select_related("patient")
    message = get_object_or_404(rows, pk=pk, patient__isnull=False)
    chart(request, message.patient)
    form = OptOutForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        opt_outs.record(
            request.clinic,
            channel=message.channel,
            recipient=message.recipient,
            kind=message.kind if form.cleaned_data["everything"] == "kind" else "",
            patient=message.patient,
            by=request.user,
            at=timezone.now(),
        )
        notes.success(request, _("Written down. Such messages are not sent any more."))
        return redirect("messaging:message_show", pk)
    status = 422 if form.errors else 200
    return render(request, "messaging/opt_out_record.html", {"message": message, "form": form}, status=status)


@staff(Permission.SEND_MESSAGES)
def opt_out_lift(request, pk):
    rows = request.clinic.opt_outs.standing().select_related("patient")
    opt_out = get_object_or_404(rows, pk=pk, patient__in=request.clinic.patients.visible_to(request.user))
    chart(request, opt_out.patient)
    back = f"{reverse('messaging:message_list')}?patient={opt_out.patient_id}"
    form = RefusableForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        opt_outs.lift(opt_out, by=request.user, at=timezone.now())
        notes.success(request, _("Messages may be sent again."))
        return redirect(back)
    return render(request, "messaging/opt_out_lift.html", {"opt_out": opt_out, "form": form, "back": back})
