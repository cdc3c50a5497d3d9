"""Settings, typed, from the environment."""

from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urlsplit

from environs import Env

from clinic.embedded.postgres import APP, OWNER, Cluster
from clinic.embedded.redis import Broker

env = Env()
BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = env.path("DATA_DIR", BASE_DIR / "var")
CLINIC_ENV = env.str("CLINIC_ENV", "demo")
SECRET_KEY = env.str("SECRET_KEY", "only-for-the-first-hour")
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver"]

ROOMS = [
    "common", "audit", "accounts", "patients", "scheduling", "formulations", "documents", "messaging", "treatments",
    "safety", "reminders", "reports", "portal", "api",
]
ROOMS = [name for name in ROOMS if (BASE_DIR / name / "__init__.py").exists()]
INSTALLED_APPS = [
    "clinic",
    *ROOMS,
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "crispy_forms",
    "crispy_bootstrap5",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "pgtrigger",
    "pghistory",
    "rest_framework",
    "drf_spectacular",
    "phonenumber_field",
]
AUTH_USER_MODEL = "accounts.User"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    *(["django.contrib.auth.middleware.LoginRequiredMiddleware"]),
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    *(["accounts.middleware.ClinicMiddleware"] if (BASE_DIR / "accounts" / "middleware.py").exists() else []),
]
ROOT_URLCONF = "clinic.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
            ],
        },
    }
]

cluster = Cluster(DATA_DIR)
DATABASE_URL = env.str("DATABASE_URL", cluster.url(APP))
OWNER_DATABASE_URL = env.str("OWNER_DATABASE_URL", cluster.url(OWNER))
TIMEOUTS = "-c jit=off -c statement_timeout=15s -c lock_timeout=3s -c idle_in_transaction_session_timeout=30s"


def database(url: str, options: str) -> dict:
    """What Django wants to know of a database, out of postgres://role:password@host:port/name."""
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.netloc.rpartition("@")[2].partition(":")[0]),
        "PORT": str(parts.port or ""),
        "OPTIONS": {"options": options},
    }


DATABASES = {
    "default": {**database(DATABASE_URL, TIMEOUTS)},
    "owner": {**database(OWNER_DATABASE_URL or cluster.url(OWNER), "-c jit=off"), "TEST": {"MIRROR": "default"}},
}
ATOMIC_REQUESTS = False
REDIS_URL = env.str("REDIS_URL", Broker(DATA_DIR).url)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("fr", "Français"), ("es", "Español")]
STATIC_URL = "/static/"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
HAS_ACCOUNTS = find_spec("accounts") is not None
