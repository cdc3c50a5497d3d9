from django.contrib import messages as notes
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from patients.actions import portal_phones
from portal import phones
from portal.access import PHONE, chart, patient
from portal.forms import spoken
from portal.tables.messages import letters_of, readable

PER_PAGE = 25


@patient(clinical=False)
def me(request):
    shown = {
        "spoken": spoken(request.portal.patient),
        "phones": request.portal.access.phones.remembered(timezone.now()),
        "this_phone": request.session.get(PHONE),
    }
    return render(request, "portal/me.html", shown)


@patient(clinical=False, methods=("POST",))
def phone_forget(request, pk):
    at = timezone.now()
    phone = get_object_or_404(request.portal.access.phones.remembered(at), pk=pk)
    portal_phones.forget(phone, by=request.user, at=at)
    notes.success(request, _("Forgotten. That phone needs a new code."))
    response = redirect("portal:me")
    if request.session.get(PHONE) == phone.pk:
        response.delete_cookie(phones.COOKIE, samesite="Lax")
        request.session.pop(PHONE)
    return response


@patient()
def message_list(request):
    chart(request)
    page = Paginator(letters_of(request.portal.patient), PER_PAGE).get_page(request.GET.get("page"))
    for message in page:
        message.shown_text = readable(message)
    return render(request, "portal/message_list.html", {"page": page})
