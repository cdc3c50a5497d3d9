"""What a patient fills in: for whom they come, and a consent."""

from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from common.forms import RefusableForm
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
