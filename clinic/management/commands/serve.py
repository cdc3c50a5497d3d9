"""The whole clinic from one command."""

import fcntl
import os
import signal
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from clinic import house
from clinic.children import Family, wait_until
from clinic.embedded.processes import die_with_parent
from clinic.embedded.trouble import CannotStart
from clinic.mailbox import free_port, open_mailbox

OPENING_SECONDS = 60.0


class Stop(Exception):
    """Somebody asked the clinic to close."""


class Command(BaseCommand):
    help = "Start everything: services, tables, demo, web server, worker and beat. Ctrl-C stops what it started."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--without-demo", action="store_true", help="no demo clinic: an empty house")
        parser.add_argument("--with-parent", action="store_true", help="stop when the process that started this ends")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["with_parent"]:
            die_with_parent(signal.SIGTERM, os.getppid())
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(sign, ask_to_stop)
        family = Family(settings.DATA_DIR / "run" / "serve.json")
        try:
            with only_one(settings.DATA_DIR / "run" / "serve.lock"):
                self.run(family, demo=not options["without_demo"])
        except CannotStart as trouble:
            raise CommandError(str(trouble)) from None

    def run(self, family: Family, *, demo: bool) -> None:
        try:
            left = family.sweep()
            if left:
                self.say(f"Ended {left} processes that an earlier start had left behind.")
            house.refuse_taken_port()
            house.open_services(family, self.say)
            house.prepare_tables(self.say)
            accounts = house.load_demo(self.say) if demo else []
            house.collect_static(self.say)
            mail_port = free_port(settings.MAIL_SINK_PORT)
            if not settings.IN_PRODUCTION:
                open_mailbox(settings.MAIL_DIR, mail_port)
            house.open_doors(family, mail_port=mail_port)
            self.greet(accounts)
            self.watch(family)
        except Stop:
            self.say("\nClosing ...")
        finally:
            for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(sign, lambda *_: family.kill())
            family.stop()

    def greet(self, accounts: list[dict[str, Any]]) -> None:
        address = f"http://{settings.HOST}:{settings.PORT}"
        if not wait_until(lambda: alive(f"{address}/healthz"), OPENING_SECONDS):
            raise CannotStart(f"The web server did not answer; {settings.DATA_DIR / 'log' / 'web.log'} says why.")
        if settings.IN_PRODUCTION:
            self.say(f"\nThe clinic is open: {settings.PUBLIC_URL}/ (the TLS proxy finds it at {address})")
        else:
            self.say(f"\nThe clinic is open: {address}/")
            self.say(f"Mail that it would send: {address}/demo/mail/\n")
        for account in accounts:
            self.say(f"  {account['role']:<14} {account['email']:<34} {account['password']}")
        self.say("\nCtrl-C closes it." if sys.stdin.isatty() else "")

    def watch(self, family: Family) -> NoReturn:
        while True:
            time.sleep(0.5)
            for name in family.mend():
                self.say(f"{name} had ended and was started again.")

    def say(self, sentence: str) -> None:
        self.stdout.write(sentence)
        self.stdout.flush()


def ask_to_stop(sign: int, frame: Any) -> NoReturn:
    raise Stop


def alive(address: str) -> bool:
    try:
        asked = urllib.request.Request(address, headers={"Host": settings.ALLOWED_HOSTS[0]})  # noqa: S310
        with urllib.request.urlopen(asked, timeout=5) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@contextmanager
def only_one(path: Path) -> Iterator[None]:
    """One clinic per data folder. The lock goes with the process, so a killed one never holds the next off."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.seek(0)
            raise CannotStart(
                f"This clinic already runs (process {handle.read().strip()}) on the data in {settings.DATA_DIR}. "
                "Stop it first, or set DATA_DIR to another folder."
            ) from None
        handle.truncate(0)
        handle.write(str(os.getpid()))
        handle.flush()
        yield
