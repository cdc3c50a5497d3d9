"""Six digits. These forms carry no key against double clicks: nothing that was typed into them may be kept."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from common.forms import RefusableForm


def pin_field(label: Any) -> forms.CharField:
    """Give a field for six digits, with the keys of a telephone and nothing remembered."""
    attrs = {"inputmode": "numeric", "autocomplete": "off", "maxlength": 6, "class": "pin-digits"}
    return forms.CharField(label=label, max_length=6, strip=True, widget=forms.PasswordInput(attrs=attrs))


class PinChooseForm(RefusableForm):
    """A new PIN, typed twice."""

    digits = pin_field(_("New PIN, six digits"))
    again = pin_field(_("The same once more"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["idempotency_key"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("digits") and cleaned.get("again") and cleaned["digits"] != cleaned["again"]:
            self.add_error("again", gettext("The two are not the same."))
        return cleaned


class PinForm(RefusableForm):
    """The PIN of whoever is logged in."""

    digits = pin_field(_("PIN"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["idempotency_key"]


class UnlockForm(PinForm):
    """Who goes on, and their PIN; where no PIN counts, the password of whoever is logged in."""

    def __init__(self, *args: Any, people: list[Membership], current: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(member.pk): member for member in people}
        if not people:
            del self.fields["digits"]
            self.fields["password"] = forms.CharField(
                label=_("Password of %(name)s") % {"name": current},
                strip=False,
                max_length=1000,
                widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
            )
        elif len(people) > 1 or people[0].pk != current.pk:
            self.fields["who"] = forms.ChoiceField(
                label=_("Who goes on?"),
                choices=[(key, str(member)) for key, member in self.people.items()],
                initial=str(people[0].pk),
                widget=forms.RadioSelect,
            )
            self.order_fields(["who", "digits"])

    @property
    def member(self) -> Membership | None:
        """The member whose PIN this is said to be; none where the password is asked for."""
        if not self.people:
            return None
        return self.people[self.cleaned_data.get("who") or next(iter(self.people))]
