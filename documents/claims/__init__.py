"""What a paper may not promise: benefit claims about our treatment, found sentence by sentence.

Only promises are looked for. A sentence that denies the promise, speaks of a harm ("a permanent scar") or of another
treatment ("liposuction removes fat permanently") is none. Pure: words in, findings out.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from documents.claims.words import LANGUAGES, Words

PERMANENT, SIDE_EFFECTS, NATURAL = "permanent", "no_side_effects", "natural_safe"
SECTIONS_OF_HARM = frozenset({"risks", "alternatives"})
MENDING: dict[str, Promise] = {
    "cure": _("Say what the treatment is meant to do, and that it is not a cure."),
    PERMANENT: _("Say how long the effect was seen in studies, and that it may not last."),
    "guaranteed": _("Say that results differ from person to person and cannot be promised."),
    "painless": _("Say what is felt, for how long, and what can be done against it."),
    SIDE_EFFECTS: _("Name the side effects and how often they come."),
    NATURAL: _("Leave out that it is natural, or say that natural substances have side effects too."),
}
_TEMPLATE = re.compile(r"\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_FILLED = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_INLINE = re.compile(r"</?(?:strong|em|span|sup|sub|b|i)\b[^>]*>", re.IGNORECASE)
_BLOCK = re.compile(r"<[^>]*>")
_SENTENCE = re.compile(r"(?<=[.!?;:])\s+|\n{2,}|[¡¿•]")
_HARMLESS = re.compile(r"\b(?:sans|sin) (?:danger|risque|riesgo|peligro)\b")
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))


@dataclass(frozen=True)
class Claim:
    """A promise that was found: of which sort, in which sentence, in which words."""

    kind: str
    sentence: str
    found: str

    @property
    def mending(self) -> Promise:
        """Say what could be written instead."""
        return MENDING[self.kind]


def claims_in(text: str, language: str, *, of_harm: bool = False) -> list[Claim]:
    """List the promises in a text, each with its sentence; a language we have no words for is read as English.

    In a text about harms or alternatives (`of_harm`) nothing is said to last for our good.
    """
    words = LANGUAGES.get(language[:2], LANGUAGES["en"])
    kinds = [kind for kind in MENDING if not (of_harm and kind == PERMANENT)]
    found = (_claim(words, kind, sentence) for sentence in sentences(text) for kind in kinds)
    return [claim for claim in found if claim is not None]


def claims_in_body(body: Mapping[str, Any], language: str) -> list[Claim]:
    """List the promises in all words of a paper: its title, its headings and its sections."""
    found = claims_in(str(body.get("title", "")), language)
    for part in body.get("sections", []):
        harm = part.get("key") in SECTIONS_OF_HARM
        for text in (part.get("heading", ""), part.get("body", "")):
            found += claims_in(str(text), language, of_harm=harm)
    return found


def sentences(text: str) -> list[str]:
    """Take a text apart into plain sentences; markup and what is filled in later are left out."""
    plain = _FILLED.sub(" … ", _TEMPLATE.sub(" ", text))
    plain = unescape(_BLOCK.sub("\n\n", _INLINE.sub("", plain)))
    plain = unicodedata.normalize("NFKC", plain).translate(_INVISIBLE).replace("’", "'")
    return [" ".join(each.split()) for each in _SENTENCE.split(plain) if each and each.strip()]


def _claim(words: Words, kind: str, sentence: str) -> Claim | None:
    for clause in _clauses(words, sentence.lower(), whole=kind == NATURAL):
        for match in words.promises[kind].finditer(clause):
            if not _is_exempt(words, kind, clause, match):
                return Claim(kind, sentence, match.group().strip())
    return None


def _clauses(words: Words, sentence: str, *, whole: bool) -> Iterator[str]:
    """Give the parts of a sentence across which a "not" does not reach."""
    yield from [sentence] if whole else words.joints.split(sentence)


def _is_exempt(words: Words, kind: str, clause: str, match: re.Match[str]) -> bool:
    before = clause[: match.start()]
    if kind == SIDE_EFFECTS and words.conditional.search(clause):
        return True
    if kind == PERMANENT and (words.elsewhere.search(before) or words.harm.search(clause)):
        return True
    if kind == NATURAL and words.denial.search(_HARMLESS.sub(" ", match.group())):
        return True
    return bool(words.denial.search(words.false_denial.sub(" ", before)))
