"""A file from another system: sent, its columns named, run."""

from typing import Any

import phonenumbers
from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import RefusableForm
from patients.imports.files import MOST_BYTES
from patients.imports.sorts import Sort
from patients.models import Decision, ImportBatch, ImportSubject
from scheduling.models import Announce

ACCEPT = ".csv,.txt,.tsv,.xlsx"
MAIN = 7
ORDERS = [("day", _("Day first: 25/02/1985")), ("month", _("Month first: 02/25/1985"))]
UPDATES = [
    (Decision.SKIP, _("Leave them out")),
    (Decision.UPDATE, _("Bring the contact details of their file here up to date")),
    (Decision.CREATE, _("Open a second file for each of them")),
]


class ImportUploadForm(RefusableForm):
    """The file, and what it holds."""

    subject = forms.ChoiceField(
        label=_("What does the file hold?"),
        choices=ImportSubject.choices,
        initial=ImportSubject.PATIENTS,
        widget=forms.RadioSelect,
        help_text=_("Patients first: visits are given to patients who are here already."),
    )
    file = forms.FileField(
        label=_("File"),
        max_length=200,
        help_text=_("CSV or XLSX, the names of the columns in the first row, up to 20 MB and 100,000 rows."),
        widget=forms.ClearableFileInput({"accept": ACCEPT}),
    )

    @property
    def sent(self) -> dict[str, Any]:
        """Give what the action needs: the bytes of the file, and not more than are taken."""
        file = self.cleaned_data["file"]
        return {"subject": self.cleaned_data["subject"], "title": file.name, "content": file.read(MOST_BYTES + 1)}


class ImportMapForm(RefusableForm):
    """Which column holds what, and how dates and telephone numbers are written."""

    def __init__(self, *args: Any, batch: ImportBatch, sort: Sort, samples: list[list[str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.batch, self.sort = batch, sort
        examples = [_example(samples, place) for place in range(len(batch.header))]
        columns = [
            (str(place), f"{name} ({example})" if example else name)
            for place, (name, example) in enumerate(zip(batch.header, examples, strict=True))
        ]
        for each in sort.fields:
            self.fields[f"column_{each.name}"] = forms.ChoiceField(
                label=each.label,
                choices=[("", "–"), *columns],
                required=False,
                initial=str(batch.mapping.get(each.name, "")),
            )
        self.fields["order"] = forms.ChoiceField(
            label=_("Days are written"), choices=ORDERS, initial="day" if batch.day_first else "month"
        )
        if batch.of_patients:
            self.fields["phone_region"] = forms.CharField(
                label=_("Country of telephone numbers without a prefix"),
                max_length=2,
                required=False,
                initial=batch.phone_region,
                help_text=_("Two letters, such as ES, FR or GB."),
            )
        else:
            self.fields["outside_hours"] = forms.BooleanField(
                label=_("Book outside working hours as well"), required=False, initial=batch.outside_hours
            )

    @property
    def first(self) -> list[Any]:
        """Give the columns that nearly every file has."""
        return [self[f"column_{each.name}"] for each in self.sort.fields[:MAIN]]

    @property
    def others(self) -> list[Any]:
        """Give the columns that some files have."""
        return [self[f"column_{each.name}"] for each in self.sort.fields[MAIN:]]

    @property
    def others_are_named(self) -> bool:
        """Whether one of these has a column already, or an error."""
        return any(field.value() or field.errors for field in self.others)

    @property
    def ways(self) -> list[Any]:
        """Give the questions about how things are written."""
        return [self[name] for name in ("order", "phone_region", "outside_hours") if name in self.fields]

    def clean_phone_region(self) -> str:
        region = str(self.cleaned_data["phone_region"]).upper()
        if region and region not in phonenumbers.SUPPORTED_REGIONS:
            raise forms.ValidationError(_("This is not a country. Write two letters, such as ES."))
        return region

    @property
    def named(self) -> dict[str, Any]:
        """Give what the action needs."""
        given = self.cleaned_data
        chosen = {each.name: given.get(f"column_{each.name}", "") for each in self.sort.fields}
        return {
            "mapping": {name: int(place) for name, place in chosen.items() if place != ""},
            "day_first": given["order"] == "day",
            "phone_region": given.get("phone_region", ""),
            "outside_hours": given.get("outside_hours", False),
        }


def _example(samples: list[list[str]], place: int) -> str:
    said = next((row[place] for row in samples if place < len(row) and row[place]), "")
    return f"{said[:24]}…" if len(said) > 25 else said


class ImportRunForm(RefusableForm):
    """What becomes of those who are here already, and what patients are sent."""

    def __init__(self, *args: Any, batch: ImportBatch, alike: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.batch = batch
        if batch.of_patients and alike:
            self.fields["duplicates"] = forms.ChoiceField(
                label=_("Those who are here already"),
                choices=UPDATES,
                initial=batch.duplicates,
                widget=forms.RadioSelect,
                help_text=_("For single people you can decide otherwise in the list below."),
            )
        if not batch.of_patients:
            self.fields["announce"] = forms.ChoiceField(
                label=_("What the patients are sent"),
                choices=[(Announce.REMINDERS, _("Reminders, no confirmation")), (Announce.NOTHING, _("Nothing"))],
                initial=Announce.REMINDERS,
                widget=forms.RadioSelect,
            )

    @property
    def wanted(self) -> dict[str, Any]:
        """Give what the action needs."""
        given = self.cleaned_data
        return {
            "duplicates": given.get("duplicates") or Decision.SKIP,
            "announce": given.get("announce") or Announce.REMINDERS,
        }


class ImportDecideForm(RefusableForm):
    """What becomes of one line; empty for what is said for all."""

    decision = forms.ChoiceField(choices=[("", _("As for all")), *Decision.choices], required=False)


class ImportUndoForm(RefusableForm):
    """Why an import is taken back."""

    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.TextInput({"autocomplete": "off"}))
