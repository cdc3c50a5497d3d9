"""Money: payments, receipts, credit notes, balances, takings and the till."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from accounts.access import Permission
from api.serializers.billing import (
    CreditNoteBody,
    DayCloseBody,
    DayCloseSerializer,
    DaysQuery,
    PackageBody,
    PaymentBody,
    PaymentSerializer,
    PaymentsQuery,
    PlanAccountSerializer,
    ReceiptBody,
    ReceiptSerializer,
    ReceiptsQuery,
    RefundBody,
    ReopenBody,
    TakingsSerializer,
    TermsBody,
    TermsSerializer,
    WishBody,
)
from api.views.door import ClinicView
from billing.actions import closings, packages, payments, receipts, refunds, terms
from billing.rules import balances
from billing.rules import terms as conditions
from billing.rules.payments import left_of, needs_second
from billing.tables.takings import sums_of
from common.refused import Refused
from documents import pdfs
from patients.access import patient_or_404, today_of

DAYS = [OpenApiParameter("from", OpenApiTypes.DATE), OpenApiParameter("to", OpenApiTypes.DATE)]
WHOSE = [OpenApiParameter("patient", OpenApiTypes.INT), OpenApiParameter("plan", OpenApiTypes.INT)]


class MoneyView(ClinicView):
    """What the resources of money share."""

    @property
    def payments(self) -> Any:
        return self.clinic.payments.with_list()

    @property
    def receipts(self) -> Any:
        return self.clinic.receipts.with_paper()

    def payment(self, pk: int) -> Any:
        return self.seen(get_object_or_404(self.payments.prefetch_related("refunds"), pk=pk))

    def receipt(self, pk: int) -> Any:
        return self.seen(get_object_or_404(self.receipts, pk=pk))

    def seen(self, row: Any) -> Any:
        self.chart(row.patient)
        return row

    def asked(self, serializer: type) -> dict[str, Any]:
        """Read what the address asks for."""
        query = serializer(data=self.request.query_params.dict())
        query.is_valid(raise_exception=True)
        return {name: value for name, value in query.validated_data.items() if name not in ("cursor", "limit")}

    def one(self, rows: Any, name: str, pk: int | None) -> Any:
        """Fetch a row that the body names, or say that there is none."""
        found = rows.filter(pk=pk).first() if pk else None
        if pk and found is None:
            raise ValidationError({name: _("there is no such row here.")})
        return found

    def act(self) -> dict[str, Any]:
        return {"by": self.request.user, "at": timezone.now()}

    def give_back(self, payment: Any, given: dict[str, Any]) -> Any:
        """Give money back, or ask a second person where one took it oneself."""
        asked = {"amount": given.get("amount") or left_of(payment), "method": given.get("method") or payment.method}
        if needs_second(self.request.user, payment):
            approval = refunds.ask(payment, **asked, reason=given["reason"], **self.act())
            sentence = _(
                "You took this money: somebody else has to agree, or, where nobody can, you again after a day."
            )
            raise Refused("second_person_required", sentence, approval=approval.pk)
        return refunds.give_back(payment, **asked, reason=given["reason"], **self.act())


class Payments(MoneyView):
    """Money that came in and went back, newest first; take a payment."""

    permissions = {"GET": Permission.VIEW_PAYMENTS, "POST": Permission.TAKE_PAYMENTS}

    @extend_schema(parameters=[*WHOSE, *DAYS], responses=PaymentSerializer(many=True))
    def get(self, request) -> Response:
        asked = self.asked(PaymentsQuery)
        names = {"from": "received_on__gte", "to": "received_on__lte"}
        rows = self.payments.filter(**{names.get(name, name): value for name, value in asked.items()})
        return self.page(PaymentSerializer, rows)

    @extend_schema(request=PaymentBody, responses={201: PaymentSerializer})
    def post(self, request) -> Response:
        given = self.body(PaymentBody)
        patient = get_object_or_404(self.clinic.patients.live(), pk=given.pop("patient"))
        self.chart(patient)
        given["plan"] = self.one(patient.plans, "plan", given.get("plan"))
        given["appointment"] = self.one(patient.appointments, "appointment", given.get("appointment"))
        payment = payments.take(patient, **given, **self.act())
        return self.show(PaymentSerializer, self.payment(payment.pk), 201)


class PaymentDetail(MoneyView):
    """One payment."""

    permissions = {"GET": Permission.VIEW_PAYMENTS}

    @extend_schema(responses=PaymentSerializer)
    def get(self, request, pk: int) -> Response:
        return self.show(PaymentSerializer, self.payment(pk))


class PaymentRefund(MoneyView):
    """Give a payment back, whether it had a receipt or not."""

    permissions = {"POST": Permission.REFUND_PAYMENTS}

    @extend_schema(request=RefundBody, responses={201: PaymentSerializer})
    def post(self, request, pk: int) -> Response:
        payment, given = self.payment(pk), self.body(RefundBody)
        refund = self.give_back(payment, given)
        return self.show(PaymentSerializer, self.payment(refund.pk), 201)


class PaymentProposeRefund(MoneyView):
    """Ask the owner to give a payment back."""

    permissions = {"POST": Permission.TAKE_PAYMENTS}

    @extend_schema(request=WishBody, responses=PaymentSerializer)
    def post(self, request, pk: int) -> Response:
        payment, given = self.payment(pk), self.body(WishBody)
        return self.show(PaymentSerializer, refunds.propose(payment, **given, **self.act()))


class Receipts(MoneyView):
    """Receipts, newest first; give a payment its receipt."""

    permissions = {"GET": Permission.VIEW_PAYMENTS, "POST": Permission.TAKE_PAYMENTS}

    @extend_schema(parameters=WHOSE, responses=ReceiptSerializer(many=True))
    def get(self, request) -> Response:
        return self.page(ReceiptSerializer, self.receipts.receipts().filter(**self.asked(ReceiptsQuery)))

    @extend_schema(request=ReceiptBody, responses={201: ReceiptSerializer})
    def post(self, request) -> Response:
        receipt = receipts.issue(self.payment(self.body(ReceiptBody)["payment"]), **self.act())
        return self.show(ReceiptSerializer, self.receipt(receipt.pk), 201)


class ReceiptDetail(MoneyView):
    """One receipt or credit note."""

    permissions = {"GET": Permission.VIEW_PAYMENTS}

    @extend_schema(responses=ReceiptSerializer)
    def get(self, request, pk: int) -> Response:
        return self.show(ReceiptSerializer, self.receipt(pk))


class ReceiptFile(MoneyView):
    """The sealed file of a receipt; 404 until it is made."""

    permissions = {"GET": Permission.VIEW_PAYMENTS}

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    def get(self, request, pk: int):
        return pdfs.answer_with(self.receipt(pk).document)


class CreditNotes(MoneyView):
    """Credit notes, newest first; correct a receipt by giving its money back."""

    permissions = {"GET": Permission.VIEW_PAYMENTS, "POST": Permission.REFUND_PAYMENTS}

    @extend_schema(parameters=WHOSE, responses=ReceiptSerializer(many=True))
    def get(self, request) -> Response:
        return self.page(ReceiptSerializer, self.receipts.credit_notes().filter(**self.asked(ReceiptsQuery)))

    @extend_schema(request=CreditNoteBody, responses={201: ReceiptSerializer})
    def post(self, request) -> Response:
        given = self.body(CreditNoteBody)
        receipt = self.receipt(given["receipt"])
        refund = self.give_back(self.payment(receipt.payment_id), given)
        return self.show(ReceiptSerializer, self.receipt(refund.receipt.pk), 201)


class RefundAgree(MoneyView):
    """Agree that somebody gives back money which they took themselves."""

    permissions = {"POST": Permission.TAKE_PAYMENTS}
    deed = staticmethod(refunds.agree)

    @extend_schema(request=None, responses=PaymentSerializer)
    def post(self, request, pk: int) -> Response:
        approval = get_object_or_404(self.clinic.approvals.filter(kind=refunds.KIND), pk=pk)
        return self.show(PaymentSerializer, self.payment(self.deed(approval, **self.act()).pk))


class RefundCarryOut(RefundAgree):
    """Give back what one asked for a day ago, where nobody else can agree."""

    permissions = {"POST": Permission.REFUND_PAYMENTS}
    deed = staticmethod(refunds.carry_out)


class RefundCancel(MoneyView):
    """Say no, or take the request back."""

    permissions = {"POST": Permission.TAKE_PAYMENTS}

    @extend_schema(request=None, responses={204: None})
    def post(self, request, pk: int) -> Response:
        approval = get_object_or_404(self.clinic.approvals.filter(kind=refunds.KIND), pk=pk)
        refunds.cancel(approval, **self.act())
        return Response(status=204)


class PlanBalance(MoneyView):
    """What of a plan is due, paid and owed today."""

    permissions = {"GET": Permission.VIEW_PAYMENTS}

    @extend_schema(responses=PlanAccountSerializer)
    def get(self, request, pk: int) -> Response:
        plan = self.seen(get_object_or_404(self.clinic.plans.select_related("patient"), pk=pk))
        return self.show(PlanAccountSerializer, balances.of_plan(plan))


class PlanPackage(MoneyView):
    """Agree one price for the whole of a plan."""

    permissions = {"POST": Permission.SET_PRICES}

    @extend_schema(request=PackageBody, responses=PlanAccountSerializer)
    def post(self, request, pk: int) -> Response:
        plan = self.seen(get_object_or_404(self.clinic.plans.select_related("patient"), pk=pk))
        packages.agree(plan, **self.body(PackageBody), **self.act())
        return self.show(PlanAccountSerializer, balances.of_plan(plan))


class PatientBalances(MoneyView):
    """The accounts of a patient's plans."""

    permissions = {"GET": Permission.VIEW_PAYMENTS}

    @extend_schema(responses=PlanAccountSerializer(many=True))
    def get(self, request, pk: int) -> Response:
        patient = patient_or_404(request, pk)
        self.chart(patient)
        return Response(PlanAccountSerializer(balances.of_patient(patient), many=True).data)


