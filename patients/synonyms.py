"""From the words people use to what the checks understand; what nobody understands stays visible as not checked."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from patients import reference

NOTHING = frozenset(
    {"-", "0", "n/a", "na", "nil", "nka", "nkda", "no", "none", "nothing", "unknown", "none known", "not known"}
    | {"no allergies", "no known allergies", "no conditions", "no medicines", "ninguna", "ninguno", "nada"}
    | {"aucun", "aucune", "rien", "keine", "nessuna"}
)
_BETWEEN = re.compile(r"\s*(?:[,;/+&\n]|\band\b|\by\b|\bet\b|\bund\b)\s*", re.IGNORECASE)
_WORD = re.compile(r"[a-z0-9]+")
_DOSE = re.compile(r"\d+|\d*(mg|g|mcg|ug|ml|iu|x)")

Tokens = tuple[str, ...]


@dataclass(frozen=True)
class Derived:
    """What a text stands for: slugs that rules ask about, whether all of it was understood, and what to ask back."""

    slugs: tuple[str, ...] = ()
    checked: bool = False
    choices: tuple[str, ...] = ()
    note: str = ""


def folded(text: str) -> str:
    """Write a text in lower case, without accents and possessives, as comparing needs it."""
    plain = unicodedata.normalize("NFKD", re.sub(r"['’]s?\b|['’]", "", text))
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).lower()


def tokens(text: str) -> Tokens:
    """Cut a text into the words that count, each in its singular."""
    return tuple(word[:-1] if len(word) > 4 and word.endswith("s") else word for word in _WORD.findall(folded(text)))


def says_nothing(text: str) -> bool:
    """Tell "none", "-" and their like from a statement."""
    return folded(text).strip(" .") in NOTHING or not tokens(text)


def lines(text: str) -> list[str]:
    """Cut what was typed into a box into one statement a line; semicolons count as lines."""
    found = [" ".join(line.split()) for line in re.split(r"[\n;]", text)]
    return [line for line in found if line and not says_nothing(line)]


def _phrases(pairs: Iterable[tuple[str, Any]]) -> dict[Tokens, list[Any]]:
    index: dict[Tokens, list[Any]] = {}
    for said, meaning in pairs:
        place = index.setdefault(tokens(said), [])
        if meaning not in place:
            place.append(meaning)
    index.pop((), None)
    return index


def _found(index: dict[Tokens, list[Any]], words: Tokens) -> Iterator[Any]:
    """Give the meanings of the longest known phrases within the words; a phrase inside a longer one is silent."""
    longest = max(map(len, index), default=0)
    spans = [
        (start, end)
        for start in range(len(words))
        for end in range(start + 1, min(start + longest, len(words)) + 1)
        if words[start:end] in index
    ]
    for start, end in spans:
        if not any(a <= start and end <= b and (a, b) != (start, end) for a, b in spans):
            yield from index[words[start:end]]


def _parts(index: dict[Tokens, list[Any]], text: str) -> list[list[Any]]:
    """Give the meanings of each part of a text; what is known only as a whole stays one part, mere doses are none."""
    if tokens(text) in index:
        return [index[tokens(text)]]
    parts: list[Tokens] = []
    for words in map(tokens, _BETWEEN.split(text)):
        if parts and set(_found(index, parts[-1] + words)) - {*_found(index, parts[-1]), *_found(index, words)}:
            parts[-1] += words
        elif not all(_DOSE.fullmatch(word) for word in words):
            parts.append(words)
    return [list(_found(index, words)) for words in parts]


def _union(groups: Iterable[Iterable[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(slug for group in groups for slug in group))


# -- medicines -------------------------------------------------------------------------------------------------------


@cache
def _medicines() -> dict[Tokens, list[reference.MedicineRow]]:
    rows = reference.medicines()
    said = [(row.name, row) for row in rows]
    bare = [(row.name.partition("(")[0], row) for row in rows if "(" in row.name]
    classes = [(word, reference.MedicineRow(row.slug, (row.slug,))) for row in reference.medicine_classes()
               for word in (row.slug, *re.split(r"[()]", row.name))]  # fmt: skip
    return _phrases([*said, *bare, *classes])


def medicine(name: str) -> Derived:
    """Derive the classes of a medicine from its name as typed, dose and all; an ambiguous name means all it may."""
    parts = [_narrowed(rows, tokens(name)) for rows in _parts(_medicines(), name)]
    rows = [row for part in parts for row in part]
    ambiguous = dict.fromkeys(row.name for row in rows if "(" in row.name)
    return Derived(
        slugs=_union(row.classes for row in rows),
        checked=bool(parts) and all(parts),
        choices=tuple(ambiguous) if len(ambiguous) > 1 else (),
    )


def _narrowed(rows: list[reference.MedicineRow], words: Tokens) -> list[reference.MedicineRow]:
    """Keep of an ambiguous medicine the row whose bracket was typed too, in whatever order."""
    exact = [row for row in rows if "(" in row.name and set(tokens(row.name)) <= set(words)]
    return exact or rows


def bleeding_classes() -> frozenset[str]:
    """The classes of medicines under which any injection bleeds more."""
    return _bleeding()


@cache
def _bleeding() -> frozenset[str]:
    return frozenset(row.slug for row in reference.medicine_classes() if row.bleeding)


# -- allergies -------------------------------------------------------------------------------------------------------


@cache
def _allergies() -> dict[Tokens, list[reference.AllergySaidRow]]:
    pairs = [(word, row) for row in reference.allergies_said() for word in re.split(r"[,/]", row.said)]
    whole = [(row.said, row) for row in reference.allergies_said()]
    for row in reference.allergens():
        meaning = reference.AllergySaidRow(row.name, (row.slug, *row.implies), "")
        pairs += [(word, meaning) for word in (row.slug, row.name.partition("(")[0], *row.also_said)]
    return _phrases([*whole, *pairs])


def allergy(text: str) -> Derived:
    """Derive the allergens from what was said; a medicine that is known stands for the allergens of its classes."""
    parts = _parts(_allergies(), text)
    rows = [row for part in parts for row in part]
    from_classes = _of_classes(text)
    slugs = _union([*(row.allergens for row in rows), from_classes])
    understood = bool(parts) and all(any(row.allergens for row in part) for part in parts)
    return Derived(
        slugs=slugs,
        checked=understood or (len(parts) == 1 and not parts[0] and bool(from_classes)),
        note="; ".join(dict.fromkeys(row.note for row in rows if row.note)),
    )


def _of_classes(text: str) -> tuple[str, ...]:
    words = _allergies()
    classes = medicine(text).slugs
    return _union(row.allergens for slug in classes for row in words.get(tokens(slug), []))


# -- conditions ------------------------------------------------------------------------------------------------------


@cache
def _conditions() -> dict[Tokens, list[str]]:
    return _phrases((word, row.slug) for row in reference.conditions() for word in (row.slug, row.name, *row.also_said))


def condition(text: str) -> Derived:
    """Derive the condition from what was said; two in one text are not understood, so that both get a line."""
    parts = _parts(_conditions(), text)
    slugs = _union(parts)
    return Derived(slugs=slugs, checked=len(slugs) == 1 and all(parts))
