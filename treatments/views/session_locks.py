"""The screen of a treatment room, covered while nobody is at it."""

from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts import devices
from accounts.access import Permission, staff
from treatments.rules.sessions import page_of
from treatments.tables.timers import timers_of
from treatments.views.rooms import session_or_404


@staff(Permission.VIEW_SESSIONS)
@require_POST
def session_lock(request, pk):
    session = session_or_404(request, pk)
    devices.cover(request, back=page_of(session), timers=timers_of(session, timezone.now()))
    return redirect("accounts:locked")
