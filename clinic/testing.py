"""The settings of the tests: the same module, on a fast cluster of their own, with a cheap password hash."""

import os
from pathlib import Path

from clinic.embedded.postgres import APP, OWNER, Cluster
from clinic.embedded.redis import Broker

ROOT = Path(__file__).resolve().parent.parent
TEST_HOME = Path(os.environ.get("TEST_DATA_DIR", ROOT / "var" / "test")).resolve()
TEST_CLUSTER = Cluster(TEST_HOME, fast=True)
TEST_DATABASE = os.environ.get("TEST_DATABASE_NAME", f"test_of_{os.getpid()}") + os.environ.get(
    "PYTEST_XDIST_WORKER", ""
)

os.environ.update(
    {
        "CLINIC_ENV": "demo",
        "CLINIC_PROCESS": "web",
        "SECRET_KEY": "a key for the tests alone, of no worth elsewhere, and long enough to pass",
        "DATA_DIR": str(TEST_HOME / TEST_DATABASE),
        "DATABASE_URL": TEST_CLUSTER.url(APP, TEST_DATABASE),
        "OWNER_DATABASE_URL": TEST_CLUSTER.url(OWNER, TEST_DATABASE),
        "DATABASE_CONN_MAX_AGE": "0",
        "REDIS_URL": Broker(TEST_HOME).url,
    }
)

from clinic.settings import *

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
SILENCED_SYSTEM_CHECKS = ["django_ratelimit.W001", "django_ratelimit.E003"]
