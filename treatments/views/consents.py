from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override as language_of

from accounts import devices
from accounts.access import Permission, may, staff
from common.refused import Refused
from documents import pdfs
from patients.access import open_chart
from treatments.actions import consents
from treatments.forms.consents import KioskForm, PresentForm, SignForm, WithdrawForm
from treatments.rules import consents as rules
from treatments.tables.consents import answers_of
from treatments.views.charts import consent_or_404, consents_of, plan_to_consent_to, reads_consents


@staff(Permission.VIEW_CONSENTS)
def consent_list(request, pk):
    patient = open_chart(request, pk)
    shown = {
        "patient": patient,
        "consents": consents_of(request).filter(patient=patient).latest_first().select_related("plan__protocol"),
        "reads": reads_consents(request),
    }
    return render(request, "treatments/consent_list.html", shown)


@staff(Permission.VIEW_CONSENTS)
def consent_detail(request, pk):
    consent = consent_or_404(request, pk)
    reads = reads_consents(request)
    treats = consent.practitioner.membership.user_id == request.user.pk
    shown = {
        "consent": consent,
        "patient": consent.patient,
        "reads": reads,
        "sections": pdfs.sections_of(consent.document) if reads else [],
        "answers": answers_of(consent) if reads else [],
        "signatures": pdfs.signatures_of(consent.document) if reads else [],
        "may_witness": may(request.membership, Permission.WITNESS_CONSENTS),
        "may_countersign": treats and may(request.membership, Permission.COUNTERSIGN_CONSENTS),
        "may_withdraw": may(request.membership, Permission.SEND_CONSENTS)
        and rules.withdraw_consent.allows(request.user, consent),
    }
    return render(request, "treatments/consent_detail.html", shown)


@staff(Permission.SEND_CONSENTS)
def consent_present(request, pk):
    plan = plan_to_consent_to(request, pk)
    form = PresentForm(request.POST or None, initial={"language": plan.language[:2]})
    if form.is_valid():
        try:
            consent = consents.present(
                plan,
                options=form.options,
                language=form.cleaned_data["language"],
                by=request.user,
                at=timezone.now(),
            )
            return redirect("treatments:consent_detail", consent.pk)
        except Refused as refusal:
            form.add_refusal(refusal)
    shown = {"plan": plan, "patient": plan.patient, "form": form}
    return render(request, "treatments/consent_present.html", shown, status=422 if form.errors else 200)


@staff(Permission.WITNESS_CONSENTS)
def consent_sign(request, pk):
    consent = consent_or_404(request, pk)
    with language_of(consent.language):
        return _kiosk(request, consent)


def _kiosk(request, consent):
    """The tablet in the patient's hands: it speaks the language of the paper."""
    form = KioskForm(request.POST or None, initial={"sha256": consent.document.sha256})
    if form.is_valid():
        try:
            _sign(request, consent, "patient", form, witness=True)
            return redirect("treatments:consent_hand_back", consent.pk)
        except Refused as refusal:
            form.add_refusal(refusal)
    refusals = rules.sign_consent.reasons_against(request.user, consent, role="patient")
    if not refusals:
        _hand_over_tablet(request, consent)
    shown = {
        "consent": consent,
        "form": form,
        "sections": pdfs.sections_of(consent.document),
        "refusals": refusals,
        "large": request.GET.get("text") == "large",
    }
    return render(request, "treatments/consent_sign.html", shown, status=422 if form.errors else 200)


def _hand_over_tablet(request, consent):
    """From now on this screen shows the paper and the thanks, nothing else, until a member of staff opens it."""
    own = [reverse(f"treatments:{name}", args=[consent.pk]) for name in ("consent_sign", "consent_hand_back")]
    if devices.covered(request).get("open_to") != own:
        devices.cover(request, back=reverse("treatments:consent_return", args=[consent.pk]), open_to=own)


@staff(Permission.VIEW_CONSENTS)
def consent_return(request, pk):
    consent = consent_or_404(request, pk)
    treats = consent.practitioner.membership.user_id == request.user.pk
    counters = consent.state == "signed" and treats and may(request.membership, Permission.COUNTERSIGN_CONSENTS)
    return redirect("treatments:consent_countersign" if counters else "treatments:consent_detail", pk)


@staff(Permission.WITNESS_CONSENTS)
def consent_hand_back(request, pk):
    consent = consent_or_404(request, pk)
    with language_of(consent.language):
        return render(request, "treatments/consent_hand_back.html", {"consent": consent})


@staff(Permission.COUNTERSIGN_CONSENTS)
def consent_countersign(request, pk):
    consent = consent_or_404(request, pk)
    form = SignForm(request.POST or None, initial={"sha256": consent.document.sha256})
    if form.is_valid():
        try:
            _sign(request, consent, "practitioner", form)
            messages.success(request, _("The consent counts now; its paper is being made."))
            return redirect("treatments:consent_detail", pk)
        except Refused as refusal:
            form.add_refusal(refusal)
    shown = {
        "consent": consent,
        "patient": consent.patient,
        "form": form,
        "answers": answers_of(consent),
        "refusals": rules.sign_consent.reasons_against(request.user, consent, role="practitioner"),
    }
    return render(request, "treatments/consent_countersign.html", shown, status=422 if form.errors else 200)


@staff(Permission.SEND_CONSENTS)
def consent_withdraw(request, pk):
    consent = consent_or_404(request, pk)
    form = WithdrawForm(request.POST or None)
    if form.is_valid():
        try:
            consents.withdraw(consent, **form.values, by=request.user, at=timezone.now())
            messages.success(request, _("The consent is withdrawn. Nothing more is injected under it."))
            return redirect("treatments:consent_detail", pk)
        except Refused as refusal:
            form.add_refusal(refusal)
    shown = {"consent": consent, "patient": consent.patient, "form": form}
    return render(request, "treatments/consent_withdraw.html", shown, status=422 if form.errors else 200)


def _sign(request, consent, role, form, *, witness=False):
    return consents.sign(
        consent,
        role=role,
        **form.values,
        witness=witness,
        ip=request.META.get("REMOTE_ADDR", ""),
        user_agent=request.META.get("HTTP_USER_AGENT", ""),
        by=request.user,
        at=timezone.now(),
    )
