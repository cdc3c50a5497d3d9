"""Bringing a backup back into an empty house, and proving that it is the same one."""

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg2
from django.conf import settings
from django.contrib.sessions.models import Session
from psycopg2 import sql

from accounts.actions import backups
from accounts.models import Restoration, User
from audit import anchors
from clinic.backups import content
from clinic.backups.manifest import ANCHORS, DUMP, FILES, Broken, Manifest, fingerprint, flaws, inside, key_mark, read
from clinic.backups.programs import run
from clinic.embedded.postgres import APP
from messaging.actions import restores

DEFAULTS = (
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public {} SELECT, INSERT, UPDATE, DELETE ON TABLES {} {app}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public {} USAGE, SELECT ON SEQUENCES {} {app}",
)


def check(folder: Path) -> tuple[Manifest, str]:
    """Read a backup from end to end; raises with everything that is missing or differs."""
    manifest, seal = read(folder)
    if wrong := list(flaws(folder, manifest)):
        raise Broken(f"{folder} is damaged: {'; '.join(wrong[:10])}. Take an older backup.")
    return manifest, seal


def refuse_a_used_house() -> None:
    """Nothing is ever restored over something: the database, the files and the anchors must be empty."""
    if "owner" not in settings.DATABASES:
        raise Broken("OWNER_DATABASE_URL is not set: a restore needs the role that owns the tables.")
    with _owner() as cursor:
        cursor.execute(content.TABLES)
        if found := cursor.fetchall():
            raise Broken(
                f"The database {settings.DATABASES['owner']['NAME']!r} is not empty: it has {len(found)} tables. "
                "Nothing was changed. Restore into a new database."
            )
    for folder in (Path(settings.FILES_DIR), anchors.folder()):
        if folder.exists() and any(path.is_file() for path in folder.rglob("*")):
            raise Broken(f"{folder} is not empty. Nothing was changed. Restore with DATA_DIR set to a new folder.")


def bring_back(folder: Path, manifest: Manifest) -> None:
    """Load the database and the files, and refuse to go on if anything differs from what was taken."""
    with _without_default_rights():
        run(
            "pg_restore", "--no-owner", "--no-comments", "--exit-on-error", "--single-transaction",
            f"--dbname={settings.DATABASES['owner']['NAME']}", str(folder / DUMP),
            database=settings.DATABASES["owner"],
        )  # fmt: skip
    for part in manifest.parts:
        if part.path == DUMP:
            continue
        kind, _slash, name = part.path.partition("/")
        home = {FILES: Path(settings.FILES_DIR), ANCHORS: anchors.folder()}[kind]
        target = inside(home, name)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copyfile(folder / part.path, target)
        target.chmod(0o600)
        if fingerprint(target) != part.sha256:
            raise Broken(f"{target} differs after it was copied: the disk may be failing.")
    if differing := list(differences(manifest)):
        raise Broken(f"The restored house differs from the backup: {'; '.join(differing[:10])}. Do not open it.")


def differences(manifest: Manifest) -> Iterator[str]:
    """Compare the restored database with what was measured when the backup was taken."""
    with _owner() as cursor:
        content.same_words(cursor)
        tables = content.tables_of(cursor)
        for name in sorted(tables.keys() | manifest.tables.keys()):
            if tables.get(name) != manifest.tables.get(name):
                yield f"table {name}: {manifest.tables.get(name)} was taken, {tables.get(name)} came back"
        if content.shape_of(cursor) != manifest.shape:
            yield "constraints, triggers or indexes are not the same"
        if content.rights_of(cursor) != manifest.rights:
            yield f"the rights of {APP} are not the same"
        if content.heads_of(cursor) != manifest.heads:
            yield "the audit trail ends elsewhere"


def settle(manifest: Manifest, seal: str, *, is_rehearsal: bool, at: datetime) -> Restoration:
    """Make the house safe to open: nothing that may have been sent is sent again, and everybody logs in anew."""
    system = User.objects.system()
    Session.objects.all().delete()
    restoration: Restoration = backups.restored(
        taken_at=manifest.moment, is_rehearsal=is_rehearsal, manifest_sha256=seal, by=system, at=at
    )
    restores.hold_back(restoration, by=system, at=at)
    return restoration


def has_another_key(manifest: Manifest) -> bool:
    """Say whether this house was given another secret key than the one that the backup was taken under."""
    return manifest.key != key_mark()


@contextmanager
def _owner() -> Iterator[Any]:
    database = settings.DATABASES["owner"]
    with (
        closing(
            psycopg2.connect(
                host=database["HOST"] or None,
                port=database["PORT"] or None,
                dbname=database["NAME"],
                user=database["USER"] or None,
                password=database["PASSWORD"] or None,
                connect_timeout=10,
            )
        ) as connection,
        connection,
        connection.cursor() as cursor,
    ):
        yield cursor


@contextmanager
def _without_default_rights() -> Iterator[None]:
    """New tables give the application rights by default; a table of the backup brings its own, narrower ones."""
    _defaults("REVOKE", "FROM")
    try:
        yield
    finally:
        _defaults("GRANT", "TO")


def _defaults(verb: str, word: str) -> None:
    with _owner() as cursor:
        for statement in DEFAULTS:
            cursor.execute(
                sql.SQL(statement.replace("{}", verb, 1).replace("{}", word, 1)).format(app=sql.Identifier(APP))
            )
