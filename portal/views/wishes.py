from django.contrib import messages as notes
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from common.refused import Refused
from portal.access import chart, patient
from portal.actions import wishes
from portal.forms import ContactWishesForm, CorrectionForm, WithdrawForm
from portal.rules import wishes as rules


@patient(methods=("GET", "POST"))
def contact_check(request):
    form = CorrectionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        settle(request, form.cleaned_data["words"])
        return redirect("portal:me")
    shown = {"form": form, "person": request.portal.patient}
    return render(request, "portal/contact_check.html", shown, status=422 if form.errors else 200)


def settle(request, words):
    person, at = request.portal.patient, timezone.now()
    if words:
        wishes.correct(person, words=words, by=request.user, at=at)
        notes.success(request, _("We have it. The front desk calls you before anything is changed."))
    else:
        wishes.check(person, by=request.user, at=at)
        notes.success(request, _("Thank you. All right then."))


@patient(methods=("GET", "POST"))
def contact_wish(request):
    now = rules.reachable(request.portal.patient)
    form = ContactWishesForm(request.POST if request.method == "POST" else None, now=now)
    if form.is_valid():
        wishes.keep(request.portal.patient, wanted=form.wanted, by=request.user, at=timezone.now())
        notes.success(request, _("Saved. It counts from now on."))
        return redirect("portal:me")
    return render(request, "portal/contact_wish.html", {"form": form}, status=422 if form.errors else 200)


@patient(methods=("GET", "POST"))
def consent_withdraw(request, pk):
    own = request.portal.patient.consents.filter(document__released_at__isnull=False)
    own = own.select_related("document", "clinic", "practitioner__membership__user")
    consent = get_object_or_404(own, pk=pk)
    chart(request)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            wishes.withdraw_consent(consent, words=form.cleaned_data["words"], by=request.user, at=timezone.now())
            notes.success(request, _("We have your wish. Your practitioner calls you; until then nothing is done."))
            return redirect("portal:consent_sign", pk)
        except Refused as refused:
            form.add_refusal(refused)
    shown = {"consent": consent, "form": form}
    return render(request, "portal/consent_withdraw.html", shown, status=422 if form.errors else 200)
