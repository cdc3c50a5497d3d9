from billing.models.closings import DayClose, DayCloseQuerySet
from billing.models.packages import Package, PackageQuerySet
from billing.models.payments import Method, Payment, PaymentQuerySet
from billing.models.receipts import PREFIXES, Receipt, ReceiptKind, ReceiptQuerySet

__all__ = [
    "PREFIXES",
    "DayClose",
    "DayCloseQuerySet",
    "Method",
    "Package",
    "PackageQuerySet",
    "Payment",
    "PaymentQuerySet",
    "Receipt",
    "ReceiptKind",
    "ReceiptQuerySet",
]
