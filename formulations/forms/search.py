"""Filters of the lists: what stands in the address, and nothing that does not."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from formulations.models import LotState, ProductIngredient, SubstanceStatus

SOON_DAYS = 60


class Filter(forms.Form):
    """A filter that an odd address cannot break: what is not valid is not asked for."""

    q = forms.CharField(label=_("Search"), required=False, max_length=100)

    def get(self, name: str) -> str:
        """One value of the filter, or nothing."""
        return self.cleaned_data.get(name, "") if self.is_valid() or hasattr(self, "cleaned_data") else ""


class LotFilterForm(Filter):
    """Lots by number or product, and by how they stand."""

    show = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=[
            ("", _("In stock")),
            ("soon", _("Expire within 60 days")),
            ("aside", _("Set aside or recalled")),
            ("expired", _("Expired")),
            ("all", _("All, empty ones too")),
        ],
    )

    def narrow(self, rows: Any, today: date) -> Any:
        """Keep what is asked for."""
        text, show = self.get("q").strip(), self.get("show")
        if text:
            rows = rows.filter(Q(number__icontains=text) | Q(product__name__icontains=text))
        kept = {
            "": Q(balance__gt=0),
            "soon": Q(balance__gt=0, expires_on__gte=today, expires_on__lte=today + timedelta(days=SOON_DAYS)),
            "aside": ~Q(state=LotState.ACTIVE),
            "expired": Q(expires_on__lt=today),
            "all": Q(),
        }
        return rows.filter(kept.get(show, Q()))


class ProductFilterForm(Filter):
    """Products by name or substance."""

    def narrow(self, rows: Any) -> Any:
        """Keep what is asked for."""
        text = self.get("q").strip()
        if not text:
            return rows
        named = Q(name__icontains=text) | Q(maker__icontains=text)
        holding = ProductIngredient.objects.filter(ingredient__name__icontains=text).values("product")
        return rows.filter(named | Q(pk__in=holding))


class IngredientFilterForm(Filter):
    """Substances by name and status."""

    status = forms.ChoiceField(label=_("Status"), required=False, choices=[("", _("All")), *SubstanceStatus.choices])

    def narrow(self, rows: Any) -> Any:
        """Keep what is asked for."""
        text, status = self.get("q").strip(), self.get("status")
        if text:
            rows = rows.filter(
                Q(name__icontains=text)
                | Q(common_name__icontains=text)
                | Q(slug__icontains=text)
                | Q(substance_class__icontains=text)
            )
        return rows.filter(status=status) if status else rows


class PairRuleFilterForm(Filter):
    """Rules by what they name, and how hard they are."""

    severity = forms.ChoiceField(
        label=_("Severity"),
        required=False,
        choices=[("", _("All")), ("block", _("Block")), ("warn", _("Warning")), ("note", _("Note"))],
    )

    def narrow(self, rows: Any) -> Any:
        """Keep what is asked for."""
        text, severity = self.get("q").strip(), self.get("severity")
        if text:
            slug = text.replace(" ", "-")
            rows = rows.filter(Q(a__icontains=slug) | Q(b__icontains=slug) | Q(reason__icontains=text))
        return rows.filter(severity=severity) if severity else rows
