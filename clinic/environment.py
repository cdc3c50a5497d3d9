"""What the environment says, typed, and what a production clinic must not be started with."""

import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from environs import Env, EnvError

DEMO, PRODUCTION = "demo", "production"
SHORTEST_KEY = 50
DIFFERENT_LETTERS = 15

env = Env()


def need(name: str, mend: str) -> str:
    """A setting without which nothing can start."""
    value = env.str(name, "")
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. {mend}")
    return value


def number(name: str, default: int) -> int:
    try:
        return env.int(name, default)
    except EnvError:
        raise ImproperlyConfigured(f"{name} must be a whole number, and is {os.environ[name]!r}.") from None


def flag(name: str, default: bool) -> bool:
    try:
        return env.bool(name, default)
    except EnvError:
        raise ImproperlyConfigured(f"{name} must be true or false, and is {os.environ[name]!r}.") from None


def kind_of_clinic() -> str:
    kind = env.str("CLINIC_ENV", DEMO)
    if kind not in (DEMO, PRODUCTION):
        raise ImproperlyConfigured(f"CLINIC_ENV is {kind!r}; it must be 'demo' or 'production'.")
    return kind


def demo_key(home: Path) -> str:
    """The demo's own key: made once, kept in the data folder, readable by nobody else."""
    path = home / "secret_key"
    if not path.exists():
        home.mkdir(parents=True, exist_ok=True)
        fresh = home / f"secret_key.{os.getpid()}"
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
            handle.write(secrets.token_urlsafe(64))
        with suppress(FileExistsError):
            os.link(fresh, path)
        fresh.unlink()
    return path.read_text().strip()


def database(url: str, *, options: str, role: str) -> dict[str, Any]:
    """Read postgres://role:password@host:port/name as Django wants it; a socket folder is written as %2Fpath."""
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql") or not parts.path.strip("/"):
        raise ImproperlyConfigured(
            f"{role} is no PostgreSQL address. Write it as postgres://role:password@host:5432/database."
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.netloc.rpartition("@")[2].partition(":")[0]),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": number("DATABASE_CONN_MAX_AGE", 60),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"options": f"-c jit=off {options}", "application_name": "clinic"},
    }


def refuse_in_production(*, key: str, hosts: list[str], debug: bool, mfa: bool, public_url: str) -> None:
    """Stop a production clinic that would start unsafe, naming everything that is wrong at once."""
    wrong = []
    if len(key) < SHORTEST_KEY or len(set(key)) < DIFFERENT_LETTERS or key.startswith("django-insecure"):
        wrong.append(
            "SECRET_KEY is weak: set it to 50 or more random characters, for example "
            "the output of: python -c 'import secrets; print(secrets.token_urlsafe(64))'."
        )
    if not hosts or any("*" in host or host.startswith(".") for host in hosts):
        wrong.append("ALLOWED_HOSTS must name the hosts of the clinic, without wildcards.")
    if debug:
        wrong.append("DEBUG must not be on.")
    if not mfa:
        wrong.append("STAFF_MFA must not be off: staff log in with a second factor.")
    if not public_url.startswith("https://"):
        wrong.append("PUBLIC_URL must be the https:// address that patients open.")
    if wrong:
        raise ImproperlyConfigured("This clinic cannot start in production. " + " ".join(wrong))
