"""What a patient fills in: for whom they come, and a consent."""

from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from common.dates import PastDayField
from common.forms import RefusableForm
from patients.models import ContactPurpose
from portal.rules.visits import DAYS, TIMES
from portal.rules.wishes import CHANNELS
from safety.rules.symptoms import EMERGENCIES, GRADES, OTHERS, PARTS, SAME_DAY
from treatments.rules.spoken import spoken_of


class PersonForm(RefusableForm):
    """For which of one's patients one comes; told apart by the birth date."""

    access = forms.TypedChoiceField(label=_("For whom are you here?"), coerce=int, widget=forms.RadioSelect)

    def __init__(self, *args: Any, accesses: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["access"].choices = [(each.pk, spoken(each.patient)) for each in accesses]


def spoken(patient: Any) -> str:
    """Name a patient so that two of one name are told apart."""
    return _("%(name)s, born %(day)s") % {"name": patient.full_name, "day": date_format(patient.born_on, "j F Y")}


class AddressForm(RefusableForm):
    """The address at which the clinic knows somebody; whether it does is told by the message alone."""

    address = forms.CharField(
        label=_("Your e-mail address or telephone number"),
        max_length=254,
        widget=forms.TextInput({"autocomplete": "email", "spellcheck": "false", "autocapitalize": "none"}),
        help_text=_("The one that you gave the clinic. A number from abroad begins with + and its country."),
    )


class DigitsForm(RefusableForm):
    """The six digits of the message, and whether this phone is to be known again."""

    digits = forms.CharField(
        label=_("The six digits of the message"),
        max_length=12,
        widget=forms.TextInput({"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )
    remember = forms.BooleanField(
        label=_("Remember this phone for 90 days"),
        required=False,
        help_text=_("It then shows your next visit without a code. Only on a phone that you alone use."),
    )

    def clean_digits(self) -> str:
        return "".join(sign for sign in self.cleaned_data["digits"] if sign.isdigit())


class BirthDayForm(RefusableForm):
    """Which of the patients of one address somebody is; no name is shown until the day is right."""

    born_on = PastDayField(
        label=_("Date of birth of the patient"),
        widget=forms.TextInput({"data-js": "date-echo", "autocomplete": "off"}),
        help_text=_("Like 1985-03-02 or 02/03/1985."),
    )
    who = forms.CharField(label=_("For whom are you here?"), required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, codes: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.codes, self.code, self.is_nobody = list(codes), None, False

    def clean(self) -> Any:
        cleaned = super().clean()
        born_on = cleaned.get("born_on")
        same = [code for code in self.codes if born_on and code.patient.born_on == born_on]
        self.is_nobody = bool(born_on) and not same
        if self.is_nobody:
            self.add_error("born_on", _("Nobody of this address was born on that day."))
        elif len(same) == 1:
            self.code = same[0]
        elif same:
            self.code = self._chosen(same)
        return cleaned

    def _chosen(self, same: list[Any]) -> Any:
        """Ask for the name of those who share a birthday, twins above all."""
        who: Any = self.fields["who"]
        who.widget = forms.RadioSelect(choices=[(code.pk, code.patient.full_name) for code in same])
        asked = self.data.get("who", "")
        code = next((each for each in same if str(each.pk) == asked), None)
        if code is None:
            self.add_error("who", _("Choose one."))
        return code


class ConsentForm(RefusableForm):
    """The patient's signature under the text that was shown."""

    understood = forms.BooleanField(
        label=_("I have read this, I could ask my questions, and I agree."),
        error_messages={"required": _("Tick that you have read it and agree, or leave it unsigned.")},
    )
    strokes = forms.JSONField(
        widget=forms.HiddenInput, error_messages={"required": _("Sign in the box before you send it.")}
    )
    sha256 = forms.CharField(widget=forms.HiddenInput, max_length=64)


class MoveForm(RefusableForm):
    """When another time would suit; the front desk finds one."""

    days = forms.MultipleChoiceField(
        label=_("Which days suit you?"), choices=DAYS.items, required=False, widget=forms.CheckboxSelectMultiple
    )
    parts = forms.MultipleChoiceField(
        label=_("At what time of day?"), choices=TIMES.items, required=False, widget=forms.CheckboxSelectMultiple
    )
    words = forms.CharField(
        label=_("Anything else we should know"), required=False, max_length=250, widget=forms.Textarea({"rows": 3})
    )


class QuestionsForm(RefusableForm):
    """What may have changed before a visit; a no leaves nothing behind."""

    ANSWERS = [("no", _("No")), ("yes", _("Yes")), ("unknown", _("I do not know"))]
    pregnancy = forms.ChoiceField(
        label=_("Are you, or could you be, pregnant?"), choices=ANSWERS, widget=forms.RadioSelect
    )
    infection = forms.ChoiceField(
        label=_("A fever, a cold sore, or an infection of the skin?"), choices=ANSWERS, widget=forms.RadioSelect
    )
    medicine = forms.CharField(
        label=_("A new medicine, also one without a prescription"),
        required=False,
        max_length=150,
        help_text=_("Its name. Do not stop a medicine that a doctor prescribed; leave it empty if there is none."),
    )
    allergy = forms.CharField(label=_("A new allergy"), required=False, max_length=150)
    condition = forms.CharField(label=_("A new illness"), required=False, max_length=150)


class CorrectionForm(RefusableForm):
    """What is not right about one's contact details; empty, all is right."""

    words = forms.CharField(
        label=_("What is not right?"),
        required=False,
        max_length=400,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Leave it empty if all is right."),
    )


class WithdrawForm(RefusableForm):
    """The wish to take a consent back, with or without a word about it."""

    words = forms.CharField(
        label=_("Do you want to say why? You need not."),
        required=False,
        max_length=250,
        widget=forms.Textarea({"rows": 3}),
    )


class ContactWishesForm(RefusableForm):
    """For each purpose the ways by which one wants to be reached."""

    def __init__(self, *args: Any, now: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for purpose in ContactPurpose:
            ways = [(channel.value, channel.label) for channel in CHANNELS]
            self.fields[purpose.value] = forms.MultipleChoiceField(
                label=purpose.label,
                choices=ways,
                required=False,
                initial=[way for way, _label in ways if now[purpose.value, way]],
                widget=forms.CheckboxSelectMultiple,
            )

    @property
    def wanted(self) -> dict[tuple[str, str], bool]:
        """Give for each purpose and way whether it was ticked."""
        return {
            (purpose.value, channel.value): channel.value in self.cleaned_data[purpose.value]
            for purpose in ContactPurpose
            for channel in CHANNELS
        }


class ReportForm(RefusableForm):
    """What the patient notices, since when, how much, and where; nothing typed by anybody else stands in it."""

    symptom = forms.ChoiceField(
        label=_("What do you notice?"),
        choices=[
            (_("An emergency: call at once, then tell us"), [(each.slug, each.words) for each in EMERGENCIES]),
            (_("Tell us the same day"), [(each.slug, each.words) for each in SAME_DAY]),
            (_("Something else"), [(each.slug, each.words) for each in OTHERS]),
        ],
        widget=forms.RadioSelect,
    )
    severity = forms.ChoiceField(
        label=_("How bad is it?"),
        choices=[(key, words) for key, (words, _grade) in GRADES.items()],
        widget=forms.RadioSelect,
    )
    began_on = forms.DateField(
        label=_("On which day did it begin?"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    part = forms.ChoiceField(
        label=_("At what time of day?"), choices=[(key, words) for key, (words, _hour) in PARTS.items()]
    )
    zone = forms.ChoiceField(label=_("Where on the body?"), required=False)
    side = forms.ChoiceField(
        label=_("On which side? Yours, not as in a mirror"),
        choices=[("", _("middle, or both")), ("left", _("left")), ("right", _("right"))],
        required=False,
    )
    words = forms.CharField(
        label=_("In your own words"),
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("What you see and feel, and what you have done about it. No photo is needed."),
    )

    def __init__(self, *args: Any, zones: Any = (), today: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zones = {row.slug: row for row in zones}
        self.fields["zone"].choices = [("", _("I cannot say")), *grouped(self.zones.values())]
        self.fields["began_on"].initial = today
        self.fields["began_on"].widget.attrs["max"] = today.isoformat() if today else ""
        self.fields["part"].initial = "unknown"

    @property
    def values(self) -> dict[str, Any]:
        """Give the answers as the action takes them."""
        found = dict(super().values)
        found["zone"] = self.zones.get(found["zone"])
        return found


REGIONS = {
    "face": _("Face"),
    "neck": _("Neck and chest"),
    "scalp": _("Head"),
    "trunk": _("Trunk"),
    "limb": _("Arms and legs"),
    "pain": _("Back and joints"),
}


def grouped(zones: Any) -> list[Any]:
    """Sort places of the body under their regions, in the words that are spoken now."""
    groups: dict[str, list[Any]] = {}
    for row in zones:
        groups.setdefault(row.region, []).append((row.slug, spoken_of("zone", row.slug, row.name)))
    order = [*REGIONS, *groups]
    return [
        (REGIONS.get(region, region), sorted(rows, key=lambda pair: pair[1]))
        for region, rows in sorted(groups.items(), key=lambda pair: order.index(pair[0]))
    ]
