from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from portal.access import choose, patient
from portal.forms import PersonForm
from portal.tables import course


@patient(clinical=False)
def home(request):
    shown = course.home_of(request.portal.patient, clinical=request.portal.is_fresh, at=timezone.now())
    return render(request, "portal/home.html", {"home": shown})


@patient(clinical=False, methods=("GET", "POST"), choosing=True)
def person_choose(request):
    accesses = request.portal.accesses
    form = PersonForm(request.POST if request.method == "POST" else None, accesses=accesses)
    if form.is_valid():
        choose(request, next(each for each in accesses if each.pk == form.cleaned_data["access"]))
        return redirect("portal:home")
    return render(request, "portal/person_choose.html", {"form": form}, status=422 if form.errors else 200)


@patient(methods=("POST",), narrow=True)
def stay(request):
    return HttpResponse(status=204)
