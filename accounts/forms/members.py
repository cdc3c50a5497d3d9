"""Inviting somebody, changing what they may do, recording a licence, letting somebody go."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Practitioner, Role, User
from common.dates import PastDayField
from common.forms import RefusableForm

LICENCE = ("title", "profession", "licence_number", "licence_issuer", "licence_expires_on")
NEEDED = ("profession", "licence_number", "licence_issuer", "licence_expires_on")


class LicenceFields(forms.Form):
    """Under which licence somebody treats, and until when."""

    title = forms.CharField(label=_("Title"), max_length=40, required=False, help_text=_("As on paper: Dr, RN."))
    profession = forms.CharField(label=_("Profession"), max_length=120)
    licence_number = forms.CharField(label=_("Licence number"), max_length=80)
    licence_issuer = forms.CharField(label=_("Issued by"), max_length=200)
    licence_expires_on = PastDayField(
        label=_("Valid until"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("For example 2027-03-31 or 31/03/2027."),
    )


class LicenceForm(LicenceFields, RefusableForm):
    """The licence of one member."""

    def __init__(self, *args: Any, practitioner: Practitioner | None = None, **kwargs: Any) -> None:
        known = {name: getattr(practitioner, name) for name in LICENCE} if practitioner else {}
        super().__init__(*args, initial=known, **kwargs)


class RolesFields(forms.Form):
    """What somebody may do here."""

    roles = forms.MultipleChoiceField(label=_("Roles"), choices=Role.choices, widget=forms.CheckboxSelectMultiple)
    is_medical_director = forms.BooleanField(
        label=_("Medical director"),
        required=False,
        help_text=_("Approves recipes and the clinic's policy, and may override what is left to the director."),
    )


class RolesForm(RolesFields, RefusableForm):
    """Other roles for one member."""

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        known = {"roles": membership.roles, "is_medical_director": membership.is_medical_director}
        super().__init__(*args, initial=known, **kwargs)


class InviteForm(LicenceFields, RolesFields, RefusableForm):
    """Somebody new: a name, an address, roles, a language, a first password, and a licence if they treat."""

    display_name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(label=_("E-mail address"), max_length=254, help_text=_("They log in with it."))
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    password = forms.CharField(
        label=_("First password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_(
            "At least 12 characters; it is shown nowhere afterwards. Left empty, they choose one themselves "
            "with “Forgotten password” on the log-in page."
        ),
    )
    field_order = ["display_name", "email", "language", "password", "roles", "is_medical_director", *LICENCE]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"].choices = [choice for choice in Role.choices if choice[0] != Role.OWNER]
        self.fields["roles"].help_text = _("An owner is made later, from the team's list: a second owner must agree.")
        for name in NEEDED:
            self.fields[name].required = False

    def clean_email(self) -> str:
        return self.cleaned_data["email"].strip().lower()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self._judge_password(cleaned)
        if Role.PRACTITIONER in cleaned.get("roles", []) or any(cleaned.get(name) for name in LICENCE):
            for name in NEEDED:
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, _("Somebody who treats needs this."))
        return cleaned

    def _judge_password(self, cleaned: dict[str, Any]) -> None:
        if password := cleaned.get("password"):
            try:
                validate_password(password, User(email=cleaned.get("email")))
            except forms.ValidationError as error:
                self.add_error("password", error)

    @property
    def person(self) -> dict[str, Any]:
        """Give what the invitation needs; the licence apart, or none."""
        cleaned = self.values
        licence = {name: cleaned.pop(name) for name in LICENCE}
        return {**cleaned, "licence": licence if licence["licence_number"] else None}


class DepartureForm(RefusableForm):
    """Why somebody is let go, or comes back."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
