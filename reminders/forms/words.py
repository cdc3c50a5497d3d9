from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import RefusableForm
from reminders.rules import wording


class WordsForm(RefusableForm):
    """The words of one message in one language."""

    subject_line = forms.CharField(label=_("Subject"), max_length=200)
    text = forms.CharField(label=_("Text"), widget=forms.Textarea(attrs={"rows": 18}))
    sms = forms.CharField(label=_("Short message"), max_length=480, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args, words, **kwargs):
        super().__init__(*args, **kwargs)
        self.words = words

    def clean(self):
        said = super().clean()
        flaws = wording.flaws_in(
            self.words, subject=said.get("subject_line", ""), text=said.get("text", ""), sms=said.get("sms", "")
        )
        for flaw in flaws:
            self.add_error(None, flaw)
        return said
