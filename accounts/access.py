"""Who may do what: the one table that pages, API and tests read, and the decorators that ask it."""

import enum
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from allauth.account.internal.flows.reauthentication import suspend_request
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts import idempotency, tokens
from accounts.models import Kind, Membership, Role


class Permission(enum.StrEnum):
    """What can be permitted, as VERB_NOUN."""

    # accounts
    WORK_HERE = "work_here"
    MANAGE_STAFF = "manage_staff"
    MANAGE_SETTINGS = "manage_settings"
    VIEW_SETTINGS = "view_settings"
    VIEW_AUDIT = "view_audit"
    # patients
    VIEW_PATIENTS = "view_patients"
    EDIT_PATIENTS = "edit_patients"
    VIEW_HISTORY = "view_history"
    STATE_HISTORY = "state_history"
    EDIT_HISTORY = "edit_history"
    MANAGE_TASKS = "manage_tasks"
    INVITE_TO_PORTAL = "invite_to_portal"
    REQUEST_MERGE = "request_merge"
    MERGE_PATIENTS = "merge_patients"
    PRINT_SUMMARY = "print_summary"
    RECEIVE_PAPERS = "receive_papers"
    VIEW_IMPORTS = "view_imports"
    RUN_IMPORTS = "run_imports"
    # scheduling
    VIEW_CALENDAR = "view_calendar"
    BOOK_APPOINTMENTS = "book_appointments"
    BOOK_EARLY = "book_early"
    OVERRIDE_HOURS = "override_hours"
    SET_UP_CALENDAR = "set_up_calendar"
    VIEW_DAILY_LISTS = "view_daily_lists"
    RECORD_DAILY_LISTS = "record_daily_lists"
    # formulations
    VIEW_CATALOGUE = "view_catalogue"
    VIEW_STOCK = "view_stock"
    RECEIVE_STOCK = "receive_stock"
    ADJUST_STOCK = "adjust_stock"
    QUARANTINE_LOTS = "quarantine_lots"
    VIEW_EXPOSURE = "view_exposure"
    EDIT_FORMULATIONS = "edit_formulations"
    APPROVE_FORMULATIONS = "approve_formulations"
    PREPARE_MIXES = "prepare_mixes"
    OVERRIDE_FINDINGS = "override_findings"
    # treatments
    VIEW_PLANS = "view_plans"
    EDIT_PLANS = "edit_plans"
    VIEW_SESSIONS = "view_sessions"
    RECORD_SESSIONS = "record_sessions"
    SIGN_SESSIONS = "sign_sessions"
    VIEW_ORDERS = "view_orders"
    SIGN_ORDERS = "sign_orders"
    AMEND_SESSIONS = "amend_sessions"
    RECORD_OUTCOMES = "record_outcomes"
    VIEW_OUTCOMES = "view_outcomes"
    # documents and consents
    VIEW_DOCUMENTS = "view_documents"
    VIEW_CONSENTS = "view_consents"
    SEND_CONSENTS = "send_consents"
    WITNESS_CONSENTS = "witness_consents"
    COUNTERSIGN_CONSENTS = "countersign_consents"
    DRAFT_TEMPLATES = "draft_templates"
    PUBLISH_TEMPLATES = "publish_templates"
    # messaging
    VIEW_MESSAGES = "view_messages"
    SEND_MESSAGES = "send_messages"
    # safety
    VIEW_SIDE_EFFECTS = "view_side_effects"
    RECORD_SIDE_EFFECTS = "record_side_effects"
    # billing
    VIEW_PAYMENTS = "view_payments"
    TAKE_PAYMENTS = "take_payments"
    REFUND_PAYMENTS = "refund_payments"
    SET_PRICES = "set_prices"
    # reports
    VIEW_REPORTS = "view_reports"
    EXPORT_PATIENTS = "export_patients"


class Scope(enum.StrEnum):
    """How far a permission reaches: the whole clinic, one's own patients, or a masked part."""

    ALL = "A"
    OWN = "O"
    LIMITED = "L"
    READ = "R"


