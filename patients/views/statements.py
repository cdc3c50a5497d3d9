from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Permission, may, staff
from common.refused import Refused
from patients.access import open_chart, reads_history, statement_or_404
from patients.actions import statements, weights
from patients.forms.statements import (
    AllergyForm,
    ConditionForm,
    ConfirmForm,
    EndForm,
    IdentifyForm,
    MedicineForm,
    RefuteForm,
    WeightForm,
)

FORMS = {"allergy": AllergyForm, "condition": ConditionForm, "medicine": MedicineForm, "weight": WeightForm}
STATE = {
    "allergy": statements.state_allergy,
    "condition": statements.state_condition,
    "medicine": statements.state_medicine,
}
SETTLE = {
    "confirm": (ConfirmForm, statements.confirm),
    "refute": (RefuteForm, statements.refute),
    "end": (EndForm, statements.end),
    "identify": (IdentifyForm, statements.identify),
}


@staff(Permission.VIEW_HISTORY, Permission.STATE_HISTORY)
def statement_list(request, pk):
    return history(request, open_chart(request, pk))


@staff(Permission.STATE_HISTORY)
def statement_state(request, pk, kind):
    patient = open_chart(request, pk)
    if kind not in FORMS:
        raise Http404
    form = FORMS[kind](request.POST or None, auto_id=f"id_{kind}_%s")
    if form.is_valid():
        try:
            store(patient, kind, form.values, by=request.user, at=timezone.now())
            messages.success(request, said(request))
            return redirect("patients:statement_list", pk)
        except Refused as refusal:
            form.add_refusal(refusal)
    return history(request, patient, stated=kind, form=form)


@staff(Permission.EDIT_HISTORY)
def statement_settle(request, pk, kind, statement_pk, act):
    patient = open_chart(request, pk)
    statement = statement_or_404(request, patient, kind, statement_pk)
    if act not in SETTLE or (act == "identify" and kind == "weight"):
        raise Http404
    form_class, action = SETTLE[act]
    known = {"known": statements.known_to(type(statement))} if act == "identify" else {}
    form = form_class(request.POST if request.method == "POST" else None, **known)
    if form.is_valid():
        try:
            action(statement, **form.values, by=request.user, at=timezone.now())
            messages.success(request, _("Saved."))
            return redirect("patients:statement_list", pk)
        except Refused as refusal:
            form.add_refusal(refusal)
    shown = {"patient": patient, "statement": statement, "kind": kind, "act": act, "form": form}
    return render(request, "patients/statement_settle.html", shown, status=422 if form.errors else 200)


def store(patient, kind, values, *, by, at):
    if kind == "weight":
        return weights.record(patient, **values, by=by, at=at)
    return STATE[kind](patient, values.pop("name"), **values, by=by, at=at)


def said(request):
    if reads_history(request.membership):
        return _("Saved.")
    return _("Saved. It counts from now on, and waits for a clinician.")


def history(request, patient, stated="", form=None):
    forms = {kind: form_class(auto_id=f"id_{kind}_%s") for kind, form_class in FORMS.items()}
    if form is not None:
        forms[stated] = form
    shown = {
        "patient": patient,
        "forms": forms,
        "stated": stated,
        "reads_history": reads_history(request.membership),
        "may_settle": may(request.membership, Permission.EDIT_HISTORY),
    }
    if shown["reads_history"]:
        shown |= {
            "sections": [
                ("allergy", _("Allergies"), patient.allergies.with_history()),
                ("condition", _("Illnesses and conditions"), patient.conditions.with_history()),
                ("medicine", _("Medicines"), patient.medicines.with_history()),
                ("weight", _("Weight"), patient.weights.with_history()),
            ]
        }
    status = 422 if form is not None and form.errors else 200
    return render(request, "patients/statement_list.html", shown, status=status)
