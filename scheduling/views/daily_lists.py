from datetime import timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Permission, may, staff
from common.dates import local_day
from common.refused import Refused
from scheduling.actions import daily_lists
from scheduling.forms.daily_lists import EntryForm, HistoryForm, ListForm
from scheduling.tables.daily_lists import last_dates, round_of, troubles_of

PER_PAGE = 100


def chances(request):
    return {
        "may_record": may(request.membership, Permission.RECORD_DAILY_LISTS),
        "may_set_up": may(request.membership, Permission.SET_UP_CALENDAR),
    }


@staff(Permission.VIEW_DAILY_LISTS)
def daily_list_show(request):
    lines = round_of(request.clinic, timezone.now())
    shown = {"lines": lines, "done": sum(line.is_done for line in lines), **chances(request)}
    return render(request, "scheduling/daily_list_show.html", shown)


@staff(Permission.VIEW_DAILY_LISTS)
def daily_list_card(request):
    lines = round_of(request.clinic, timezone.now())
    waiting = [line for line in lines if not line.is_done or line.troubles]
    shown = {"lines": lines, "waiting": waiting, "done": len(lines) - len(waiting)}
    return render(request, "scheduling/_daily_list_card.html", shown)


@staff(Permission.RECORD_DAILY_LISTS)
def daily_list_record(request, pk):
    daily_list = get_object_or_404(request.clinic.daily_lists.active().with_place(), pk=pk)
    form = EntryForm(request.POST or None, daily_list=daily_list, dates=last_dates(daily_list))
    return settle(request, form, daily_list, lambda **said: daily_lists.record(daily_list, **said))


@staff(Permission.RECORD_DAILY_LISTS)
def daily_entry_correct(request, pk):
    entry = get_object_or_404(request.clinic.daily_entries.with_lines(), pk=pk)
    dates = {each["thing"]: each.get("expires_on") or "" for each in entry.findings}
    form = EntryForm(request.POST or None, daily_list=entry.daily_list, dates=dates, corrects=entry)
    return settle(request, form, entry.daily_list, lambda **said: daily_lists.correct(entry, **said), entry)


def settle(request, form, daily_list, action, entry=None):
    if form.is_valid():
        try:
            written = action(**form.found, by=request.user, at=timezone.now())
            if troubles := troubles_of(written, daily_list):
                messages.warning(request, f"{daily_list.name}: {' '.join(troubles)}")
            else:
                messages.success(request, _("%(name)s: in order.") % {"name": daily_list.name})
            return redirect("scheduling:daily_list_show")
        except Refused as refused:
            form.add_refusal(refused)
    shown = {"form": form, "daily_list": daily_list, "entry": entry}
    return render(request, "scheduling/daily_list_record.html", shown, status=422 if form.errors else 200)


@staff(Permission.VIEW_DAILY_LISTS)
def daily_entry_list(request):
    today = local_day(timezone.now(), request.clinic.time_zone)
    form = HistoryForm(request.GET or None, clinic=request.clinic)
    said = form.cleaned_data if form.is_valid() else {}
    first, last = said.get("first") or today - timedelta(days=30), said.get("last") or today
    rows = request.clinic.daily_entries.between(first, last).with_lines().newest_first()
    if said.get("of"):
        rows = rows.filter(daily_list=said["of"])
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    for entry in page.object_list:
        entry.troubles = troubles_of(entry, entry.daily_list)
    shown = {"page": page, "first": first, "last": last, "form": form, "of": said.get("of"), **chances(request)}
    shown["lists"] = request.clinic.daily_lists.in_order()
    return render(request, "scheduling/daily_entry_list.html", shown)


@staff(Permission.SET_UP_CALENDAR)
def daily_list_set_up(request):
    lists = request.clinic.daily_lists.with_place().in_order()
    return render(request, "scheduling/daily_list_set_up.html", {"lists": lists})


@staff(Permission.SET_UP_CALENDAR)
def daily_list_add(request):
    form = ListForm(request.POST or None, clinic=request.clinic, initial={"kind": request.GET.get("kind")})
    heading = _("Add a daily list")
    return set_up(request, form, lambda **said: daily_lists.add(request.clinic, **said), heading)


@staff(Permission.SET_UP_CALENDAR)
def daily_list_change(request, pk):
    daily_list = get_object_or_404(request.clinic.daily_lists.with_place(), pk=pk)
    form = ListForm(request.POST or None, clinic=request.clinic, daily_list=daily_list)

    def change(*, kind, location, **said):
        return daily_lists.change(daily_list, **said)

    return set_up(request, form, change, daily_list.name)


def set_up(request, form, action, heading):
    if form.is_valid():
        try:
            action(**form.values, by=request.user, at=timezone.now())
            messages.success(request, _("Saved."))
            return redirect("scheduling:daily_list_set_up")
        except Refused as refused:
            form.add_refusal(refused)
    shown = {"form": form, "heading": heading}
    return render(request, "scheduling/daily_list_edit.html", shown, status=422 if form.errors else 200)