@dataclass(frozen=True)
class Grant:
    """One cell of the table: how far, and whether the person must prove themselves again first."""

    scope: Scope
    step_up: bool = False


ROLE_ORDER = (Role.OWNER, Role.PRACTITIONER, Role.NURSE, Role.FRONT_DESK, Role.AUDITOR)

# A all in the clinic, O own patients or calendar, L limited fields, R read only, S step-up, - not at all.
#                                    owner  practit. nurse  desk   auditor
TABLE: dict[Permission, tuple[str, str, str, str, str]] = {
    Permission.WORK_HERE: ("A", "A", "A", "A", "A"),
    Permission.MANAGE_STAFF: ("A S", "-", "-", "-", "-"),
    Permission.MANAGE_SETTINGS: ("A S", "-", "-", "-", "-"),
    Permission.VIEW_SETTINGS: ("A", "-", "-", "-", "R"),
    Permission.VIEW_AUDIT: ("A", "O", "O", "O", "A"),
    Permission.VIEW_PATIENTS: ("A", "A", "A", "A", "L"),
    Permission.EDIT_PATIENTS: ("A", "A", "A", "A", "-"),
    Permission.VIEW_HISTORY: ("A", "A", "A", "-", "-"),
    Permission.STATE_HISTORY: ("A", "A", "A", "A", "-"),
    Permission.EDIT_HISTORY: ("-", "A", "A", "-", "-"),
    Permission.MANAGE_TASKS: ("A", "A", "A", "A", "-"),
    Permission.INVITE_TO_PORTAL: ("A", "A", "A", "A", "-"),
    Permission.REQUEST_MERGE: ("A", "-", "-", "A", "-"),
    Permission.MERGE_PATIENTS: ("A", "-", "-", "-", "-"),
    Permission.PRINT_SUMMARY: ("-", "O", "O", "-", "-"),
    Permission.RECEIVE_PAPERS: ("A", "A", "A", "A", "-"),
    Permission.VIEW_IMPORTS: ("A", "-", "-", "-", "-"),
    Permission.RUN_IMPORTS: ("A S", "-", "-", "-", "-"),
    Permission.VIEW_CALENDAR: ("A", "A", "A", "A", "L"),
    Permission.BOOK_APPOINTMENTS: ("A", "O", "A", "A", "-"),
    Permission.BOOK_EARLY: ("A", "O", "A", "A", "-"),
    Permission.OVERRIDE_HOURS: ("A", "O", "-", "A", "-"),
    Permission.SET_UP_CALENDAR: ("A", "-", "-", "-", "-"),
    Permission.VIEW_DAILY_LISTS: ("A", "A", "A", "A", "R"),
    Permission.RECORD_DAILY_LISTS: ("A", "A", "A", "A", "-"),
    Permission.VIEW_CATALOGUE: ("A", "A", "A", "A", "R"),
    Permission.VIEW_STOCK: ("A", "R", "A", "R", "R"),
    Permission.RECEIVE_STOCK: ("A", "-", "A", "A", "-"),
    Permission.ADJUST_STOCK: ("A", "-", "A", "-", "-"),
    Permission.QUARANTINE_LOTS: ("A", "A", "A", "-", "-"),
    Permission.VIEW_EXPOSURE: ("A", "A", "A", "-", "R"),
    Permission.EDIT_FORMULATIONS: ("-", "A", "-", "-", "-"),
    Permission.APPROVE_FORMULATIONS: ("-", "A S", "-", "-", "-"),
    Permission.PREPARE_MIXES: ("-", "O", "O", "-", "-"),
    Permission.OVERRIDE_FINDINGS: ("-", "O S", "-", "-", "-"),
    Permission.VIEW_PLANS: ("R", "O", "R", "-", "-"),
    Permission.EDIT_PLANS: ("-", "O", "-", "-", "-"),
    Permission.VIEW_SESSIONS: ("-", "O", "O", "-", "-"),
    Permission.RECORD_SESSIONS: ("-", "O", "O", "-", "-"),
    Permission.SIGN_SESSIONS: ("-", "O S", "-", "-", "-"),
    Permission.VIEW_ORDERS: ("R", "O", "R", "-", "-"),
    Permission.SIGN_ORDERS: ("-", "O S", "-", "-", "-"),
    Permission.AMEND_SESSIONS: ("-", "O", "-", "-", "-"),
    Permission.RECORD_OUTCOMES: ("-", "O", "O", "-", "-"),
    Permission.VIEW_OUTCOMES: ("-", "O", "O", "-", "-"),
    Permission.VIEW_DOCUMENTS: ("A", "O", "A", "-", "R"),
    Permission.VIEW_CONSENTS: ("A", "A", "A", "L", "R"),
    Permission.SEND_CONSENTS: ("A", "A", "A", "A", "-"),
    Permission.WITNESS_CONSENTS: ("A", "A", "A", "A", "-"),
    Permission.COUNTERSIGN_CONSENTS: ("-", "O S", "-", "-", "-"),
    Permission.DRAFT_TEMPLATES: ("A", "A", "-", "-", "-"),
    Permission.PUBLISH_TEMPLATES: ("A", "-", "-", "-", "-"),
    Permission.VIEW_MESSAGES: ("A", "O", "A", "A", "R"),
    Permission.SEND_MESSAGES: ("A", "A", "A", "A", "-"),
    Permission.VIEW_SIDE_EFFECTS: ("A", "A", "A", "-", "R"),
    Permission.RECORD_SIDE_EFFECTS: ("-", "A", "A", "-", "-"),
    Permission.VIEW_PAYMENTS: ("A", "-", "-", "A", "R"),
    Permission.TAKE_PAYMENTS: ("A", "-", "-", "A", "-"),
    Permission.REFUND_PAYMENTS: ("A S", "-", "-", "-", "-"),
    Permission.SET_PRICES: ("A", "-", "-", "-", "-"),
    Permission.VIEW_REPORTS: ("A", "O", "-", "-", "R"),
    Permission.EXPORT_PATIENTS: ("A S", "-", "-", "-", "-"),
}


