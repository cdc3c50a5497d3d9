"""The mix of a session: its page, its check while one types, a lot by its code, a weight, and the draw."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Permission, may, staff
from common.dates import local_day
from common.decimals import parse_decimal
from common.forms import new_key
from common.refused import Refused
from formulations.forms.mixes import LINES, OverridesForm, key_of, product_of
from formulations.rules import shelf
from formulations.rules.mix import drawn_as_asked
from patients.actions import weights
from treatments.actions import sessions
from treatments.rules import mix
from treatments.tables import mixes as tables
from treatments.tables import sessions as session_tables
from treatments.views import drafted, rooms
from treatments.views.rooms import session_or_404, show
from treatments.views.session_steps import prove

HERE = "page"


def back_to(session):
    """Go back to the tray of the session."""
    return redirect(f"{reverse('treatments:session_detail', args=[session.pk])}#preparation")


def mix_of(request, session, sent):
    """Read the mix as it is typed: its form, what the check says, and the words on it."""
    form = rooms.mix_form(session, sent)
    check, overrides = None, OverridesForm(sent, auto_id="id_mix_%s")
    if form.is_valid():
        try:
            check = mix.session_findings(
                session,
                components=drawn_as_asked(form.components),
                version=form.recipe or session.plan.version,
                injected_ml=form.cleaned_data["injected_ml"],
                people=[request.user],
                preparation_standard=form.made,
                at=timezone.now(),
            )
        except Refused as refused:
            form.add_refusal(refused)
            return form, None, overrides
        asked = session_tables.asked(request.user, session, check.findings)
        overrides = OverridesForm(sent, findings=asked, auto_id="id_mix_%s")
    return form, check, overrides


def typed(request, session, form, check, overrides):
    """Give what the page and its panel show of a mix that is typed."""
    asked = drawn_as_asked(form.components) if check else []
    made = form.made if check else ""
    bench = tables.bench_of(session, request.user, check=check, asked=asked, standard=made, at=timezone.now())
    return {"mix_form": form, "check": check, "mix_overrides": overrides, "bench": bench}


def answer(request, session, shown, *, status=200, **more):
    """Answer where it was typed: the page of the mix, or that of the session."""
    if request.POST.get("here") == HERE or request.method == "GET":
        return bench_page(request, session, shown, status=status, **more)
    return show(request, session, typed=shown, status=status, **more)


def bench_page(request, session, shown, *, status=200, **more):
    """Draw the page of the mix."""
    recipes = tables.recipes_of(session)
    room = session_tables.Room(session, timezone.now())
    shown = {
        "session": session,
        "patient": session.patient,
        "room": room,
        "here": HERE,
        "zone_name": session.location.time_zone,
        "drafting": drafted.drafting(request, session),
        "recipe_choices": tables.choices_of(session, recipes),
        "recipe_chosen": request.GET.get("recipe", "")
        or str(shown["mix_form"]["version"].value() or tables.usual_choice(session)),
        "may_weigh": may(request.membership, Permission.RECORD_SESSIONS),
        **shown,
        **more,
    }
    return render(request, "treatments/session_prepare.html", shown, status=status)


def fresh(request):
    """What was typed, under a new key: a check is asked as often as one likes, and the draw is no repeat of it."""
    sent = request.POST.copy()
    sent["idempotency_key"] = new_key()
    return sent


def checked(request, session, sent=None, *, part="treatments/_mix_check.html", **more):
    """Answer with the check of what is typed: the panel alone, or the whole page.

    A lot that was just taken has no volume yet: what is still missing is not complained of (`sent`).
    """
    form, check, overrides = mix_of(request, session, fresh(request) if sent is None else sent)
    if sent is not None and check is None:
        form = rooms.mix_form(session)
        form.initial = {name: sent.get(name, "") for name in form.fields}
    shown = typed(request, session, form, check, overrides)
    if request.headers.get("HX-Request"):
        more |= {"session": session, "may_weigh": may(request.membership, Permission.RECORD_SESSIONS)}
        return render(request, part, {**shown, **more, "here": request.POST.get("here", "")})
    return answer(request, session, shown, status=422 if form.errors else 200, **more)


@staff(Permission.PREPARE_MIXES)
def session_mix_check(request, pk):
    session = session_or_404(request, pk)
    if request.method != "POST":
        return back_to(session)
    return checked(request, session)


@staff(Permission.PREPARE_MIXES)
def session_mix_scan(request, pk):
    session = session_or_404(request, pk)
    if request.method != "POST":
        return back_to(session)
    sent, refusals = fresh(request), []
    said = sent.pop("scan", [""])[-1]
    if not said.strip():
        return checked(request, session, sent, part="treatments/_mix_bench.html")
    try:
        found = shelf.scanned(
            request.clinic, said, patient=session.patient, location=session.location, at=timezone.now()
        )
        put_in_line(rooms.mix_form(session), sent, found)
    except Refused as refused:
        refusals = refused.reasons
        sent["scan"] = said
    return checked(request, session, sent, part="treatments/_mix_bench.html", scan_refusals=refusals)


def put_in_line(form, sent, found):
    """Put a lot or pack where its product stands already, else on the first free line."""
    key = key_of(found)
    lines = [(number, sent.get(f"source_{number}", "")) for number in range(1, LINES + 1)]
    of_product = [n for n, held in lines if held in form.sources and same(form.sources[held], found)]
    free = [number for number, held in lines if not held]
    if not (of_product or free):
        raise Refused("invalid", _("All lines are taken."))
    sent[f"source_{(of_product or free)[0]}"] = key


def same(held, found):
    """Whether two rows of the shelf are of one product."""
    return product_of(held).pk == product_of(found).pk


@staff(Permission.RECORD_SESSIONS)
def session_weigh(request, pk):
    session = session_or_404(request, pk)
    if request.method != "POST":
        return back_to(session)
    at, refusals = timezone.now(), []
    try:
        weight = parse_decimal(request.POST.get("weight_kg", ""))
        day = local_day(at, session.location.time_zone)
        weights.record(session.patient, weight_kg=weight, measured_on=day, by=request.user, at=at)
    except ValueError:
        refusals = Refused("invalid", _("Write the weight as a number.")).reasons
    except Refused as refused:
        refusals = refused.reasons
    return checked(request, session, weight_refusals=refusals)


@staff(Permission.PREPARE_MIXES)
def session_prepare(request, pk):
    session = session_or_404(request, pk)
    if request.method != "POST":
        if not session_tables.Room(session, timezone.now()).is_open or not hasattr(session, "screening"):
            return back_to(session)
        form = rooms.mix_form(session, choice=request.GET.get("recipe", ""))
        shown = typed(request, session, form, None, OverridesForm(auto_id="id_mix_%s"))
        return bench_page(request, session, shown)
    form, check, overrides = mix_of(request, session, request.POST)
    if check and overrides.is_valid():
        try:
            prove(request, check.findings, overrides.overrides)
            sessions.prepare(
                session,
                components=form.components,
                formulation_version=form.recipe or session.plan.version,
                injected_ml=form.cleaned_data["injected_ml"],
                overrides=overrides.overrides,
                standard=form.made,
                by=request.user,
                at=timezone.now(),
            )
            drafted.saved(request, session, "mix")
            messages.success(request, _("The mix is on the tray."))
            return back_to(session)
        except Refused as refused:
            form.add_refusal(refused)
    return answer(request, session, typed(request, session, form, check, overrides), status=422)
