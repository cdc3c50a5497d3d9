from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from accounts.access import anyone, member
from accounts.actions import members


@member
def clinic_choose(request):
    mine = request.user.memberships.active().select_related("clinic")
    if request.method == "POST":
        chosen = mine.filter(clinic_id=request.POST.get("clinic") or 0).first()
        if chosen:
            members.enter(chosen, by=request.user, at=timezone.now())
            request.session["clinic_id"] = chosen.clinic_id
            return redirect("/")
    return render(request, "accounts/clinic_choose.html", {"memberships": mine})


@anyone
@require_POST
def theme_choose(request):
    wanted = request.POST.get("next", "/")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    response = redirect(wanted if safe else "/")
    theme = request.POST.get("theme")
    if theme in {"auto", "light", "dark"}:
        response.set_cookie("theme", theme, max_age=31_536_000, samesite="Lax", secure=request.is_secure())
    return response
