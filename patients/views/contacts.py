from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Permission, staff
from common.refused import Refused
from patients.access import consents_of, open_chart
from patients.actions import consents_to_contact
from patients.forms.contacts import ContactConsentForm


@staff(Permission.EDIT_PATIENTS)
def contact_consent_list(request, pk):
    patient = open_chart(request, pk)
    form = ContactConsentForm(request.POST or None)
    if form.is_valid():
        values = form.values
        act = consents_to_contact.give if values.pop("given") else consents_to_contact.withdraw
        try:
            act(patient, **values, by=request.user, at=timezone.now())
            messages.success(request, _("Saved."))
            return redirect("patients:contact_consent_list", pk)
        except Refused as refusal:
            form.add_refusal(refusal)
    shown = {"patient": patient, "form": form, "rows": consents_of(patient)}
    return render(request, "patients/contact_consent_list.html", shown, status=422 if form.errors else 200)
