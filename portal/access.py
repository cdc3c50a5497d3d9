"""Who may open the portal: a patient, by the session that a link opened; no address of it ever names a patient."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth import login, logout
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import idempotency
from accounts.access import Access
from accounts.access import chart as note_chart
from accounts.middleware import LONGEST_SECONDS, POLL_HEADER
from accounts.models import Clinic, Kind
from patients.actions import portal_phones
from patients.models import LinkPurpose, Patient, PortalAccess, PortalLink, PortalPhone
from portal import phones

IDLE_SECONDS = 10 * 60
ACCESS, CONSENT, BEGAN, SEEN = "portal_access", "portal_consent", "portal_began_at", "portal_seen_at"
PHONE, WANTED = "portal_phone", "portal_wanted"
WELCOME = "portal:welcome"

View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Visit:
    """One person in the portal: for whom, whether the clinical pages are still open, and what a narrow link is for."""

    access: PortalAccess
    accesses: list[PortalAccess]
    is_fresh: bool
    consent_pk: int | None

    @property
    def patient(self) -> Patient:
        return self.access.patient

    @property
    def clinic(self) -> Clinic:
        return self.access.clinic

    @property
    def has_several(self) -> bool:
        """Whether this person sees the portal of several patients, and must say of which."""
        return len(self.accesses) > 1


def patient(
    *, clinical: bool = True, methods: tuple[str, ...] = ("GET",), narrow: bool = False, choosing: bool = False
) -> Callable[[View], View]:
    """Declare a page of the portal.

    A clinical page closes after ten idle minutes; a remembered phone keeps the rest. `narrow` pages are also open to
    a link that was made for one consent alone, `choosing` ones to somebody who has not yet said for which patient.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def page(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.user.kind != Kind.PATIENT:
                raise PermissionDenied(_("This is the patients' own portal. Staff see a patient's chart instead."))
            if ("GET" if request.method == "HEAD" else request.method) not in methods:
                return HttpResponseNotAllowed(methods)
            visit = arrive(request)
            if visit is None:
                logout(request)
                return redirect(WELCOME)
            if visit.has_several and ACCESS not in request.session and not choosing:
                return redirect("portal:person_choose")
            if visit.consent_pk and not narrow:
                return redirect("portal:consent_sign", visit.consent_pk)
            if clinical and not visit.is_fresh:
                return locked(request)
            return idempotency.once(request, lambda: view(request, *args, **kwargs))

        page.access = Access("patient", dict.fromkeys(methods, ()))  # type: ignore[attr-defined]
        page.login_url = WELCOME  # type: ignore[attr-defined]
        page.redirect_field_name = None  # type: ignore[attr-defined]
        return page

    return decorate


def locked(request: Any) -> HttpResponse:
    """Close a clinical page until a code or a link shows who is there; the way back to it is kept."""
    if request.method == "GET":
        request.session[WANTED] = request.get_full_path()
    return render(request, "portal/locked.html", status=403)


def arrive(request: Any) -> Visit | None:
    """Put the visit on a request: whose portal it is, and whether the person has been here within ten minutes."""
    at = timezone.now()
    now = at.timestamp()
    session = request.session
    if not 0 <= now - session.get(BEGAN, 0) <= LONGEST_SECONDS:
        return None
    if PHONE in session and not phones.stands(session[PHONE], at):
        return None
    accesses = list(standing_of(request.user))
    chosen = next((each for each in accesses if each.pk == session.get(ACCESS)), None)
    if not accesses or (ACCESS in session and chosen is None):
        return None
    is_fresh = now - session.get(SEEN, 0) <= IDLE_SECONDS
    if is_fresh and POLL_HEADER not in request.headers:
        session[SEEN] = now
    request.portal = Visit(chosen or accesses[0], accesses, is_fresh, session.get(CONSENT))
    request.clinic = request.portal.clinic
    return request.portal


def standing_of(user: Any) -> Any:
    """Give the patients whose portal a person may see, those erased or merged away left out."""
    return (
        user.portal_accesses.standing()
        .filter(patient__erased_at__isnull=True, patient__merged_into__isnull=True, patient__entered_in_error=False)
        .select_related("patient", "clinic")
        .order_by("pk")
    )


def open_session(request: Any, link: PortalLink) -> None:
    """Begin the session of the person to whom a used link belongs; a link for one consent opens only that."""
    access: Any = link.access
    is_narrow = link.purpose == LinkPurpose.SIGN_CONSENT
    begin(request, access, chosen=is_narrow)
    if is_narrow:
        request.session[CONSENT] = link.subject_id


def begin(request: Any, access: PortalAccess, *, fresh: bool = True, chosen: bool = False) -> None:
    """Begin a session; one that is not fresh opens the plain pages alone, until a code is typed."""
    login(request, access.user, backend=settings.AUTHENTICATION_BACKENDS[0])
    now = timezone.now().timestamp()
    request.session.update({BEGAN: now, SEEN: now if fresh else 0})
    for name in (ACCESS, CONSENT, PHONE):
        request.session.pop(name, None)
    if chosen or len(standing_of(access.user)) == 1:
        choose(request, access)


def remember_phone(request: Any, response: HttpResponse, access: PortalAccess) -> None:
    """Remember this phone; the session on it ends with it when it is forgotten."""
    request.session[PHONE] = phones.remember(request, response, access, timezone.now()).pk


def known_phone(request: Any) -> PortalPhone | None:
    """Begin a plain session on a phone that is remembered; answers which, or none."""
    at = timezone.now()
    phone = phones.known(request, at)
    if phone is not None:
        begin(request, phone.access, fresh=False, chosen=True)
        request.session[PHONE] = portal_phones.use(phone, by=phone.access.user, at=at).pk
    return phone


def choose(request: Any, access: Any) -> None:
    """Say for which patient this session goes on."""
    request.session[ACCESS] = access.pk


def chart(request: Any) -> None:
    """Have it written down that the patient, or who speaks for them, read a clinical page."""
    note_chart(request, request.portal.patient)