def _cell(text: str) -> Grant | None:
    if text == "-":
        return None
    scope, *marks = text.split()
    return Grant(Scope(scope), step_up="S" in marks)


ROLES: dict[str, dict[Permission, Grant]] = {
    role: {permission: grant for permission, cells in TABLE.items() if (grant := _cell(cells[place]))}
    for place, role in enumerate(ROLE_ORDER)
}

_REACH = {Scope.ALL: 3, Scope.READ: 3, Scope.OWN: 2, Scope.LIMITED: 1}


def grant_of(membership: Membership | None, permission: Permission) -> Grant | None:
    """Give the widest grant that any of a member's roles carries; of two equal ones the one without step-up."""
    if membership is None or not membership.is_active:
        return None
    grants = [ROLES[role][permission] for role in membership.roles if permission in ROLES.get(role, {})]
    return max(grants, key=lambda grant: (_REACH[grant.scope], not grant.step_up), default=None)


def may(membership: Membership | None, permission: Permission) -> bool:
    """Say whether a member holds a permission at all."""
    return grant_of(membership, permission) is not None


def reach(membership: Membership | None, permission: Permission) -> Scope | None:
    """Say how far a member's permission reaches."""
    grant = grant_of(membership, permission)
    return grant.scope if grant else None


class Denied(PermissionDenied):
    """A member asked for something that the table does not grant; the door writes it down."""

    def __init__(self, permission: Permission) -> None:
        self.permission = permission
        super().__init__(_("Your role does not allow this. Ask the clinic's owner if you need it."))


class StepUpRequired(PermissionDenied):
    """The act needs the password, a passkey or a PIN shown within the last five minutes."""

    def __init__(self) -> None:
        super().__init__(_("Confirm that it is you before you go on: this act needs your password again."))


