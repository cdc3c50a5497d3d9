"""Every setting of the clinic, from the environment, in the order in which a request meets them."""

from datetime import timedelta
from pathlib import Path

import structlog
from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from clinic.embedded.postgres import APP, OWNER, Cluster
from clinic.embedded.redis import Broker
from clinic.environment import (
    DEMO,
    PRODUCTION,
    database,
    demo_key,
    env,
    flag,
    kind_of_clinic,
    need,
    number,
    refuse_in_production,
)
from clinic.logs import PROCESSORS
from clinic.schedule import SCHEDULE

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.str("DATA_DIR", str(BASE_DIR / "var"))).resolve()
CLINIC_ENV = kind_of_clinic()
IN_PRODUCTION = CLINIC_ENV == PRODUCTION
PROCESS = env.str("CLINIC_PROCESS", "web")

# -- the house -----------------------------------------------------------------------------------------------------

HOST = env.str("HOST", "127.0.0.1")
PORT = number("PORT", 8000)
PUBLIC_URL = env.str("PUBLIC_URL", f"http://{HOST}:{PORT}").rstrip("/")
DEBUG = flag("DEBUG", False)
STAFF_MFA_REQUIRED = flag("STAFF_MFA", IN_PRODUCTION)
SECRET_KEY = (
    need("SECRET_KEY", "In production it comes from the environment and is kept between starts.")
    if IN_PRODUCTION
    else env.str("SECRET_KEY", "") or demo_key(DATA_DIR)
)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", [] if IN_PRODUCTION else ["localhost", "127.0.0.1", "[::1]", HOST])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", [PUBLIC_URL] if IN_PRODUCTION else [])
TRUSTED_PROXIES: list[str] = env.list("TRUSTED_PROXIES", [])
METRICS_TOKEN = env.str("METRICS_TOKEN", "")
if IN_PRODUCTION:
    refuse_in_production(
        key=SECRET_KEY, hosts=ALLOWED_HOSTS, debug=DEBUG, mfa=STAFF_MFA_REQUIRED, public_url=PUBLIC_URL
    )

ROOMS = [
    "common",
    "audit",
    "accounts",
    "patients",
    "scheduling",
    "formulations",
    "documents",
    "messaging",
    "treatments",
    "billing",
    "safety",
    "reminders",
    "reports",
    "portal",
    "api",
]
INSTALLED_APPS = [
    "clinic.apps.ClinicConfig",
    *ROOMS,
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "clinic.apps.StaticFiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
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
    "drf_spectacular_sidecar",
    "phonenumber_field",
    "csp",
    "django_ratelimit",
    "django_prometheus",
    "django_structlog",
]
MIDDLEWARE = [
    "clinic.middleware.Forwarded",
    "clinic.middleware.Headers",
    "csp.middleware.CSPMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "clinic.middleware.BodyLimit",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.SessionClock",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.middleware.SecondFactor",
    "accounts.middleware.CurrentClinic",
    "accounts.middleware.Locked",
    "portal.middleware.PatientsStay",
    "django_structlog.middlewares.RequestMiddleware",
    "clinic.middleware.ClinicOnLog",
    "patients.middleware.MergedFiles",
    "accounts.middleware.Trail",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
    "clinic.middleware.Busy",
]
ROOT_URLCONF = "clinic.urls"
WSGI_APPLICATION = "clinic.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "clinic.context.frame",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "clinic.context.house",
            ],
        },
    }
]

# -- the database: the application's role for everything, the owner's for migrations ---------------------------------

