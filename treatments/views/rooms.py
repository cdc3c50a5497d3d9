"""The page of a session: whatever step is posted comes back to it, with everything that was typed."""

from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from accounts.access import Permission, chart, may
from common.dates import local_day
from formulations.forms.mixes import MixForm, OverridesForm
from treatments.forms.sessions import InjectionForm, ReactionForm, ScreeningForm, TimeOutForm, ZonesForm
from treatments.forms.zones import ZoneFormSet
from treatments.rules import gates
from treatments.tables import mixes
from treatments.tables import sessions as tables
from treatments.tables.last_time import last_time
from treatments.tables.timers import timers_of
from treatments.views.drafted import drafting


def posted(request):
    """Give what was sent, and nothing before anything was; a form that was sent empty is still sent."""
    return request.POST if request.method == "POST" else None


def session_or_404(request, pk):
    """Fetch a session that this member treats or reads, and have it written down that the chart was seen."""
    session = get_object_or_404(request.clinic.treatment_sessions.visible_to(request.user).with_chart(), pk=pk)
    chart(request, session.patient)
    return session


def show(request, session, *, typed=None, status=200, **more):
    """Draw the session with its forms; `typed` holds the one that was posted and refused."""
    room = tables.Room(session, timezone.now())
    may_record = may(request.membership, Permission.RECORD_SESSIONS) and not room.is_closed
    forms = forms_of(request, session, room) | (typed or {}) if may_record else {}
    shown = {
        "session": session,
        "patient": session.patient,
        "room": room,
        "found": room.screened,
        "may_record": may_record,
        "may_mix": may_record and room.is_open and may(request.membership, Permission.PREPARE_MIXES),
        "may_sign": may(request.membership, Permission.SIGN_SESSIONS) and not room.is_closed,
        "may_amend": may(request.membership, Permission.AMEND_SESSIONS) and session.signed_at is not None,
        "zone_name": session.location.time_zone,
        "timers": timers_of(session, room.at),
        "drafting": drafting(request, session) if may_record else None,
        **forms,
        **more,
    }
    return render(request, "treatments/session_detail.html", shown, status=status)


def forms_of(request, session, room):
    """Give every form of the page as it stands before anybody types."""
    forms = {
        "screening_form": screening_form(request, session),
        "injection_form": injection_form(session),
        "reaction_form": reaction_form(session),
    }
    if room.is_open and room.screening:
        forms |= {
            "mix_form": mix_form(session),
            "may_weigh": True,
            "mix_overrides": OverridesForm(auto_id="id_mix_%s"),
            "time_out_form": TimeOutForm(auto_id="id_timeout_%s"),
            "zones_form": ZonesForm(auto_id="id_zonesaid_%s", initial={"revision": session.revision}),
            "zone_rows": zone_rows(session, copy=request.GET.get("copy") == "last"),
            "usual": tables.usual_row(session),
            "last": last_time(tables.last_of(session)),
        }
    return forms


def screening_form(request, session, data=None):
    """The five questions; a word is asked on each finding that today's answers brought and nobody decided."""
    findings = []
    if getattr(session, "screening", None):
        findings = tables.asked(request.user, session, gates.screening_findings(session, at=timezone.now()))
    return ScreeningForm(data, findings=findings, auto_id="id_check_%s", initial=tables.answers_of(session))


def injection_form(session, data=None):
    """How the skin was prepared, and when it began and ended."""
    pain = session.anaesthetic or {}
    initial = {
        "antiseptic": session.antiseptic,
        "anaesthetic": pain.get("kind", "none"),
        "anaesthetic_product": pain.get("product", ""),
        "anaesthetic_grams": pain.get("grams", ""),
        "injection_started_at": session.injection_started_at,
        "injection_ended_at": session.injection_ended_at,
        "note": session.note,
    }
    return InjectionForm(data, place=session.location.time_zone, auto_id="id_injection_%s", initial=initial)


def reaction_form(session, data=None):
    """What was seen before the patient left."""
    effects = session.clinic.effects.current().order_by("name")
    reaction = getattr(session, "reaction", None)
    initial = {}
    if reaction:
        initial = {"seen": "none" if reaction.none_observed else "some", "pain": reaction.pain, "note": reaction.note}
        for number, each in enumerate(reaction.effects.all(), start=1):
            initial |= {f"effect_{number}": each.effect.slug, f"grade_{number}": each.grade}
    return ReactionForm(data, effects=effects, auto_id="id_reaction_%s", initial=initial)


def mix_form(session, data=None, *, choice=""):
    """The mix, with the lots that are to be used up first; `choice` says what its lines begin with."""
    at = timezone.now()
    today = local_day(at, session.location.time_zone)
    shelf = session.clinic.lots.drawable(today).filter(location=session.location)
    opened = session.clinic.packs.drawable_for(session.patient, at).filter(lot__in=shelf).with_lot()
    recipes = mixes.recipes_of(session)
    form = MixForm(
        data,
        lots=list(shelf.first_expired_first().with_product()),
        packs=list(opened.order_by("discard_at", "pk")),
        versions=recipes,
        zone=session.location.time_zone,
        auto_id="id_mix_%s",
    )
    if data is None and (choice or not session.session_preparations.all()):
        form.initial = mixes.begin(session, form.sources, choice=choice, recipes=recipes)
    return form


def zone_rows(session, data=None, *, copy=False):
    """The table of zones, as recorded; or as a suggestion those of the session before."""
    before = tables.last_of(session) if copy and not session.zone_applications.all() else None
    initial = tables.rows_of(before, suggested=True) if before else tables.rows_of(session)
    tray = [joined.preparation for joined in session.session_preparations.all()]
    zones = session.clinic.zones.injectable().order_by("region", "name")
    return ZoneFormSet(
        data,
        prefix="zones",
        initial=initial,
        technique=tables.usual_row(session)["technique"],
        form_kwargs={"zones": list(zones), "mixes": [mix for mix in tray if mix.state in ("drawn", "checked")]},
    )
