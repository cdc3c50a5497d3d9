"""The top of every page of a patient: who it is, what to heed, and the tabs of the chart."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.access import Permission, Scope, reach
from common import phones
from common.dates import local_day
from patients.access import is_masked, reads_history, sees_flags
from patients.models import Patient
from patients.models.banners import facts_of
from patients.rules import banners

register = template.Library()


@dataclass(frozen=True)
class Tab:
    """One page of the chart; it shows when its address exists and the member holds one of the permissions."""

    label: str | Promise
    url_names: tuple[str, ...]
    permissions: tuple[Permission, ...]
    icon: str = ""


TABS = (
    Tab(gettext_lazy("Overview"), ("patients:patient_detail",), (Permission.VIEW_PATIENTS,)),
    Tab(
        gettext_lazy("History"),
        ("patients:statement_list",),
        (Permission.VIEW_HISTORY, Permission.STATE_HISTORY),
    ),
    Tab(
        gettext_lazy("Visits"),
        ("scheduling:patient_visits", "scheduling:appointment_list"),
        (Permission.VIEW_CALENDAR,),
    ),
    Tab(gettext_lazy("Plans"), ("treatments:patient_plans", "treatments:plan_list"), (Permission.VIEW_PLANS,)),
    Tab(gettext_lazy("Sessions"), ("treatments:session_list",), (Permission.VIEW_SESSIONS,)),
    Tab(gettext_lazy("Outcomes"), ("treatments:outcome_list",), (Permission.VIEW_OUTCOMES,)),
    Tab(
        gettext_lazy("Reactions"),
        ("safety:patient_side_effects", "safety:side_effect_list"),
        (Permission.VIEW_SIDE_EFFECTS,),
    ),
    Tab(gettext_lazy("Consents"), ("treatments:consent_list",), (Permission.VIEW_CONSENTS,)),
    Tab(gettext_lazy("Documents"), ("documents:document_list",), (Permission.VIEW_DOCUMENTS,)),
    Tab(gettext_lazy("Messages"), ("messaging:message_list",), (Permission.VIEW_MESSAGES,)),
    Tab(gettext_lazy("Billing"), ("billing:patient_billing",), (Permission.VIEW_PAYMENTS,)),
    Tab(gettext_lazy("Contact"), ("patients:contact_consent_list",), (Permission.EDIT_PATIENTS,)),
    Tab(gettext_lazy("Log"), ("patients:patient_log",), (Permission.VIEW_AUDIT,)),
)
NEXT_STEPS = (
    Tab(
        gettext_lazy("Book a visit"), ("scheduling:appointment_book",), (Permission.BOOK_APPOINTMENTS,), "calendar-plus"
    ),
    Tab(gettext_lazy("Start a plan"), ("treatments:plan_start",), (Permission.EDIT_PLANS,), "route"),
    Tab(gettext_lazy("Report a reaction"), ("safety:side_effect_report",), (Permission.RECORD_SIDE_EFFECTS,), "siren"),
    Tab(gettext_lazy("Take a payment"), ("billing:payment_take",), (Permission.TAKE_PAYMENTS,), "banknote"),
    Tab(gettext_lazy("Add a paper"), ("patients:received_file_add",), (Permission.RECEIVE_PAPERS,), "file-plus"),
    Tab(gettext_lazy("Summary"), ("reports:patient_summary",), (Permission.PRINT_SUMMARY,), "printer"),
)


def address(name: str, patient: Patient) -> str:
    """Give the address of a page about a patient: with the patient in its path, or in its question; else nothing."""
    try:
        return reverse(name, args=[patient.pk])
    except NoReverseMatch:
        pass
    try:
        return f"{reverse(name)}?patient={patient.pk}"
    except NoReverseMatch:
        return ""


def is_own(request: Any, patient: Patient) -> bool:
    """Say whether the patient is this member's own; asked once a page."""
    known: dict[int, bool] = request.__dict__.setdefault("own_patients", {})
    if patient.pk not in known:
        known[patient.pk] = Patient.objects.filter(pk=patient.pk).visible_to(request.user).exists()
    return known[patient.pk]


