"""The words of a paper, section by section."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import RefusableForm


class WordsForm(RefusableForm):
    """A new version of a paper's words: its title, and for each section its heading and its text."""

    title = forms.CharField(label=_("Title"), max_length=200)

    def __init__(self, *args: Any, body: Mapping[str, Any], **kwargs: Any) -> None:
        self.sections = body["sections"]
        first = {"title": body["title"]}
        for place, part in enumerate(self.sections):
            first |= {f"heading_{place}": part["heading"], f"body_{place}": part["body"]}
        super().__init__(*args, initial=first, **kwargs)
        for place, _part in enumerate(self.sections):
            self.fields[f"heading_{place}"] = forms.CharField(label=_("Heading"), max_length=200)
            self.fields[f"body_{place}"] = forms.CharField(
                label=_("Text"), max_length=20_000, widget=forms.Textarea({"rows": 8, "class": "words"})
            )

    @property
    def parts(self) -> list[Any]:
        """Give the two fields of each section, in order."""
        return [(self[f"heading_{place}"], self[f"body_{place}"]) for place, _part in enumerate(self.sections)]

    @property
    def body(self) -> dict[str, Any]:
        """Give the words as a version keeps them."""
        cleaned = self.cleaned_data
        return {
            "title": cleaned["title"],
            "sections": [
                {"key": part["key"], "heading": cleaned[f"heading_{place}"], "body": cleaned[f"body_{place}"].strip()}
                for place, part in enumerate(self.sections)
            ],
        }
