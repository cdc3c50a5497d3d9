"""The demo's mail server: it takes every letter, keeps it in a folder and sends nothing."""

import os
import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

KEPT_LETTERS = 500


class Keeper:
    """Keeps letters as files named by the moment they came in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.keep(envelope.original_content or b"")
        return "250 Kept"

    def keep(self, letter: bytes) -> None:
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}.eml"
        unfinished = self.folder / f".{name}"
        unfinished.write_bytes(letter)
        os.replace(unfinished, self.folder / name)
        for old in sorted(self.folder.glob("*.eml"))[:-KEPT_LETTERS]:
            old.unlink(missing_ok=True)


def free_port(wanted: int) -> int:
    """The wanted port, or any other that is free."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    return wanted


def open_mailbox(folder: Path, port: int) -> Any:
    """Start to take mail; answers a controller with stop()."""
    controller = Controller(Keeper(folder), hostname="127.0.0.1", port=port, ready_timeout=10)
    controller.start()
    return controller
