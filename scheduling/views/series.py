"""All visits of a plan at once: proposed, changed row by row, booked together."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import Permission, Scope, reach, staff
from common.dates import zone_of
from common.refused import Refused
from scheduling import rules
from scheduling.actions import series
from scheduling.forms.series import SeriesForm, TimeWishForm, read_choices
from scheduling.tables.series import offers_for, pins_of, query_of, rows_of
from scheduling.views.wishes import people_of


def course_of(request, pk):
    courses = request.clinic.courses.select_related("patient", "location", "clinic", "practitioner")
    return get_object_or_404(courses.filter(patient__in=request.clinic.patients.live()), pk=pk)


def own_calendar(request):
    """Whose times are looked at: everybody's, or only one's own."""
    own = reach(request.membership, Permission.BOOK_APPOINTMENTS) == Scope.OWN
    person = getattr(request.membership, "practitioner", None)
    return [person.pk if person else 0] if own else None


def proposed(request, course, chosen):
    """The proposal as it stands with what was picked, and what else could be picked for the row that is open."""
    pins, names = pins_of(zone_of(course.location.time_zone), chosen), people_of(request.clinic)
    wish = course.patient.time_wishes.newest()
    shown = {"course": course, "patient": course.patient, "wish_form": TimeWishForm.about(wish), "refusals": []}
    pins = {ordinal: pin for ordinal, pin in pins.items() if pin.practitioner in names}
    try:
        proposal = rules.series.propose(
            course, wishes=rules.series.wishes_of(course, wish), pins=pins, people=own_calendar(request),
            at=timezone.now(),
        )  # fmt: skip
    except Refused as refused:
        return {**shown, "refusals": refused.reasons, "rows": []}
    text = request.GET.get("change", "")
    changing = int(text) if text.isdigit() and len(text) <= 2 else None
    row = next((each for each in proposal.rows if each.ordinal == changing and not each.is_booked), None)
    offers = offers_for(proposal.outlook, row, names, usual=course.practitioner_id) if row else []
    return {
        **shown,
        "rows": rows_of(proposal, pins=pins, names=names, changing=changing),
        "open_row": row,
        "offers": offers,
        "kept": query_of(pins, until=changing - 1) if row else query_of(pins),
        "to_book": len(proposal.choices),
        "unplaced": len(proposal.unplaced),
        "zone": course.location.time_zone,
    }


@staff(Permission.BOOK_APPOINTMENTS)
def course_propose(request, pk):
    course = course_of(request, pk)
    chosen = read_choices(request.GET.getlist("pin"), course.location.time_zone)
    return render(request, "scheduling/course_propose.html", proposed(request, course, chosen))


@staff(Permission.BOOK_APPOINTMENTS)
def course_wish(request, pk):
    course = course_of(request, pk)
    form = TimeWishForm(request.POST or None)
    if form.is_valid():
        series.wish(course.patient, **form.values, by=request.user, at=timezone.now())
        messages.success(request, _("Remembered. The proposal follows it."))
        return redirect("scheduling:course_propose", pk)
    shown = {**proposed(request, course, {}), "wish_form": form}
    return render(request, "scheduling/course_propose.html", shown, status=422 if form.errors else 200)


@staff(Permission.BOOK_APPOINTMENTS)
def course_book(request, pk):
    course, form = course_of(request, pk), SeriesForm(request.POST or None)
    chosen = read_choices(request.POST.getlist("choice"), course.location.time_zone)
    if form.is_valid():
        try:
            choices = [choice_of(request.clinic, ordinal, each) for ordinal, each in chosen.items()]
            booked = series.book(course, choices=choices, by=request.user, at=timezone.now()).booked
            said = ngettext("One visit is booked.", "%(n)s visits are booked.", len(booked)) % {"n": len(booked)}
            messages.success(request, said)
            return redirect("scheduling:patient_visits", course.patient_id)
        except Refused as refusal:
            form.add_refusal(refusal)
            stuck = refusal.extra.get("ordinal", 0)
            chosen = {ordinal: each for ordinal, each in chosen.items() if ordinal < stuck}
    shown = {**proposed(request, course, chosen), "form": form}
    return render(request, "scheduling/course_propose.html", shown, status=422 if form.errors else 200)


def choice_of(clinic, ordinal, chosen):
    """A tick of the table as a booking: the person and the room of this clinic."""
    people = clinic.practitioners.select_related("membership__user")
    return {
        "ordinal": ordinal,
        "starts_at": chosen.starts_at,
        "practitioner": get_object_or_404(people, pk=chosen.practitioner_id),
        "room": get_object_or_404(clinic.rooms, pk=chosen.room_id) if chosen.room_id else None,
    }
