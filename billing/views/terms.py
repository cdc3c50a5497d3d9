from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Permission, staff
from billing.actions import terms
from billing.forms.payments import TermsForm
from billing.rules import terms as rules
from billing.views.payments import posted
from common.refused import Refused


@staff(Permission.MANAGE_SETTINGS)
def terms_edit(request):
    known = rules.in_force(request.clinic)
    form = TermsForm(posted(request), initial=initial_of(known, request.clinic))
    if form.is_valid():
        try:
            terms.decide(request.clinic, **form.values, by=request.user, at=timezone.now())
            messages.success(request, _("It stands on every receipt from now on."))
            return redirect("billing:takings_show")
        except Refused as refused:
            form.add_refusal(refused)
    shown = {"form": form, "known": known}
    return render(request, "billing/terms_edit.html", shown, status=422 if form.errors else 200)


def initial_of(known, clinic):
    if known is None:
        return {"legal_name": clinic.name}
    return {name: getattr(known, name) for name in ("legal_name", "address", "tax_number", "tax_rate", "exemption")}
