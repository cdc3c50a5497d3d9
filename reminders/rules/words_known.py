"""The messages whose words a clinic may change, as staff call them."""

from django.utils.translation import gettext_lazy as _

NAMES = {
    "confirmation": _("A visit is booked"),
    "change": _("A visit was moved"),
    "cancellation": _("A visit was cancelled"),
    "preparation": _("How to prepare"),
    "reminder": _("Reminder two days before"),
    "aftercare": _("After the session"),
    "check_in": _("How are you? (day 1)"),
    "nodule_check": _("Lumps? (days 7, 21 and 90)"),
}
