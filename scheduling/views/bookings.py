from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Permission, chart, may, staff
from common.refused import Refused
from scheduling import rules
from scheduling.actions import bookings
from scheduling.forms.bookings import BookForm, TappedForm, WhenForm
from scheduling.tables.days import visits_of_patient
from scheduling.tables.offers import alternatives_of, due_visits
from scheduling.views.wishes import chosen_of, doctor_of, number, offered, people_of, room_of, wish_of


@staff(Permission.BOOK_APPOINTMENTS)
def appointment_book(request):
    tapped = TappedForm(request.GET)
    if not request.GET.get("patient"):
        return render(request, "scheduling/appointment_book_who.html", {"tapped": tapped})
    patient = get_object_or_404(request.clinic.patients.live(), pk=number(request.GET["patient"]))
    shown = {
        "patient": patient,
        "tapped": tapped,
        "people": people_of(request.clinic) if tapped.kept and not tapped.slot else {},
        "due": due_visits(patient.courses, at=timezone.now()),
        "kinds": request.clinic.appointment_kinds.active().filter(needs_course=False).order_by("position", "name"),
    }
    return render(request, "scheduling/appointment_book.html", shown)


@staff(Permission.BOOK_APPOINTMENTS)
def appointment_time(request, pk):
    wish = wish_of(request, pk)
    usual = wish.visit.course.practitioner_id if wish.visit else None
    typed = WhenForm(request.GET if "typed" in request.GET else None, zone=wish.zone)
    if typed.is_valid() and typed.cleaned_data["typed"] and request.GET.get("practitioner"):
        moment = typed.cleaned_data["typed"].isoformat().replace("+00:00", "Z")
        slot = f"{moment}|{request.GET['practitioner']}|"
        return redirect(f"{wish.url('scheduling:appointment_confirm')}&slot={slot}")
    shown = {
        "wish": wish,
        "patient": wish.patient,
        "typed": typed,
        **offered(request, wish, default_practitioner=usual),
    }
    return render(request, "scheduling/appointment_time.html", shown, status=422 if typed.errors else 200)


@staff(Permission.BOOK_APPOINTMENTS)
def appointment_confirm(request, pk):
    wish = wish_of(request, pk)
    chosen = chosen_of(request, wish.zone)
    doctor, room, now = doctor_of(request.clinic, chosen), room_of(request.clinic, chosen), timezone.now()
    wanted = {"patient": wish.patient, "kind": wish.kind, "practitioner": doctor, "starts_at": chosen.starts_at}
    proposal = bookings.propose(request.clinic, **wanted, room=room, visit=wish.visit, by=request.user, at=now)
    findings = rules.bookings.findings(request.user, proposal)
    form = BookForm(request.POST or None, findings=findings, initial={"slot": request.GET.get("slot")})
    if form.is_valid():
        try:
            visit = bookings.book(
                request.clinic, **wanted, room=room, course_visit=wish.visit, overrides=form.overrides,
                note=form.cleaned_data["note"], by=request.user, at=now,
            )  # fmt: skip
            messages.success(request, _("The visit is booked."))
            return redirect("scheduling:appointment_detail", visit.pk)
        except Refused as refusal:
            form.add_refusal(refusal)
    shown = {
        "wish": wish,
        "patient": wish.patient,
        "proposal": proposal,
        "room": room,
        "form": form,
        "findings": findings if not form.is_bound else [],
        "alternatives": alternatives_of(form.taken, wish.zone, request.clinic),
    }
    return render(request, "scheduling/appointment_confirm.html", shown, status=422 if form.errors else 200)


@staff(Permission.VIEW_CALENDAR)
def patient_visits(request, pk):
    patient = get_object_or_404(request.clinic.patients.live(), pk=pk)
    chart(request, patient)
    may_book = may(request.membership, Permission.BOOK_APPOINTMENTS)
    shown = {"patient": patient, "visits": visits_of_patient(patient), "may_book": may_book}
    return render(request, "scheduling/patient_visits.html", shown)
