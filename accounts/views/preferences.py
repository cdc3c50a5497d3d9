from django.conf import settings
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from accounts.access import anyone
from accounts.actions import preferences

YEAR = 31_536_000


def way_back(request):
    wanted = request.POST.get("next", "/")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe else "/"


@anyone
@require_POST
def theme_choose(request):
    response = redirect(way_back(request))
    theme = request.POST.get("theme")
    if theme in {"auto", "light", "dark"}:
        response.set_cookie("theme", theme, max_age=YEAR, samesite="Lax", secure=request.is_secure())
    return response


@anyone
@require_POST
def language_choose(request):
    response = redirect(way_back(request))
    language = request.POST.get("language")
    if language in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=YEAR,
            httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
            samesite=settings.LANGUAGE_COOKIE_SAMESITE,
            secure=settings.LANGUAGE_COOKIE_SECURE,
        )
        if request.user.is_authenticated:
            preferences.speak(request.user, language=language, by=request.user, at=timezone.now())
    return response
