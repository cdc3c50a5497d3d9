"""How several messages become one letter: those that ride along stand where the letter leaves room for them."""

from collections.abc import Iterable

from django.utils.html import linebreaks, urlize

ALSO = "[[also]]"
ROOM = f"<p>{ALSO}</p>"


def joined(text: str, html: str, parts: Iterable[str]) -> tuple[str, str]:
    """Put the paragraphs of what rides along into a letter, as text and as a page; without any, close the gap."""
    said = [part.strip() for part in parts if part.strip()]
    plain = text.replace(ALSO, "\n\n".join(said)) if said else text.replace(f"{ALSO}\n\n", "").replace(ALSO, "")
    page = html.replace(ROOM, "".join(linebreaks(urlize(part, autoescape=True)) for part in said)).replace(ALSO, "")
    return plain, page