def reaches(request: Any, patient: Patient, permissions: tuple[Permission, ...]) -> bool:
    """Say whether one of these permissions reaches this patient, and not only those whom the member looks after."""
    scopes = {reach(getattr(request, "membership", None), permission) for permission in permissions} - {None}
    return bool(scopes - {Scope.OWN}) or (Scope.OWN in scopes and is_own(request, patient))


def links(entries: tuple[Tab, ...], patient: Patient, request: Any) -> list[dict[str, Any]]:
    """Give the pages that exist and that this member may open for this patient."""
    shown = []
    for tab in entries:
        url = next((found for name in tab.url_names if (found := address(name, patient))), "")
        if url and reaches(request, patient, tab.permissions):
            shown.append({"label": tab.label, "url": url, "icon": tab.icon, "names": tab.url_names, "current": False})
    return shown


@register.inclusion_tag("components/tabs.html", takes_context=True)
def chart_tabs(context: Any, patient: Patient, current: str = "") -> dict[str, Any]:
    """Draw the tabs of a patient's chart; `current` names the tab of a page whose address does not say it."""
    request = context["request"]
    tabs = links(TABS, patient, request)
    here = [tab for tab in tabs if current and current in tab["names"]]
    under = [tab for tab in tabs if request.path.startswith(tab["url"].partition("?")[0])]
    if chosen := (here or sorted(under, key=lambda tab: -len(tab["url"]))):
        chosen[0]["current"] = True
    return {"tabs": tabs}


@register.simple_tag(takes_context=True)
def chart_next_steps(context: Any, patient: Patient) -> list[dict[str, Any]]:
    """Give what may be begun for this patient from here."""
    return links(NEXT_STEPS, patient, context["request"])


@register.simple_tag(takes_context=True)
def is_off_the_team(context: Any, patient: Patient) -> bool:
    """Say whether a member who treats finds this patient's plans closed until the care team names them."""
    request = context["request"]
    return reach(request.membership, Permission.EDIT_PLANS) == Scope.OWN and not is_own(request, patient)


@register.inclusion_tag("components/patient_banner.html", takes_context=True)
def patient_banner(context: Any, patient: Patient) -> dict[str, Any]:
    """Draw who is in front of us, with what to heed, masked as the reader's role demands; one query."""
    request = context["request"]
    membership = getattr(request, "membership", None)
    chips: list[dict[str, str]] = []
    today = local_day(timezone.now(), (getattr(request, "clinic", None) or patient.clinic).time_zone)
    if sees_flags(membership):
        url = reverse("patients:statement_list", args=[patient.pk])
        facts = facts_of(patient)
        chips = banners.chips(facts, reads=reads_history(membership), url=url)
        if not banners.flags(facts)["allergy"]:
            chips.insert(0, {"tone": "", "label": _("No allergy on file")})
        chips += banners.of_age(patient, today)
    return {
        "name": patient.full_name,
        "number": patient.number,
        "url": reverse("patients:patient_detail", args=[patient.pk]),
        "facts": facts_about(patient, membership, today),
        "chips": chips,
        "tone": next((chip["tone"] for chip in chips if chip["tone"] in {"danger", "warn"}), ""),
    }


def facts_about(patient: Patient, membership: Any, today: Any) -> list[str]:
    """Give the short facts beside a name: age, birth date, sex, how the patient is called."""
    if is_masked(membership):
        return [_("born %(year)s") % {"year": patient.born_on.year}]
    age = patient.age_on(today)
    called = [_("called %(name)s") % {"name": patient.preferred_name}] if patient.preferred_name else []
    return [
        *called,
        ngettext("%(age)s year", "%(age)s years", age) % {"age": age},
        date_format(patient.born_on, "j M Y"),
        str(patient.get_sex_display()),
        *([patient.pronouns] if patient.pronouns else []),
    ]


@register.filter
def phone(number: str, clinic: Any) -> str:
    """Write a telephone number as it is written at the clinic."""
    return phones.shown(number, phones.region_of(clinic.jurisdiction, clinic.phone)) if number else ""
