"""PostgreSQL's own programs: from the installed wheel, else from the PATH; the password never on the command line."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from clinic.backups.manifest import Broken
from clinic.embedded import postgres
from clinic.embedded.trouble import CannotStart


def program(name: str) -> str:
    """Find pg_dump or pg_restore."""
    try:
        bundled = postgres.programs() / name
    except CannotStart:
        bundled = Path("/nonexistent")
    found = str(bundled) if bundled.exists() else shutil.which(name)
    if not found:
        raise Broken(f"{name} was found neither in the installed packages nor on the PATH.")
    return found


def run(name: str, *arguments: str, database: dict[str, Any], said: bytes = b"") -> str:
    """Run one of the programs on a database; a failure says what the program said last."""
    env = {
        "PATH": os.environ.get("PATH", ""),
        "LC_ALL": "C.UTF-8",
        "PGHOST": str(database["HOST"]),
        "PGPORT": str(database["PORT"] or ""),
        "PGUSER": str(database["USER"]),
        "PGPASSWORD": str(database["PASSWORD"]),
        "PGDATABASE": str(database["NAME"]),
    }
    done = subprocess.run(  # noqa: S603
        [program(name), *arguments], env={key: value for key, value in env.items() if value}, input=said,
        capture_output=True, check=False,
    )  # fmt: skip
    if done.returncode:
        last = " ".join(done.stderr.decode(errors="replace").strip().splitlines()[-3:])
        raise Broken(f"{name} failed: {last}")
    return done.stdout.decode(errors="replace")
