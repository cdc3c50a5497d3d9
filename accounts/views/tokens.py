from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts.access import Permission, may, staff
from accounts.actions import members
from accounts.forms.settings import TokenForm
from accounts.rules import members as rules
from common.refused import Refused


@staff(Permission.VIEW_SETTINGS)
def token_list(request):
    shown = {
        "tokens": request.clinic.api_tokens.with_person(),
        "now": timezone.now(),
        "manages": may(request.membership, Permission.MANAGE_SETTINGS),
    }
    return render(request, "accounts/token_list.html", shown)


@staff(Permission.MANAGE_SETTINGS)
@never_cache
def token_issue(request):
    now = timezone.now()
    form = TokenForm(request.POST or None, members=request.clinic.memberships.active().with_person())
    if form.is_valid():
        try:
            rules.issue_token.check(request.user, form.member)
            token = members.issue_token(
                form.member,
                name=form.cleaned_data["name"],
                expires_at=form.expires_at(now),
                by=request.user,
                at=now,
            )
            return render(request, "accounts/token_shown.html", {"token": token})
        except Refused as refused:
            form.add_refusal(refused)
    status = 422 if form.errors else 200
    return render(request, "accounts/token_issue.html", {"form": form}, status=status)


@staff(Permission.MANAGE_SETTINGS)
def token_revoke(request, pk):
    token = get_object_or_404(request.clinic.api_tokens.with_person(), pk=pk)
    refusals = rules.revoke_token.reasons_against(request.user, token)
    if request.method == "POST" and not refusals:
        members.revoke_token(token, by=request.user, at=timezone.now())
        messages.success(request, _("The key is taken back."))
        return redirect("accounts:token_list")
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/token_revoke.html", {"token": token, "refusals": refusals}, status=status)