WEB_LIMITS = "-c statement_timeout=15s -c lock_timeout=3s -c idle_in_transaction_session_timeout=30s"
WORKER_LIMITS = "-c statement_timeout=10min -c lock_timeout=10s -c idle_in_transaction_session_timeout=10min"
NO_DATABASE = "Set it to the address of a PostgreSQL server (15 or later), role clinic_app, or to embedded."
# In production the cluster that comes along is taken only where it is asked for by name.
EMBEDDED = env.str("DATABASE_URL", "") == "embedded" or not (env.str("DATABASE_URL", "") or IN_PRODUCTION)
DATABASE_URL = Cluster(DATA_DIR).url(APP) if EMBEDDED else need("DATABASE_URL", NO_DATABASE)
OWNER_DATABASE_URL = Cluster(DATA_DIR).url(OWNER) if EMBEDDED else env.str("OWNER_DATABASE_URL", "")
DATABASES = {
    "default": database(DATABASE_URL, options=WORKER_LIMITS if PROCESS == "worker" else WEB_LIMITS, role="DATABASE_URL")
}
if OWNER_DATABASE_URL:
    DATABASES["owner"] = database(OWNER_DATABASE_URL, options="", role="OWNER_DATABASE_URL")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# -- people ----------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "accounts.adapters.ClosedAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_SESSION_REMEMBER = False  # machines are shared: the log-in ends with the browser
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
# Keyed by account; an address alone is only held against floods, or one wrong password would lock out a whole clinic.
ACCOUNT_RATE_LIMITS = {
    "login": "300/m/ip",
    "login_failed": "120/m/ip,5/5m/key",
    "portal_code": "60/h/ip,5/15m/key",
    "portal_digits": "120/h/ip",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Clinic"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IN_PRODUCTION

# Sessions: in the database, so that log-in works when Redis is away. Idle times are kept by accounts.middleware.
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IN_PRODUCTION
SESSION_COOKIE_NAME = "__Host-session" if IN_PRODUCTION else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if IN_PRODUCTION else "csrf"
CSRF_FAILURE_VIEW = "clinic.errors.csrf_failure"

# -- headers and limits ----------------------------------------------------------------------------------------------

SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds())
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")  # taken off by clinic.middleware.Forwarded unless trusted
SECURE_SSL_REDIRECT = IN_PRODUCTION and flag("SSL_REDIRECT", True)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "media-src": [SELF, "blob:"],
        "object-src": [NONE],
        "frame-src": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
        "base-uri": [NONE],
        "manifest-src": [SELF],
        "worker-src": [SELF],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 20
BODY_MAX_BYTES = number("BODY_MAX_BYTES", 40 * 1024 * 1024)
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700

# -- files -----------------------------------------------------------------------------------------------------------

