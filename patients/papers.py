"""What comes from outside is believed by its content alone: pictures are made anew, a PDF may not do anything."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pi_heif
from django.http import FileResponse
from django.utils.translation import gettext as _
from PIL import Image, ImageFile, ImageOps
from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from common.refused import Refused

pi_heif.register_heif_opener()

MOST_BYTES = 20 * 1024 * 1024
MOST_PIXELS = 40_000_000
MOST_OBJECTS = 50_000
DEEPEST = 50
PICTURES = ("JPEG", "PNG", "WEBP", "HEIF")
PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"
ENDINGS = {PDF: "pdf", JPEG: "jpg", PNG: "png"}
ACTIVE = {
    "/JS", "/JavaScript", "/Launch", "/EmbeddedFiles", "/EmbeddedFile", "/RichMedia", "/XFA", "/SubmitForm",
    "/ImportData", "/GoToE", "/Movie", "/Sound", "/Rendition", "/AA",
}  # fmt: skip
BROKEN = (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OSError)


@dataclass(frozen=True)
class Paper:
    """A file that may be kept: its bytes, as they are stored, and what they are."""

    content: bytes
    media_type: str


def accept(content: bytes) -> Paper:
    """Look into a file that somebody sent: give what may be kept of it, or say in a sentence why it is refused."""
    if not content:
        raise Refused("file_empty", _("The file is empty."))
    if len(content) > MOST_BYTES:
        raise Refused("file_too_large", _("The file is larger than 20 MB. Scan it with fewer dots, or in parts."))
    if content.startswith(b"%PDF-"):
        return _pdf(content)
    return _picture(content)


def _picture(content: bytes) -> Paper:
    """Decode a picture and encode it again: turned upright, without place, camera or anything hidden behind it."""
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # the maker of PDFs turns it on for the whole process when it is loaded
    try:
        with Image.open(io.BytesIO(content), formats=PICTURES) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise _too_many_pixels()
            keeps_alpha = picture.format == "PNG"
            upright = ImageOps.exif_transpose(picture)
            return _encoded(upright, keeps_alpha=keeps_alpha)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error
    except Image.UnidentifiedImageError as error:
        raise Refused("file_unknown", _("Only PDF, JPEG, PNG, WebP and HEIC files are taken. This is none.")) from error
    except (OSError, ValueError, SyntaxError, EOFError, RuntimeError) as error:
        raise Refused("file_broken", _("This picture is damaged or cut off. Send it again.")) from error


def _too_many_pixels() -> Refused:
    return Refused("file_too_large", _("The picture has more than 40 million dots. Send a smaller one."))


def _encoded(picture: Image.Image, *, keeps_alpha: bool) -> Paper:
    made = io.BytesIO()
    if keeps_alpha:
        mode = "RGBA" if "A" in picture.getbands() or "transparency" in picture.info else "RGB"
        _bare(picture, mode).save(made, "PNG")
        return Paper(made.getvalue(), PNG)
    _bare(picture, "RGB").save(made, "JPEG", quality=90)
    return Paper(made.getvalue(), JPEG)


def _bare(picture: Image.Image, mode: str) -> Image.Image:
    """Keep the dots alone: no EXIF, profile, comment or text goes along."""
    converted = picture.convert(mode)
    bare = Image.new(mode, converted.size)
    bare.paste(converted)
    return bare


def _pdf(content: bytes) -> Paper:
    """Take a PDF that can be read by anybody and that does nothing by itself."""
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted:
            raise Refused("file_locked", _("This PDF is locked with a password. Ask for one without."))
        if not len(reader.pages):
            raise Refused("file_broken", _("This PDF has no pages."))
        found = next((name for each in _objects(reader) for name in _names(each)), "")
    except BROKEN as error:
        raise Refused("file_broken", _("This PDF is damaged or cut off. Send it again.")) from error
    if found:
        sentence = _("This PDF holds something that acts by itself or another file (%(what)s). Print it to a new PDF.")
        raise Refused("file_active", sentence % {"what": found.removeprefix("/")})
    return Paper(content, PDF)


def _objects(reader: PdfReader) -> Iterator[Any]:
    known = {(pk, generation) for generation, entries in reader.xref.items() for pk in entries}
    known |= {(pk, 0) for pk in reader.xref_objStm}
    if len(known) > MOST_OBJECTS:
        raise Refused("file_too_large", _("This PDF is too intricate to be looked through. Print it to a new PDF."))
    yield reader.trailer
    for pk, generation in sorted(known):
        if pk:
            yield reader.get_object(IndirectObject(pk, generation, reader))


def _names(thing: Any, depth: int = 0) -> Iterator[str]:
    """Give the names of what acts, anywhere in one object of a PDF."""
    if depth > DEEPEST:
        raise ValueError("nested too deeply")
    if isinstance(thing, DictionaryObject):
        for name, value in dict.items(thing):
            if name in ACTIVE or (name in ("/S", "/Type", "/Subtype") and str(value) in ACTIVE):
                yield str(name if name in ACTIVE else value)
            yield from _names(value, depth + 1)
    elif isinstance(thing, ArrayObject):
        for value in list.__iter__(thing):
            yield from _names(value, depth + 1)


def answer_with(paper: Any) -> FileResponse:
    """Hand out a file: never guessed at, never cached, without a right to run anything; only pictures are shown."""
    answer = FileResponse(
        paper.file.open("rb"),
        as_attachment=paper.media_type == PDF,
        filename=f"{paper.patient.number}-{paper.pk}.{ENDINGS[paper.media_type]}",
        content_type=paper.media_type,
    )
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    return answer
