"""Payments, receipts, credit notes, balances and the till, as the API says them."""

from decimal import Decimal
from typing import Any

from django.urls import reverse
from rest_framework import serializers

from api.serializers.fields import DecimalText, Moment, StrictSerializer
from billing.models import Method, Payment

HUGE = 2**63 - 1


def money(**options: Any) -> DecimalText:
    """An amount in whole cents."""
    return DecimalText(minimum="0.01", maximum=1_000_000, places=2, **options)


class Number(serializers.IntegerField):
    """The number of a row."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=1, max_value=HUGE, **options)


class PaymentBody(StrictSerializer):
    """What a patient paid; with its receipt, unless `receipt` is false."""

    patient = Number()
    amount = money()
    method = serializers.ChoiceField(choices=Method.choices)
    plan = Number(required=False, allow_null=True)
    appointment = Number(required=False, allow_null=True)
    received_on = serializers.DateField(required=False, allow_null=True)
    text = serializers.CharField(max_length=200, required=False, allow_blank=True)
    note = serializers.CharField(max_length=500, required=False, allow_blank=True)
    receipt = serializers.BooleanField(required=False)


class RefundBody(StrictSerializer):
    """What is given back of a payment; without an amount, all that is left of it."""

    amount = money(required=False)
    method = serializers.ChoiceField(choices=Method.choices, required=False)
    reason = serializers.CharField(max_length=500)


class CreditNoteBody(RefundBody):
    """What is given back of a receipt."""

    receipt = Number()


class WishBody(StrictSerializer):
    """Why the owner should give money back."""

    reason = serializers.CharField(max_length=300)


class ReceiptBody(StrictSerializer):
    """The payment that gets its receipt."""

    payment = Number()


class PaymentSerializer(serializers.Serializer):
    """One payment, or (below zero) money that was given back."""

    id = serializers.IntegerField()
    patient = serializers.IntegerField(source="patient_id")
    plan = serializers.IntegerField(source="plan_id", allow_null=True)
    appointment = serializers.IntegerField(source="appointment_id", allow_null=True)
    refund_of = serializers.IntegerField(source="refund_of_id", allow_null=True)
    amount = DecimalText()
    currency = serializers.CharField()
    method = serializers.CharField()
    received_on = serializers.DateField()
    text = serializers.CharField()
    note = serializers.CharField()
    at = Moment()
    receipt = serializers.SerializerMethodField()

    def get_receipt(self, payment: Payment) -> int | None:
        receipt = getattr(payment, "receipt", None)
        return receipt.pk if receipt else None


class LineSerializer(serializers.Serializer):
    """One line of a receipt."""

    text = serializers.CharField()
    plan = serializers.CharField()
    amount = serializers.CharField()


class ReceiptSerializer(serializers.Serializer):
    """A numbered receipt, or the credit note that corrects one."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    number = serializers.CharField()
    patient = serializers.IntegerField(source="patient_id")
    plan = serializers.IntegerField(source="plan_id", allow_null=True)
    payment = serializers.IntegerField(source="payment_id")
    corrects = serializers.IntegerField(source="corrects_id", allow_null=True)
    lines = LineSerializer(many=True)
    tax_rate = DecimalText()
    net = DecimalText()
    tax = DecimalText()
    total = DecimalText()
    currency = serializers.CharField()
    reason = serializers.CharField()
    issued_at = Moment()
    document = serializers.IntegerField(source="document_id")
    sha256 = serializers.CharField(source="document.sha256")
    file = serializers.SerializerMethodField()

    def get_file(self, receipt: Any) -> str | None:
        return reverse("api:receipt_file", args=[receipt.pk]) if receipt.document.file else None


class PlanAccountSerializer(serializers.Serializer):
    """The account of one plan today."""

    plan = serializers.IntegerField(source="plan.pk")
    currency = serializers.CharField(source="plan.currency")
    package = serializers.BooleanField(source="is_package")
    given = serializers.IntegerField()
    foreseen = serializers.IntegerField()
    agreed = DecimalText(allow_null=True)
    due = DecimalText()
    paid = DecimalText()
    owed = DecimalText()
    ahead = DecimalText()


