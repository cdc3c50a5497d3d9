from django.shortcuts import get_object_or_404, render

from accounts.access import Permission, chart, may, staff
from billing.rules.payments import left_of
from documents import pdfs


@staff(Permission.VIEW_PAYMENTS)
def receipt_show(request, pk):
    receipt = receipt_or_404(request, pk)
    left = left_of(receipt.payment) if not receipt.payment.is_refund else 0
    shown = {
        "receipt": receipt,
        "patient": receipt.patient,
        "document": receipt.document,
        "sections": pdfs.sections_of(receipt.document),
        "corrections": receipt.credit_notes.order_by("pk"),
        "may_refund": bool(left) and may(request.membership, Permission.REFUND_PAYMENTS),
        "may_ask": bool(left) and may(request.membership, Permission.TAKE_PAYMENTS),
    }
    return render(request, "billing/receipt_show.html", shown)


@staff(Permission.VIEW_PAYMENTS)
def receipt_file(request, pk):
    return pdfs.answer_with(receipt_or_404(request, pk).document)


def receipt_or_404(request, pk):
    receipt = get_object_or_404(request.clinic.receipts.with_paper(), pk=pk)
    chart(request, receipt.patient)
    return receipt
