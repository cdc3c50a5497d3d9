"""The heads of the chains, written outside the database: a chain alone does not see that its tail was cut."""

import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from audit import chain as links
from audit.models import Event


def folder() -> Path:
    """Give the folder of the anchor files, one file per clinic."""
    return Path(settings.DATA_DIR) / "anchors"


def heads() -> Iterator[tuple[int, int, str]]:
    """Give each chain with its last number and hash."""
    query = Event.objects.order_by("chain", "-seq").distinct("chain")
    yield from query.values_list("chain", "seq", "hash")


def drop(at: datetime) -> int:
    """Append the head of each chain that has grown to its anchor file, and say how many grew."""
    grown = 0
    folder().mkdir(parents=True, exist_ok=True)
    for chain, seq, digest in heads():
        path = folder() / f"{chain}.jsonl"
        last = last_anchor(path)
        if last is None or last["seq"] != seq:
            line = json.dumps({"at": at.isoformat(), "seq": seq, "hash": digest})
            with path.open("a") as file:
                file.write(line + "\n")
                file.flush()
                os.fsync(file.fileno())
            grown += 1
    return grown


def anchors(path: Path) -> list[dict[str, Any]]:
    """Read the anchors of one chain; a half-written last line is passed over."""
    if not path.exists():
        return []
    found = []
    for line in path.read_text().splitlines():
        try:
            found.append(json.loads(line))
        except ValueError:
            continue
    return found


def last_anchor(path: Path) -> dict[str, Any] | None:
    """Give the newest anchor of one chain."""
    found = anchors(path)
    return found[-1] if found else None


def chains() -> set[int]:
    """List every chain that has events or anchors."""
    known = {int(path.stem) for path in folder().glob("*.jsonl") if path.stem.isdigit()}
    return known | set(Event.objects.order_by().values_list("chain", flat=True).distinct())


def first_break(chain: int) -> tuple[int, str] | None:
    """Name the first broken place of one chain: edited, removed, or cut off behind an anchor."""
    rows = Event.objects.in_chain(chain).values()
    broken = links.first_break(rows.iterator(chunk_size=5000))
    if broken:
        return broken
    hashes = dict(Event.objects.in_chain(chain).values_list("seq", "hash"))
    for anchor in anchors(folder() / f"{chain}.jsonl"):
        if anchor["seq"] not in hashes:
            return len(hashes) + 1, "cut"
        if hashes[anchor["seq"]] != anchor["hash"]:
            return anchor["seq"], "edited"
    return None
