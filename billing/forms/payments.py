"""What is typed when money comes in, goes back, or is counted."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.models import Method
from billing.tables.accounts import choice
from common.decimals import DecimalField
from common.forms import RefusableForm


def amount_field(label: Any, **options: Any) -> DecimalField:
    """An amount of money, in whole cents."""
    return DecimalField(label=label, minimum=Decimal("0.01"), maximum=1_000_000, decimal_places=2, **options)


def day_field(label: Any) -> forms.DateField:
    """A day, chosen from the browser's calendar or typed."""
    widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, input_formats=["%Y-%m-%d"], widget=widget)


class PaymentForm(RefusableForm):
    """How much, how, for which plan, on which day."""

    amount = amount_field(_("Amount"))
    method = forms.ChoiceField(label=_("Paid by"), choices=Method.choices, widget=forms.RadioSelect)
    plan = forms.ChoiceField(label=_("For which plan"), required=False)
    text = forms.CharField(
        label=_("For what"),
        max_length=200,
        required=False,
        help_text=_("Stands on the receipt. Left empty, it says “Treatment”."),
    )
    received_on = day_field(_("Received on"))
    note = forms.CharField(label=_("Note"), max_length=500, required=False, help_text=_("For the clinic only."))
    receipt = forms.BooleanField(label=_("Hand out a receipt"), required=False, initial=True)

    def __init__(self, *args: Any, accounts: Any, today: date, has_terms: bool, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = {str(each.plan.pk): each.plan for each in accounts}
        self.fields["plan"].choices = [  # type: ignore[attr-defined]
            ("", _("None of these")),
            *((str(each.plan.pk), choice(each)) for each in accounts),
        ]
        self.fields["received_on"].initial = today
        self.fields["amount"].label = _("Amount in %(currency)s") % {"currency": currency}
        if not has_terms:
            del self.fields["receipt"]

    @property
    def values(self) -> dict[str, Any]:
        """Give the fields as the action takes them, the plan in place of its number."""
        found = dict(super().values)
        return {**found, "plan": self.known.get(found["plan"]), "receipt": found.get("receipt", False)}


class RefundForm(RefusableForm):
    """How much goes back, how, and why."""

    amount = amount_field(_("Amount"))
    method = forms.ChoiceField(label=_("Given back by"), choices=Method.choices, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea({"rows": 2}), help_text=_("Stands on the credit note.")
    )


class WishForm(RefusableForm):
    """Why the desk asks the owner to give money back."""

    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea({"rows": 2}))


class CloseForm(RefusableForm):
    """What lies in the till."""

    counted = DecimalField(
        label=_("Cash counted"),
        minimum=0,
        maximum=1_000_000,
        decimal_places=2,
        help_text=_("Without the change that stays in the till."),
    )
    reason = forms.CharField(label=_("Why it differs"), max_length=500, required=False)


class ReopenForm(RefusableForm):
    """Why a counted day is opened again."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea({"rows": 2}))


class PackageForm(RefusableForm):
    """One price for the whole of a plan, or none."""

    total = DecimalField(
        label=_("Price of the whole plan"),
        minimum=0,
        maximum=1_000_000,
        decimal_places=2,
        required=False,
        help_text=_("Left empty, the plan is paid by the session."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=300, required=False)


class TermsForm(RefusableForm):
    """Who the clinic is on its receipts, and the tax in its prices."""

    legal_name = forms.CharField(label=_("Legal name"), max_length=200)
    address = forms.CharField(label=_("Address"), max_length=500, widget=forms.Textarea({"rows": 3}))
    tax_number = forms.CharField(label=_("Tax number"), max_length=60)
    tax_rate = DecimalField(
        label=_("Tax in the prices, in per cent"),
        minimum=0,
        maximum=100,
        decimal_places=2,
        help_text=_("0 where medical care is exempt."),
    )
    exemption = forms.CharField(
        label=_("Why there is no tax"),
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("The sentence of the law, printed as it stands here."),
    )


class TakingsForm(forms.Form):
    """From which day to which."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in (("from", _("From")), ("to", _("To"))):
            self.fields[name] = day_field(label)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("from") and found.get("to") and found["from"] > found["to"]:
            self.add_error("to", _("The last day lies before the first one."))
        return found

    def days(self, today: date) -> tuple[date, date]:
        """Give the first and the last day that were asked for; today where nothing sensible was."""
        if not self.is_valid():
            return today, today
        first, last = self.cleaned_data.get("from"), self.cleaned_data.get("to")
        return first or last or today, last or first or today
