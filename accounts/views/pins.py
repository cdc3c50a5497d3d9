"""The personal PIN, and the screen that is locked in place."""

from urllib.parse import urlencode

from allauth.account.internal.flows.reauthentication import resume_request
from allauth.core import ratelimit
from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import devices
from accounts.access import member
from accounts.actions import members, pins
from accounts.forms.pins import PinChooseForm, PinForm, UnlockForm
from common.refused import Refused


@member
def pin_choose(request):
    if not devices.confirmed_fully(request):
        return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': request.path})}")
    form = PinChooseForm(request.POST or None)
    if form.is_valid():
        try:
            digits, at = form.cleaned_data["digits"], timezone.now()
            pins.choose(request.user, digits=digits, clinic=request.clinic, by=request.user, at=at)
            messages.success(request, _("Your PIN is set. It counts on devices on which you have logged in today."))
            return redirect("home")
        except Refused as refused:
            form.add_refusal(refused)
    shown = {"form": form, "has_pin": hasattr(request.user, "pin")}
    return render(request, "accounts/pin_choose.html", shown, status=422 if form.errors else 200)


@member
def pin_confirm(request):
    onward = request.POST.get("next") or request.GET.get("next", "")
    password = f"{reverse('account_reauthenticate')}?{urlencode({'next': onward})}"
    if not request.pin_counts():
        return redirect(password)
    form = PinForm(request.POST or None)
    if form.is_valid():
        if shown_right(request, request.membership, form.cleaned_data["digits"]):
            devices.proved(request, "pin")
            return resume_request(request) or redirect("home")
        form.add_refusal(wrong(request, request.membership))
    shown = {"form": form, "next": onward, "password_url": password}
    return render(request, "accounts/pin_confirm.html", shown, status=422 if form.errors else 200)


@member
def locked(request):
    lock = devices.covered(request)
    if not lock or request.membership is None:
        return in_place(request, {"go": "/"}) or redirect("home")
    form, said = unlock_form(request, request.POST or None), []
    if form.is_valid():
        try:
            return go_on(request, form, lock)
        except Refused as refused:
            said = refused.reasons
            form = unlock_form(request)
    page = "accounts/_locked.html" if request.headers.get("X-In-Place") else "accounts/locked.html"
    return render(request, page, {"form": form, "lock": lock, "said": said}, status=422 if said or form.errors else 200)


def unlock_form(request, data=None):
    """Ask for the PIN of those whose PIN counts here now, else for the password of whoever is logged in."""
    people = devices.people_here(request, timezone.now())
    return UnlockForm(data, people=people, current=request.membership, auto_id="id_unlock_%s")


def go_on(request, form, lock):
    """Open the screen for whoever has proved who they are: the same person, or another who came in today."""
    chosen = form.member
    if chosen is None:
        confirm_password(request, form.cleaned_data["password"])
        devices.uncover(request, method="password")
    elif not shown_right(request, chosen, form.cleaned_data["digits"]):
        raise wrong(request, chosen)
    elif chosen.user_id == request.user.pk:
        devices.uncover(request, method="pin")
    else:
        devices.hand_over(request, chosen)
        return in_place(request, {"go": lock["back"]}) or redirect(lock["back"])
    return in_place(request, {"go": ""}) or redirect(lock["back"])


def in_place(request, answer):
    """Answer a page that has locked itself without leaving it."""
    return JsonResponse(answer) if request.headers.get("X-In-Place") else None


def shown_right(request, membership, digits):
    clinic = membership.clinic
    return pins.confirms(membership.user, digits=digits, clinic=clinic, by=membership.user, at=timezone.now())


def wrong(request, membership):
    reasons = devices.against_pin(request, membership, timezone.now())
    return Refused.of(reasons) if reasons else Refused("invalid", _("This PIN is not right."))


def confirm_password(request, password):
    if not ratelimit.consume(request, action="reauthenticate", user=request.user):
        raise Refused("busy", _("Too many attempts. Wait a few minutes, then try again."))
    if not members.confirms(request.user, password=password):
        raise Refused("invalid", _("This password is not right."))
