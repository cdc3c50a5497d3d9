"""Choosing a time, booking it, moving it, calling it off."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.dates import LocalDateTimeField, parse_moment
from common.forms import RefusableForm
from common.refused import Refusal, Refused
from scheduling.rules.bookings import ASKS

SHOWN_DAYS = 7


@dataclass(frozen=True)
class Chosen:
    """A time that was tapped: when, with whom, in which room."""

    starts_at: datetime
    practitioner_id: int
    room_id: int | None


def read_slot(text: str, zone: str) -> Chosen | None:
    """Read what a button of a free time says; anything else is no choice."""
    moment, _bar, rest = text.partition("|")
    who, _bar, room = rest.partition("|")
    try:
        return Chosen(parse_moment(moment, zone), int(who), int(room) if room else None)
    except (ValueError, Refused):
        return None


class TappedForm(forms.Form):
    """A free time that was tapped on the board, before it is known for whom: when, with whom, where."""

    at = forms.RegexField(r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$", required=False)
    practitioner = forms.IntegerField(required=False, min_value=1)
    room = forms.IntegerField(required=False, min_value=1)

    def __init__(self, data: Any) -> None:
        super().__init__({"at": data.get("at"), "practitioner": data.get("with"), "room": data.get("in")})
        self.is_valid()

    @property
    def kept(self) -> dict[str, str]:
        """What the next page must know again."""
        given = self.cleaned_data
        named = {"at": given.get("at"), "with": given.get("practitioner"), "in": given.get("room")}
        return {name: str(value) for name, value in named.items() if value} if given.get("at") else {}

    @property
    def when(self) -> datetime | None:
        """The time on the clinic's clock."""
        try:
            return datetime.fromisoformat(self.kept["at"])
        except (KeyError, ValueError):
            return None

    @property
    def slot(self) -> str:
        """The time as the buttons of free times say it; nothing while nobody is named."""
        kept = self.kept
        return f"{kept['at']}|{kept['with']}|{kept.get('in', '')}" if "with" in kept else ""


class SearchForm(forms.Form):
    """What is looked for: from which day on, with whom."""

    day = forms.DateField(required=False)
    practitioner = forms.IntegerField(required=False)

    def first_day(self, default: date, *, today: date) -> date:
        """The first day shown: the one asked for, else the default; never one that has passed."""
        asked = self.cleaned_data.get("day") if self.is_valid() else None
        return max(asked or default, today)

    @property
    def wanted(self) -> int | None:
        return self.cleaned_data.get("practitioner") if self.is_valid() else None


def pages_of(first: date, *, today: date) -> dict[str, Any]:
    """The week before and after the days that are shown."""
    earlier = max(first - timedelta(days=SHOWN_DAYS), today)
    return {"previous_week": earlier if first > today else None, "next_week": first + timedelta(days=SHOWN_DAYS)}


class ReasonsForm(RefusableForm):
    """A form that asks for a reason where a finding wants one, and only then."""

    slot = forms.CharField(widget=forms.HiddenInput, max_length=120)
    reason = forms.CharField(
        label=_("Reason"), max_length=300, required=False, help_text=_("Kept with the visit, with your name.")
    )
    overlap = forms.BooleanField(label=_("Overlap the other visit on purpose"), required=False)

    def __init__(self, *args: Any, findings: list[Refusal] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = {finding.code for finding in findings or []} & ASKS.keys()
        self.taken: list[dict[str, Any]] | None = None

    def add_refusal(self, refused: Refused) -> None:
        super().add_refusal(refused)
        self.asked |= {reason.code for reason in refused.reasons} & ASKS.keys()
        self.taken = refused.extra.get("alternatives")

    @property
    def overrides(self) -> list[dict[str, str]]:
        """The reason, given against the findings that take one; an overlap also wants its own tick."""
        reason = self.cleaned_data.get("reason", "")
        codes = [code for code in ASKS if code != "slot_taken" or self.cleaned_data.get("overlap")]
        return [{"code": code, "reason": reason} for code in codes]


class BookForm(ReasonsForm):
    """The last step of a booking."""

    note = forms.CharField(label=_("Note for the day"), max_length=500, required=False)


class MoveForm(ReasonsForm):
    """Another time for a visit."""


CAUSES = (
    _("The patient is ill"),
    _("The patient wishes it"),
    _("The patient cannot come"),
    _("The practitioner is away"),
    _("The clinic is closed"),
    _("Medical reasons"),
    _("Booked by mistake"),
)


class CancelForm(RefusableForm):
    """Why a visit is called off: from the list, in words, or both."""

    cause = forms.ChoiceField(label=_("Reason"), required=False)
    reason = forms.CharField(
        label=_("In words"), max_length=240, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cause"].choices = [("", "–"), *((str(each), each) for each in CAUSES)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if not (given.get("cause") or given.get("reason")) and "reason" not in self.errors:
            self.add_error("cause", _("Choose a reason, or say it in words."))
        return given

    @property
    def said(self) -> str:
        """The reason as it stays with the visit."""
        parts = (self.cleaned_data.get("cause"), self.cleaned_data.get("reason"))
        return ": ".join(str(part) for part in parts if part)


def read_later(data: Any, zone: str) -> list[dict[str, Any]] | None:
    """Read what becomes of each later visit of a plan: moved as proposed, unbooked, or left with a reason."""
    choices = []
    for pk in data.getlist("later"):
        action = data.get(f"later-{pk}", "")
        if not pk.isdigit() or action not in ("move", "unbook", "leave"):
            continue
        choice: dict[str, Any] = {"visit": int(pk), "action": action, "reason": data.get(f"later-{pk}-reason", "")}
        if action == "move":
            choice["starts_at"] = parse_moment(data.get(f"later-{pk}-starts_at", ""), zone)
        choices.append(choice)
    return choices or None


class WhenForm(forms.Form):
    """A time typed by hand, for the visits that no free time fits."""

    typed = LocalDateTimeField(label=_("Another time"), required=False)

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["typed"].zone = zone  # type: ignore[attr-defined]