NODE_MODULES = Path(env.str("NODE_MODULES", str(BASE_DIR / "node_modules")))
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(DATA_DIR / "static")))
STATICFILES_DIRS = [
    BASE_DIR / "static",
    *(
        (prefix, NODE_MODULES / folder)
        for prefix, folder in {
            "bootstrap": "bootstrap/dist",
            "event-calendar": "@event-calendar/build/dist",
            "figtree": "@fontsource-variable/figtree/files",
            "signature_pad": "signature_pad/dist",
        }.items()
        if (NODE_MODULES / folder).is_dir()
    ),
]
FILES_DIR = DATA_DIR / "files"
BACKUP_DIR = Path(env.str("BACKUP_DIR", str(DATA_DIR / "backups"))).resolve()
BACKUP_NIGHTLY = flag("BACKUP_NIGHTLY", IN_PRODUCTION)
MEDIA_ROOT, MEDIA_URL = FILES_DIR, ""
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": FILES_DIR,
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {"BACKEND": "clinic.static.NamedByContent"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = False

# -- forms, pages, API -----------------------------------------------------------------------------------------------

CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"
PHONENUMBER_DB_FORMAT = "E164"
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("fr", _("French")), ("es", _("Spanish"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_HTTPONLY, LANGUAGE_COOKIE_SAMESITE, LANGUAGE_COOKIE_SECURE = True, "Lax", IN_PRODUCTION
USE_I18N = USE_TZ = True
TIME_ZONE = "UTC"
REST_FRAMEWORK = {
    "DEFAULT_PERMISSION_CLASSES": ["clinic.doors.Nobody"],
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "COERCE_DECIMAL_TO_STRING": True,
    "EXCEPTION_HANDLER": "api.problems.handle",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Clinic API",
    "VERSION": "1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_NAME_OVERRIDES": {
        "StockUnitEnum": "formulations.models.StockUnit",
        "SideEnum": "treatments.models.Side",
        "StrengthUnitEnum": "api.serializers.formulations.UNITS",
    },
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "api.schema.describe_problems"],
}

# -- Redis: the queue and the cache; log-in, booking and signing go on without it ------------------------------------

OWN_REDIS = env.str("REDIS_URL", "") == "embedded" or not (env.str("REDIS_URL", "") or IN_PRODUCTION)
REDIS_URL = Broker(DATA_DIR).url if OWN_REDIS else need("REDIS_URL", "Set it to redis://host:6379/0, or to embedded.")
CACHES = {"default": {"BACKEND": "clinic.cache.SturdyCache", "LOCATION": REDIS_URL, "KEY_PREFIX": "clinic"}}
RATELIMIT_USE_CACHE = "default"
# django-ratelimit knows two clients by name; ours is Django's own Redis client, whose increment is atomic.
SILENCED_SYSTEM_CHECKS = ["django_ratelimit.W001"]

CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 360,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    "socket_timeout": 30,
    "socket_connect_timeout": 5,
    "retry_on_timeout": True,
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT, CELERY_TASK_SOFT_TIME_LIMIT = 300, 270
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_WORKER_CONCURRENCY = number("WORKERS", 2)
CELERY_WORKER_HIJACK_ROOT_LOGGER = CELERY_WORKER_REDIRECT_STDOUTS = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = CELERY_RESULT_SERIALIZER = "json"
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "clinic.beat.SoleBeat"
CELERY_BEAT_MAX_LOOP_INTERVAL = 1
CELERY_BEAT_SCHEDULE = SCHEDULE

# -- mail: the demo keeps what it would send -------------------------------------------------------------------------

MAIL_SINK_PORT = number("MAIL_SINK_PORT", 8025)
MAIL_DIR = DATA_DIR / "mail"
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = need("SMTP_HOST", "Set it to the mail server of the clinic.") if IN_PRODUCTION else "127.0.0.1"
EMAIL_PORT = number("SMTP_PORT", 587) if IN_PRODUCTION else MAIL_SINK_PORT
EMAIL_HOST_USER = env.str("SMTP_USER", "")
EMAIL_HOST_PASSWORD = env.str("SMTP_PASSWORD", "")
EMAIL_USE_TLS = IN_PRODUCTION and flag("SMTP_TLS", True)
EMAIL_TIMEOUT = 20
# Short messages go to whoever takes them by HTTP; {to}, {text}, {key} and {sender} stand in the body where they belong.
SMS_URL = env.str("SMS_URL", "")
SMS_METHOD = env.str("SMS_METHOD", "POST")
SMS_HEADER, SMS_SECRET = env.str("SMS_HEADER", "Authorization"), env.str("SMS_SECRET", "")
SMS_TYPE = env.str("SMS_TYPE", "application/json")
SMS_BODY = env.str("SMS_BODY", '{"to": {to}, "text": {text}, "from": {sender}, "reference": {key}}')
SMS_SENDER = env.str("SMS_SENDER", "")
SMS_ACCEPTED = [int(code) for code in env.list("SMS_ACCEPTED", ["200", "201", "202"])]
SMS_PRIVATE_ADDRESS = flag("SMS_PRIVATE_ADDRESS", False)  # only for a gateway in the clinic's own network
SMS_INBOUND_TOKEN = env.str("SMS_INBOUND_TOKEN", "")
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("MAIL_FROM", "Clinic <no-reply@clinic.invalid>")

# -- logs and figures ------------------------------------------------------------------------------------------------

PROMETHEUS_EXPORT_MIGRATIONS = False
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = 10
structlog.configure(
    processors=PROCESSORS, logger_factory=structlog.stdlib.LoggerFactory(), cache_logger_on_first_use=True
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "events": {
            "()": "clinic.logs.formatter",
            "plain": CLINIC_ENV == DEMO,
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "events"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", "WARNING" if CLINIC_ENV == DEMO else "INFO")},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
        "celery.app.trace": {"level": "WARNING"},
    },
}
