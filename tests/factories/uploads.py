"""Files as people and their enemies send them."""

import base64
import io
import zipfile
import zlib
from typing import Any

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

SCRIPT = b"<script>alert(document.cookie)</script>"
GPS = 0x8825


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), **options: Any) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, (180, 40, 40)).save(made, kind, **options)
    return made.getvalue()


def photographed() -> bytes:
    """A JPEG lying on its side, with the place where it was taken, a comment and a script behind it."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Camera of Amara"
    exif.get_ifd(GPS)[1] = "N"
    return picture(exif=exif.tobytes(), comment=SCRIPT) + SCRIPT


def huge() -> bytes:
    """A PNG of a few bytes that says it is 50,000 dots wide and high."""
    header = (50_000).to_bytes(4, "big") * 2 + b"\x08\x02\x00\x00\x00"
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b"")]
    body = b"".join(
        len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big") for name, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


def pdf(change: Any = None, **options: Any) -> bytes:
    """One blank page, perhaps with something done to it."""
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    if change:
        change(writer)
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def acting(name: str, javascript: str = "app.alert(1)") -> Any:
    """Give what lets a PDF run a script when it is opened, its action spelled in one way or another."""

    def change(writer: PdfWriter) -> None:
        script = {NameObject("/S"): NameObject(name), NameObject("/JS"): TextStringObject(javascript)}
        writer.root_object[NameObject("/OpenAction")] = writer._add_object(DictionaryObject(script))

    return change


def launching(writer: PdfWriter) -> None:
    action = DictionaryObject({NameObject("/S"): NameObject("/Launch"), NameObject("/F"): TextStringObject("calc.exe")})
    writer.root_object[NameObject("/OpenAction")] = writer._add_object(action)


def asking(writer: PdfWriter) -> None:
    action = DictionaryObject({NameObject("/S"): NameObject("/SubmitForm")})
    writer.pages[0][NameObject("/AA")] = DictionaryObject({NameObject("/O"): action})


def archive() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as zipped:
        zipped.writestr("letter.pdf", pdf())
    return made.getvalue()


# Sixteen dots square, as an iPhone writes them; nothing here can write that format.
HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAXxtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAACJpbG9jAA"
    "AAAERAAAEAAQAAAAABoAABAAAAAAAAACoAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABodmMxAAAAAA5waXRtAAAAAAABAAAA/GlwcnAA"
    "AADcaXBjbwAAAHVodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQApQgEBA3AAAAMAkA"
    "AAAwAAAwAeoCCBBZbqrprm4CGgwIAAAAyAAAADAIRiAAEABkQBwXPBiQAAABNjb2xybmNseAABAA0ABoAAAAAUaXNwZQAAAAAAAABAAAAAQAAA"
    "AChjbGFwAAAAEAAAAAEAAAAQAAAAAf///9AAAAAC////0AAAAAIAAAAQcGl4aQAAAAADCAgIAAAAGGlwbWEAAAAAAAAAAQABBYECAwWEAAAAMm"
    "1kYXQAAAAmKAGvGSFeQkDvXaW//3x8/zqV/b1t8pkoppcE14iZCwOBgI2RnTg="
)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><html><body>" + SCRIPT + b"</body></html>"
DISGUISED = pdf(acting("/JavaScript")).replace(b"/JavaScript", b"/JavaScrip#74").replace(b"/JS ", b"/J#53 ")
HOSTILE: dict[str, tuple[bytes, str]] = {
    "nothing at all": (b"", "file_empty"),
    "a drawing with a script": (SVG, "file_unknown"),
    "a page with a script": (HTML, "file_unknown"),
    "an archive": (archive(), "file_unknown"),
    "an animation": (picture("GIF"), "file_unknown"),
    "a program": (b"MZ" + b"\0" * 200, "file_unknown"),
    "fifty thousand dots square": (huge(), "file_too_large"),
    "forty-two million dots": (picture("PNG", (7000, 6000)), "file_too_large"),
    "more than twenty megabytes": (b"%PDF-1.7\n" + b"0" * (20 * 1024 * 1024), "file_too_large"),
    "half a picture": (picture(size=(600, 400))[:700], "file_broken"),
    "half a PDF": (pdf()[:200], "file_broken"),
    "a page called a PDF": (b"%PDF-1.7\n" + HTML, "file_broken"),
    "a PDF with a script": (pdf(acting("/JavaScript")), "file_active"),
    "a PDF with a script under another name": (DISGUISED, "file_active"),
    "a PDF that starts a program": (pdf(launching), "file_active"),
    "a PDF that sends a form": (pdf(asking), "file_active"),
    "a PDF with a file in it": (pdf(lambda writer: writer.add_attachment("x.exe", b"MZ")), "file_active"),
    "a locked PDF": (pdf(lambda writer: writer.encrypt("secret", algorithm="RC4-128")), "file_locked"),
    "a PDF without a page": (pdf(lambda writer: writer.remove_page(0)), "file_broken"),
}
