"""How the questions of a session are put into words."""

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from treatments.forms.sessions import AFTER, QUESTIONS, YES_NO

register = template.Library()
WORDS = dict([*YES_NO, *AFTER])


@register.filter
def answers(screening: Any) -> list[tuple[Any, Any, str]]:
    """Give each question with the answer in words and its note."""
    said = screening.answers
    return [
        (label, WORDS.get(said.get(key), said.get(key, "–")), said.get(f"{key}_note", ""))
        for key, label in QUESTIONS.items()
    ]


@register.simple_tag(takes_context=True)
def keeps(context: Any, step: str, form: Any = None) -> SafeString:
    """Make a form keep what is typed into it: its draft, the mark it stands on, the form that was sent last."""
    drafting = context["drafting"]
    key = f"{drafting['subject']}:{step}"
    return format_html(
        'data-js="draft" data-draft="{}" data-draft-mark="{}" data-draft-done="{}"{}',
        key,
        drafting["marks"][step],
        drafting["done"].get(key, ""),
        mark_safe(" data-draft-typed") if form is not None and form.is_bound else "",
    )
