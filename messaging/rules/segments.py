"""How many short messages a text costs (GSM 03.38, 03.40): one letter outside the small alphabet halves its room."""

from dataclasses import dataclass

BASIC = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
DOUBLE = set("^{}\\[~]|€\f")


@dataclass(frozen=True)
class Count:
    """What a text costs: its length in its alphabet, the number of messages, and the letters that widen it."""

    units: int
    segments: int
    is_wide: bool
    wide_letters: tuple[str, ...]

    @property
    def room(self) -> int:
        """How many letters still fit into the last message."""
        single, joined = (70, 67) if self.is_wide else (160, 153)
        return (single if self.segments <= 1 else joined * self.segments) - self.units


def counted(text: str) -> Count:
    """Count a short message: 160 letters, or 70 where one letter is outside the small alphabet; 153 or 67 if joined."""
    wide = tuple(dict.fromkeys(letter for letter in text if letter not in BASIC and letter not in DOUBLE))
    if wide:
        units, single, joined = len(text.encode("utf-16-be")) // 2, 70, 67
    else:
        units, single, joined = sum(2 if letter in DOUBLE else 1 for letter in text), 160, 153
    return Count(units, 1 if units <= single else -(-units // joined), bool(wide), wide)