class TakingsDetail(MoneyView):
    """What came in on some days, by person and method; today where no day is said."""

    permissions = {"GET": Permission.VIEW_PAYMENTS}

    @extend_schema(parameters=DAYS, responses=TakingsSerializer)
    def get(self, request) -> Response:
        asked, today = self.asked(DaysQuery), today_of(request, timezone.now())
        first, last = asked.get("from"), asked.get("to")
        takings = sums_of(self.clinic, first or last or today, last or first or today)
        return self.show(TakingsSerializer, takings)


class DayCloses(MoneyView):
    """Counts of the till, newest first; count it."""

    permissions = {"GET": Permission.VIEW_PAYMENTS, "POST": Permission.TAKE_PAYMENTS}

    @extend_schema(responses=DayCloseSerializer(many=True))
    def get(self, request) -> Response:
        return self.page(DayCloseSerializer, self.clinic.day_closes.all())

    @extend_schema(request=DayCloseBody, responses={201: DayCloseSerializer})
    def post(self, request) -> Response:
        count = closings.close(self.clinic, **self.body(DayCloseBody), **self.act())
        return self.show(DayCloseSerializer, count, 201)


class DayReopen(MoneyView):
    """Open a counted day again."""

    permissions = {"POST": Permission.REFUND_PAYMENTS}

    @extend_schema(request=ReopenBody, responses=DayCloseSerializer)
    def post(self, request, pk: int) -> Response:
        count = get_object_or_404(self.clinic.day_closes.with_people(), pk=pk)
        return self.show(DayCloseSerializer, closings.reopen(count, **self.body(ReopenBody), **self.act()))


class BillingTerms(MoneyView):
    """What stands on the clinic's receipts; write it down anew."""

    permissions = {"GET": Permission.VIEW_SETTINGS, "POST": Permission.MANAGE_SETTINGS}

    @extend_schema(responses=TermsSerializer)
    def get(self, request) -> Response:
        known = conditions.in_force(self.clinic)
        if known is None:
            raise Http404
        return self.show(TermsSerializer, known)

    @extend_schema(request=TermsBody, responses={201: TermsSerializer})
    def post(self, request) -> Response:
        policy = terms.decide(self.clinic, **self.body(TermsBody), **self.act())
        return self.show(TermsSerializer, conditions.of_policy(policy), 201)
