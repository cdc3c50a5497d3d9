"""The list of what a backup holds, with the fingerprint of each part, sealed by a fingerprint of its own."""

import hashlib
import hmac
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

FORMAT = 1
NAME, SEAL, DUMP, FILES, ANCHORS = "manifest.json", "manifest.sha256", "database.dump", "files", "anchors"


class Broken(Exception):
    """A backup is not what its list says, or cannot be brought back here; the sentence says where."""


@dataclass(frozen=True)
class Part:
    """One file of the backup, by its path inside the folder."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What one backup holds: the database at one moment, the private files, the heads of the audit trail."""

    taken_at: str
    server: str
    shape: str
    rights: str
    key: str
    tables: dict[str, list[Any]]  # name: [rows, fingerprint of all rows]
    heads: dict[str, list[Any]]  # chain: [number, hash]
    parts: list[Part] = field(default_factory=list)
    format: int = FORMAT

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.taken_at)

    @property
    def rows(self) -> int:
        return sum(int(rows) for rows, _fingerprint in self.tables.values())

    @property
    def bytes(self) -> int:
        return sum(part.bytes for part in self.parts)

    def part(self, path: str) -> Part | None:
        return next((part for part in self.parts if part.path == path), None)


def write(folder: Path, manifest: Manifest) -> str:
    """Write the list and its seal; answers the seal."""
    text = json.dumps(asdict(manifest), indent=1, sort_keys=True).encode()
    seal = hashlib.sha256(text).hexdigest()
    put(folder / NAME, text)
    put(folder / SEAL, f"{seal}  {NAME}\n".encode())
    return seal


def read(folder: Path) -> tuple[Manifest, str]:
    """Read the list of a backup and check its seal."""
    try:
        text = (folder / NAME).read_bytes()
        stated = (folder / SEAL).read_text().split()[0]
    except (OSError, IndexError):
        raise Broken(f"{folder} holds no finished backup: {NAME} or {SEAL} is missing.") from None
    seal = hashlib.sha256(text).hexdigest()
    if seal != stated:
        raise Broken(f"{folder / NAME} is not as it was written: its fingerprint differs from {SEAL}.")
    values = json.loads(text)
    if values.get("format") != FORMAT:
        raise Broken(f"This backup has format {values.get('format')}; this version reads format {FORMAT}.")
    return Manifest(**{**values, "parts": [Part(**part) for part in values["parts"]]}), seal


def flaws(folder: Path, manifest: Manifest) -> Iterator[str]:
    """Name each file of a backup that is missing or differs from the list."""
    for part in manifest.parts:
        path = inside(folder, part.path)
        if not path.is_file():
            yield f"{part.path} is missing"
        elif path.stat().st_size != part.bytes or fingerprint(path) != part.sha256:
            yield f"{part.path} differs from the list"


def inside(folder: Path, name: str) -> Path:
    """Give a path inside a folder, and refuse one that leads out of it."""
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise Broken(f"The list names {name!r}, which is outside of the backup.")
    return path


def fingerprint(path: Path) -> str:
    """Give the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def key_mark() -> str:
    """Give a mark by which the secret key is known again and from which it cannot be learnt."""
    return hmac.new(settings.SECRET_KEY.encode(), b"the key that this backup needs", hashlib.sha256).hexdigest()[:16]


def put(path: Path, content: bytes) -> None:
    """Write a private file and see it onto the disk."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
