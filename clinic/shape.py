"""The shape of the database, as one name: it changes whenever a migration or an installed package does."""

import hashlib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def shape() -> str:
    stamp = hashlib.sha256((ROOT / "requirements" / "base.txt").read_bytes())
    for path in [*sorted(ROOT.glob("*/migrations/*.py")), ROOT / "clinic" / "embedded" / "postgres.py"]:
        stamp.update(f"{path.relative_to(ROOT)} {path.stat().st_size}\n".encode() + path.read_bytes())
    return stamp.hexdigest()[:16]
