"""How the questions of a session are put into words."""

from typing import Any

from django import template

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