class PackageBody(StrictSerializer):
    """One price for the whole of a plan; null goes back to the price per session."""

    total = DecimalText(allow_null=True, minimum=0, maximum=1_000_000, places=2)
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True)


class PersonSerializer(serializers.Serializer):
    """What one person took, by method."""

    person = serializers.CharField()
    count = serializers.IntegerField()
    cash = serializers.SerializerMethodField()
    card = serializers.SerializerMethodField()
    transfer = serializers.SerializerMethodField()
    total = DecimalText()

    def get_cash(self, row: Any) -> str:
        return self._of(row, Method.CASH)

    def get_card(self, row: Any) -> str:
        return self._of(row, Method.CARD)

    def get_transfer(self, row: Any) -> str:
        return self._of(row, Method.TRANSFER)

    def _of(self, row: Any, method: str) -> str:
        return DecimalText().to_representation(row.amounts.get(method, Decimal(0)))


class TakingsSerializer(serializers.Serializer):
    """What came in on some days, less what was given back."""

    day_from = serializers.DateField()
    day_to = serializers.DateField()
    people = PersonSerializer(many=True)
    total = PersonSerializer()


class DaysQuery(StrictSerializer):
    """From which day to which; today where none is said."""

    day_from = serializers.DateField(required=False)
    day_to = serializers.DateField(required=False)

    def get_fields(self) -> Any:
        """Say the two days as the address says them: `from` is no name in Python."""
        found = super().get_fields()
        days = {"from": found.pop("day_from"), "to": found.pop("day_to")}
        return {**days, **found}

    def validate(self, given: Any) -> Any:
        if given.get("from") and given.get("to") and given["from"] > given["to"]:
            raise serializers.ValidationError({"to": "before `from`"})
        return given


class PaymentsQuery(DaysQuery):
    """Which payments are asked for."""

    patient = Number(required=False)
    plan = Number(required=False)
    cursor = serializers.CharField(required=False)
    limit = serializers.IntegerField(required=False, min_value=1)


class ReceiptsQuery(StrictSerializer):
    """Which receipts are asked for."""

    patient = Number(required=False)
    plan = Number(required=False)
    cursor = serializers.CharField(required=False)
    limit = serializers.IntegerField(required=False, min_value=1)


class DayCloseBody(StrictSerializer):
    """What was counted in the till."""

    day = serializers.DateField()
    counted = DecimalText(minimum=0, maximum=1_000_000, places=2)
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True)


class ReopenBody(StrictSerializer):
    """Why a counted day is opened again."""

    reason = serializers.CharField(max_length=500)


class DayCloseSerializer(serializers.Serializer):
    """The count of a day."""

    id = serializers.IntegerField()
    day = serializers.DateField()
    currency = serializers.CharField()
    expected = DecimalText()
    counted = DecimalText()
    difference = DecimalText()
    reason = serializers.CharField()
    closed_at = Moment()
    reopened_at = Moment(allow_null=True)
    reopen_reason = serializers.CharField()


class TermsBody(StrictSerializer):
    """What stands on receipts."""

    legal_name = serializers.CharField(max_length=200)
    address = serializers.CharField(max_length=500)
    tax_number = serializers.CharField(max_length=60)
    tax_rate = DecimalText(minimum=0, maximum=100, places=2)
    exemption = serializers.CharField(max_length=500, required=False, allow_blank=True)


class TermsSerializer(serializers.Serializer):
    """What stands on receipts today."""

    version = serializers.IntegerField(source="policy.version")
    effective_on = serializers.DateField(source="policy.effective_on")
    legal_name = serializers.CharField()
    address = serializers.CharField()
    tax_number = serializers.CharField()
    tax_rate = DecimalText()
    exemption = serializers.CharField()