@dataclass(frozen=True)
class Access:
    """What a URL declares: who it is for, and the permission that each method demands."""

    kind: str
    methods: dict[str, tuple[Permission, ...]] = field(default_factory=dict)

    def permissions_for(self, method: str) -> tuple[Permission, ...]:
        """Give the permissions of which a member needs one for this method."""
        return self.methods.get("GET" if method == "HEAD" else method, ())


View = Callable[..., HttpResponse]


def demand(request: Any, permissions: Iterable[Permission], *, step_up: bool = True) -> Grant:
    """Let a member pass who holds one of the permissions, or say no and leave a trace."""
    permissions = tuple(permissions)
    grants = [grant for permission in permissions if (grant := grant_of(request.membership, permission))]
    if not grants:
        raise Denied(permissions[0])
    grant = min(grants, key=lambda each: each.step_up)
    if step_up and grant.step_up and not request.stepped_up():
        raise StepUpRequired
    return grant


def staff(*permissions: Permission, post: Permission | Iterable[Permission] | None = None) -> Callable[[View], View]:
    """Declare a page of the staff: GET needs one of `permissions`, POST needs `post`, or else the same.

    A POST that carries an idempotency key is answered once. A step-up cell sends the page to the
    confirmation first, on GET, so that nothing typed can be lost.
    """
    posting = (post,) if isinstance(post, Permission) else tuple(post or permissions)
    access = Access("staff", {"GET": permissions, "POST": posting})

    def decorate(view: View) -> View:
        @wraps(view)
        def page(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
            needed = access.permissions_for(request.method)
            if not needed:
                return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
            if not hasattr(request, "membership"):
                arrive(request)
            if request.membership is None:
                return no_clinic(request)
            try:
                request.grant = demand(request, needed)
                return idempotency.once(request, lambda: view(request, *args, **kwargs))
            except StepUpRequired:
                return confirm_first(request)

        page.access = access  # type: ignore[attr-defined]
        return page

    return decorate


def no_clinic(request: HttpRequest) -> HttpResponse:
    """Send somebody who belongs to no clinic to the page that says so."""
    return redirect("accounts:clinic_choose")


def confirm_first(request: HttpRequest) -> HttpResponse:
    """Send a member to confirm who they are, and back; what a POST carried is kept and sent again afterwards.

    A typed password is never kept: such a form is shown afresh. Where the PIN of the day counts, it is asked for.
    """
    if request.POST.get("password"):
        return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': request.path})}")
    pin_counts = getattr(request, "pin_counts", None)
    way = "accounts:pin_confirm" if pin_counts is not None and pin_counts() else "account_reauthenticate"
    return suspend_request(request, reverse(way))


def arrive(request: Any) -> None:
    """Put the member, the clinic and the proof of a recent confirmation on a request."""
    request.membership = membership_of(request)
    request.clinic = request.membership.clinic if request.membership else None
    request.stepped_up = lambda: tokens.stepped_up(request)
    request.chart = None


def membership_of(request: Any) -> Membership | None:
    """Find the membership that a log-in works under: the chosen clinic, or the first one."""
    user = request.user
    if not user.is_authenticated or user.kind != Kind.STAFF:
        return None
    mine = Membership.objects.active().filter(user=user).select_related("clinic", "user").order_by("pk")
    chosen = request.session.get("clinic_id")
    found = mine.filter(clinic_id=chosen).first() if chosen else mine.first()
    if found and not chosen:
        request.session["clinic_id"] = found.clinic_id
    return found


def anyone(view: View) -> View:
    """Declare a page that needs no log-in."""
    view = login_not_required(view)
    view.access = Access("public")  # type: ignore[attr-defined]
    return view


def member(view: View) -> View:
    """Declare a page for any logged-in person of the staff, whatever the clinic."""
    view.access = Access("member")  # type: ignore[attr-defined]
    return view


def chart(request: Any, patient: Any) -> None:
    """Mark that this response shows a patient's chart; the door writes it down afterwards."""
    request.chart = patient
