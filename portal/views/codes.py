from allauth.core import ratelimit
from django.contrib import messages as notes
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import tokens
from accounts.access import anyone
from common.refused import Refused
from portal import phones
from portal.access import PHONE, WANTED, begin, known_phone, patient, remember_phone
from portal.actions import codes
from portal.forms import AddressForm, BirthDayForm, DigitsForm
from portal.rules import codes as rules

TICKET, PROVEN, TO, STAYS = "portal_ticket", "portal_proven", "portal_code_to", "portal_remember"


@anyone
@require_safe
def welcome(request):
    if request.user.is_authenticated and request.user.kind == "patient":
        return redirect("portal:home")
    if not request.user.is_authenticated and known_phone(request):
        return redirect("portal:home")
    return render(request, "portal/welcome.html", {"form": AddressForm()})


@anyone
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def code_ask(request):
    refuse_staff(request)
    form = AddressForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            channel, spellings = rules.spelled(form.cleaned_data["address"])
            hold_back(request, spellings[0] if spellings else form.cleaned_data["address"])
            post(request, rules.patients_of(channel, spellings), channel)
            request.session[TO] = rules.masked(form.cleaned_data["address"].strip())
            return redirect("portal:code_enter")
        except Refused as refused:
            form.add_refusal(refused)
    return render(request, "portal/code_ask.html", {"form": form}, status=422 if form.errors else 200)


@patient(clinical=False, methods=("POST",), narrow=True)
def code_again(request):
    way = rules.own_way(request.portal.patient)
    if way is None:
        return redirect("portal:home")
    try:
        hold_back(request, way[1])
    except Refused as refused:
        notes.error(request, refused.detail)
        return redirect("portal:home")
    post(request, [request.portal.patient], way[0])
    request.session[TO] = rules.masked(way[1])
    return redirect("portal:code_enter")


@anyone
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def code_enter(request):
    refuse_staff(request)
    if TICKET not in request.session:
        return redirect("portal:code_ask")
    form = DigitsForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        found = tried(request, form.cleaned_data["digits"])
        request.session[STAYS] = form.cleaned_data["remember"]
        if len(found) == 1:
            return let_in(request, found[0])
        if found:
            request.session[PROVEN] = [code.pk for code in found]
            return redirect("portal:code_person")
        form.add_error("digits", _("This code is not right, or has run out. Type it again, or ask for a new one."))
    shown = {"form": form, "to": request.session.get(TO, ""), "is_known": phones.known(request, timezone.now())}
    return render(request, "portal/code_enter.html", shown, status=422 if form.errors else 200)


@anyone
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def code_person(request):
    refuse_staff(request)
    waiting = codes.proven(request.session.get(TICKET, ""), request.session.get(PROVEN, []), at=timezone.now())
    if not waiting:
        return redirect("portal:code_ask")
    form = BirthDayForm(request.POST if request.method == "POST" else None, codes=waiting)
    if form.is_valid():
        return let_in(request, form.code)
    if form.is_nobody:
        codes.miss_person(request.session[TICKET], at=timezone.now())
    return render(request, "portal/code_person.html", {"form": form}, status=422 if form.errors else 200)


def refuse_staff(request):
    if request.user.is_authenticated and request.user.kind == "staff":
        raise PermissionDenied(_("You are logged in as staff. Log out, or open this page in a private window."))


def hold_back(request, address):
    key = f"{address.lower()} {request.META.get('REMOTE_ADDR', '')}"
    if not ratelimit.consume(request, action="portal_code", key=key):
        raise Refused("busy", _("Too many codes were asked for. Wait a quarter of an hour, or call the clinic."))


def post(request, found, channel):
    ticket, _digest = tokens.new_secret()
    request.session[TICKET] = ticket
    request.session.pop(PROVEN, None)
    if found:
        way, recipient = rules.way_to(found[0], channel)
        codes.send(found, channel=way, recipient=recipient, ticket=ticket, at=timezone.now())


def tried(request, digits):
    if not ratelimit.consume(request, action="portal_digits"):
        return []
    return codes.try_digits(request.session[TICKET], digits=digits, at=timezone.now())


def let_in(request, code):
    at, stays, wanted = timezone.now(), request.session.get(STAYS), request.session.get(WANTED)
    access = codes.enter(code, at=at)
    begin(request, access, chosen=True)
    for name in (TICKET, PROVEN, TO, STAYS, WANTED):
        request.session.pop(name, None)
    response = redirect(wanted or "portal:home")
    known = phones.known(request, at)
    if stays:
        remember_phone(request, response, access)
    elif known and known.access_id == access.pk:
        request.session[PHONE] = known.pk
    return response
