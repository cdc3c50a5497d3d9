from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Permission, may, staff
from accounts.actions import invitations, members, ownership
from accounts.forms.members import DepartureForm, InviteForm, LicenceForm, RolesForm
from accounts.rules import members as rules
from accounts.tables.standing import held_of, line_of
from common.dates import local_day
from common.refused import Refused


@staff(Permission.WORK_HERE)
def member_list(request):
    manages, day = may(request.membership, Permission.MANAGE_STAFF), today(request)
    people = request.clinic.memberships.active().with_person().with_competences()
    shown = {
        "lines": [line_of(person, day) for person in people],
        "gone": request.clinic.memberships.gone().with_person() if manages else (),
        "manages": manages,
    }
    return render(request, "accounts/member_list.html", shown)


@staff(Permission.MANAGE_STAFF)
def member_invite(request):
    form = InviteForm(request.POST or None, initial={"language": request.clinic.language})
    if form.is_valid():
        try:
            joined = invitations.invite(request.clinic, by=request.user, at=timezone.now(), **form.person)
            messages.success(request, _("%(name)s belongs to the team now.") % {"name": joined.user})
            return redirect("accounts:member_list")
        except Refused as refused:
            form.add_refusal(refused)
    return answer(request, "accounts/member_invite.html", form)


@staff(Permission.MANAGE_STAFF)
def member_change(request, pk):
    person = found(request, pk)
    form = RolesForm(request.POST or None, membership=person)
    if form.is_valid():
        try:
            if rules.touches_ownership(person, form.values["roles"]):
                ownership.ask_roles(person, by=request.user, at=timezone.now(), **form.values)
                return asked(request)
            members.change_roles(person, by=request.user, at=timezone.now(), **form.values)
            messages.success(request, _("Changed. Their log-ins have ended; the next one has the new rights."))
            return redirect("accounts:member_list")
        except Refused as refused:
            form.add_refusal(refused)
    practitioner, day = getattr(person, "practitioner", None), today(request)
    shown = {"practitioner": practitioner, "line": line_of(person, day)}
    if practitioner:
        shown["competences"] = held_of(practitioner.held_competences.with_names(), day)
    return answer(request, "accounts/member_change.html", form, person=person, **shown)


@staff(Permission.MANAGE_STAFF)
def member_license(request, pk):
    person = found(request, pk)
    form = LicenceForm(request.POST or None, practitioner=getattr(person, "practitioner", None))
    if form.is_valid():
        try:
            invitations.license_practitioner(person, licence=form.values, by=request.user, at=timezone.now())
            messages.success(request, _("The licence is recorded."))
            return redirect("accounts:member_list")
        except Refused as refused:
            form.add_refusal(refused)
    return answer(request, "accounts/member_license.html", form, person=person)


@staff(Permission.MANAGE_STAFF)
def member_disable(request, pk):
    person = found(request, pk)
    form = DepartureForm(request.POST or None)
    if form.is_valid():
        try:
            if rules.touches_ownership(person, ()):
                ownership.ask_disable(person, by=request.user, at=timezone.now(), **form.values)
                return asked(request)
            members.disable(person, by=request.user, at=timezone.now(), **form.values)
            messages.success(request, _("%(name)s no longer works here.") % {"name": person.user})
            return redirect("accounts:member_list")
        except Refused as refused:
            form.add_refusal(refused)
    return answer(request, "accounts/member_disable.html", form, person=person)


@staff(Permission.MANAGE_STAFF)
def member_enable(request, pk):
    person = found(request, pk)
    form = DepartureForm(request.POST or None)
    if form.is_valid():
        try:
            members.enable(person, by=request.user, at=timezone.now(), **form.values)
            messages.success(request, _("%(name)s works here again.") % {"name": person.user})
            return redirect("accounts:member_list")
        except Refused as refused:
            form.add_refusal(refused)
    return answer(request, "accounts/member_enable.html", form, person=person)


def today(request):
    return local_day(timezone.now(), request.clinic.time_zone)


def found(request, pk):
    return get_object_or_404(request.clinic.memberships.with_person(), pk=pk)


def asked(request):
    messages.info(request, _("Nothing has changed yet: a second owner must agree."))
    return redirect("accounts:approval_list")


def answer(request, template, form, **shown):
    return render(request, template, {"form": form, **shown}, status=422 if form.errors else 200)
