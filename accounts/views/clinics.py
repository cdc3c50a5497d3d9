from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.access import member
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
