"""Patients, what is stated about their health, and by which way they may be reached."""

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from accounts.access import Permission
from api.serializers.patients import (
    LINE,
    ContactConsentBody,
    ContactConsentSerializer,
    PatientChange,
    PatientLine,
    PatientNew,
    PatientSerializer,
    ReviewBody,
    StatementBody,
    StatementLine,
    StatementTaken,
)
from api.views.door import ClinicView
from patients.access import is_masked, patient_or_404, reachable, reads_history, statement_or_404
from patients.actions import consents_to_contact, patients, statements, weights

SEARCH = OpenApiParameter("search", str, description="Any part of the name, birth date, phone digits, file number.")


class PatientView(ClinicView):
    """What the resources about patients share."""

    def found(self, pk):
        patient = patient_or_404(self.request, pk)
        self.chart(patient)
        return patient

    def act(self):
        return {"by": self.request.user, "at": timezone.now()}


class Patients(PatientView):
    """Look for patients, and register one."""

    permissions = {"GET": Permission.VIEW_PATIENTS, "POST": Permission.EDIT_PATIENTS}

    @extend_schema(parameters=[SEARCH], responses=PatientLine(many=True))
    def get(self, request) -> Response:
        rows = reachable(request)
        text = request.query_params.get("search", "").replace("\x00", "").strip()
        if text:
            rows = rows.named(text) if is_masked(request.membership) else rows.matching(text)
        said = PatientLine(context={"request": request}).said
        return self.listed(rows.values("pk", *LINE), lambda found: map(said, found), "-pk")

    @extend_schema(request=PatientNew, responses={201: PatientSerializer})
    def post(self, request) -> Response:
        given = self.body(PatientNew)
        team = [self.member(number) for number in given.pop("care_team", ())]
        patient = patients.register(self.clinic, **given, team=team, **self.act())
        return self.show(PatientSerializer, patient, 201)

    def member(self, number):
        """Give the place in the clinic of a practitioner who is named to a care team."""
        found = self.clinic.practitioners.active().select_related("membership").filter(pk=number).first()
        if found is None:
            raise ValidationError({"care_team": _("there is no such row in this clinic.")})
        return found.membership


class PatientDetail(PatientView):
    """One patient's file."""

    permissions = {"GET": Permission.VIEW_PATIENTS, "PATCH": Permission.EDIT_PATIENTS}

    @extend_schema(responses=PatientSerializer)
    def get(self, request, pk) -> Response:
        return self.show(PatientSerializer, self.found(pk))

    @extend_schema(request=PatientChange, responses=PatientSerializer)
    def patch(self, request, pk) -> Response:
        patient = self.found(pk)
        return self.show(PatientSerializer, patients.edit(patient, **self.body(PatientChange), **self.act()))


class Statements(PatientView):
    """What is stated about a patient's health."""

    permissions = {"GET": Permission.VIEW_HISTORY, "POST": Permission.STATE_HISTORY}

    @extend_schema(responses=StatementLine(many=True))
    def get(self, request, pk) -> Response:
        patient = self.found(pk)
        histories = (patient.allergies, patient.conditions, patient.medicines, patient.weights)
        rows = [row for history in histories for row in history.with_history()]
        shown = StatementLine(rows, many=True, context={"request": request}).data
        return Response({"next": None, "previous": None, "results": shown})

    @extend_schema(request=StatementBody, responses={201: StatementLine})
    def post(self, request, pk) -> Response:
        patient = self.found(pk)
        given = self.body(StatementBody)
        kind = given.pop("kind")
        statement = store(patient, kind, given, **self.act())
        if not reads_history(request.membership):
            return self.show(StatementTaken, {"kind": kind, "waits_for_clinician": True}, 201)
        return self.show(StatementLine, statement, 201)


def store(patient, kind, given, *, by, at):
    """Write down what was told, each kind by its own action."""
    if kind == "weight":
        return weights.record(patient, **given, by=by, at=at)
    state = {
        "allergy": statements.state_allergy,
        "condition": statements.state_condition,
        "medicine": statements.state_medicine,
    }[kind]
    return state(patient, given.pop("name"), **given, by=by, at=at)


class StatementReview(PatientView):
    """Confirm, refute or end a statement, or say what its name stands for."""

    permissions = {"POST": Permission.EDIT_HISTORY}

    @extend_schema(request=ReviewBody, responses=StatementLine)
    def post(self, request, pk, kind, statement_pk) -> Response:
        statement = statement_or_404(request, self.found(pk), kind, statement_pk)
        given = self.body(ReviewBody)
        if "slugs" in given:
            statement = statements.identify(statement, slugs=given["slugs"], **self.act())
        if "state" in given:
            statement = settle(statement, given, **self.act())
        return self.show(StatementLine, statement)


def settle(statement, given, *, by, at):
    """Do what a clinician said about a statement."""
    if given["state"] == "confirmed":
        return statements.confirm(statement, by=by, at=at)
    if given["state"] == "refuted":
        return statements.refute(statement, reason=given.get("reason", ""), by=by, at=at)
    return statements.end(statement, ended_on=given.get("ended_on"), by=by, at=at)


class ContactConsents(PatientView):
    """By which way, and for what, a patient may be reached."""

    permissions = {"GET": Permission.EDIT_PATIENTS, "POST": Permission.EDIT_PATIENTS}

    @extend_schema(responses=ContactConsentSerializer(many=True))
    def get(self, request, pk) -> Response:
        return self.page(ContactConsentSerializer, self.found(pk).contact_consents.all())

    @extend_schema(request=ContactConsentBody, responses={201: ContactConsentSerializer})
    def post(self, request, pk) -> Response:
        patient = self.found(pk)
        given = self.body(ContactConsentBody)
        act = consents_to_contact.give if given.pop("given") else consents_to_contact.withdraw
        return self.show(ContactConsentSerializer, act(patient, **given, **self.act()), 201)
