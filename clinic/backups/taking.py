"""Taking a backup while the clinic works: one snapshot of the database, the files, and what proves them."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg2
from django.conf import settings

from accounts.actions.backups import Sizes
from audit import anchors
from clinic.backups import content
from clinic.backups.manifest import (
    ANCHORS,
    DUMP,
    FILES,
    Broken,
    Manifest,
    Part,
    fingerprint,
    key_mark,
    put,
    read,
    write,
)
from clinic.backups.programs import run

HALF = ".unfinished"


def take(folder: Path, *, before: Path | None = None) -> Sizes:
    """Take a backup into a folder that does not exist yet, whole or not at all.

    Files that the backup `before` holds already, byte for byte, take no room twice where the disk allows it.
    """
    folder = folder.resolve()
    if folder.exists() and any(folder.iterdir()):
        raise Broken(f"{folder} is not empty. Name a folder that does not exist yet.")
    half = folder.with_name(folder.name + HALF)
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(mode=0o700, parents=True)
    try:
        manifest = _database(half)
        parts = [_part(half, half / DUMP), *_anchors(half, manifest), *_files(half, _known(before))]
        manifest = replace(manifest, parts=parts)
        seal = write(half, manifest)
        if folder.exists():
            folder.rmdir()
        half.rename(folder)
    except BaseException:
        shutil.rmtree(half, ignore_errors=True)
        raise
    _settle(folder.parent)
    return Sizes(manifest.bytes, manifest.rows, sum(p.path.startswith(FILES) for p in parts), seal)


def _database(half: Path) -> Manifest:
    """Dump the database and measure it in one and the same snapshot; others go on writing meanwhile."""
    with _snapshot() as (cursor, snapshot):
        moment = datetime.now(UTC)
        manifest = Manifest(
            taken_at=moment.isoformat(),
            server=str(cursor.connection.server_version),
            shape=content.shape_of(cursor),
            rights=content.rights_of(cursor),
            key=key_mark(),
            tables={},
            heads=content.heads_of(cursor),
        )
        run(
            "pg_dump", "--format=custom", "--no-owner", "--no-comments", f"--snapshot={snapshot}",
            f"--file={half / DUMP}", "--lock-wait-timeout=60000", database=settings.DATABASES["default"],
        )  # fmt: skip
        (half / DUMP).chmod(0o600)
        return replace(manifest, tables=content.tables_of(cursor))


@contextmanager
def _snapshot() -> Iterator[tuple[Any, str]]:
    database = settings.DATABASES["default"]
    connection = psycopg2.connect(
        host=database["HOST"] or None,
        port=database["PORT"] or None,
        dbname=database["NAME"],
        user=database["USER"] or None,
        password=database["PASSWORD"] or None,
        connect_timeout=10,
        application_name="clinic backup",
    )
    try:
        connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
        with connection.cursor() as cursor:
            content.same_words(cursor)
            cursor.execute("SELECT pg_export_snapshot()")
            yield cursor, cursor.fetchone()[0]
    finally:
        connection.close()


def _anchors(half: Path, manifest: Manifest) -> Iterator[Part]:
    """Keep the anchors up to the snapshot: later ones would say that the restored trail was cut."""
    (half / ANCHORS).mkdir(mode=0o700)
    for chain, (seq, _hash) in manifest.heads.items():
        kept = [each for each in anchors.anchors(anchors.folder() / f"{chain}.jsonl") if each["seq"] <= seq]
        path = half / ANCHORS / f"{chain}.jsonl"
        put(path, "".join(json.dumps(each) + "\n" for each in kept).encode())
        yield _part(half, path)


def _files(half: Path, known: dict[str, tuple[Path, str]]) -> Iterator[Part]:
    """Copy the private files; each is written before the row that names it, so none of the snapshot is missing."""
    home = Path(settings.FILES_DIR)
    (half / FILES).mkdir(mode=0o700)
    for source in sorted(home.rglob("*")) if home.exists() else []:
        name = f"{FILES}/{source.relative_to(home)}"
        target = half / name
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            if not source.is_file() or source.is_symlink():
                continue
            _copy(source, target, known.get(name))
        except FileNotFoundError:  # a passing file that was tidied away while it was looked at
            continue
        yield _part(half, target)


def _copy(source: Path, target: Path, known: tuple[Path, str] | None) -> None:
    if known and fingerprint(source) == known[1] == fingerprint(known[0]):
        try:
            os.link(known[0], target)
            return
        except OSError:
            target.unlink(missing_ok=True)
    shutil.copyfile(source, target)
    target.chmod(0o600)


def _known(before: Path | None) -> dict[str, tuple[Path, str]]:
    """Give the files of an earlier backup with their fingerprints, if it is whole enough to be read."""
    if before is None:
        return {}
    try:
        manifest, _seal = read(before)
    except Broken:
        return {}
    return {
        part.path: (before / part.path, part.sha256)
        for part in manifest.parts
        if part.path.startswith(FILES) and (before / part.path).is_file()
    }


def _part(half: Path, path: Path) -> Part:
    with path.open("rb") as file:
        os.fsync(file.fileno())
    return Part(str(path.relative_to(half)), path.stat().st_size, fingerprint(path))


def _settle(folder: Path) -> None:
    """See the new name onto the disk as well."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
