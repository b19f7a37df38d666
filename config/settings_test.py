"""What tests change: throw-away keys and folders, cheap hashing, a database of TEST_DATABASE_URL's choosing."""

from __future__ import annotations

import atexit
import os
import secrets
import shutil
import tempfile

os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(32))
os.environ.setdefault("SEAL_KEY", secrets.token_urlsafe(32))
os.environ["HEARTH_DATA_DIR"] = tempfile.mkdtemp(prefix="hearth-test-")
atexit.register(shutil.rmtree, os.environ["HEARTH_DATA_DIR"], ignore_errors=True)
os.environ["DATABASE_URL"] = os.environ.get("TEST_DATABASE_URL", f"sqlite:///{os.environ['HEARTH_DATA_DIR']}/t.sqlite3")
os.environ.pop("CACHE_URL", None)

from config.settings import *  # noqa: F403 - the one place where "everything, then a few changes" is the point
from config.settings import DATA_DIR, DATABASES, INSTALLED_APPS, STORAGES

ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
INSTALLED_APPS = [*INSTALLED_APPS]
try:
    import django_linear_migrations  # noqa: F401
except ImportError:
    pass  # with requirements.txt alone; script/test installs it
else:
    INSTALLED_APPS.append("django_linear_migrations")

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
STATIC_ROOT = DATA_DIR / "static"
STATIC_ROOT.mkdir()
if "pool" in DATABASES["default"].get("OPTIONS", {}):
    DATABASES["default"]["TEST"] = {"NAME": f"test_hearth_{os.getpid()}"}  # two runs at once do not meet
    DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 0, "max_size": 12, "timeout": 10}
    # What a power cut would take, nobody misses; to compile a query is for more rows than a test has.
    DATABASES["default"]["OPTIONS"]["options"] += " -c synchronous_commit=off -c jit=off"
elif DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: threads of a test must meet at the same locks as in production.
    DATABASES["default"]["TEST"] = {"NAME": DATA_DIR / "test.sqlite3"}
SECOND_LOOK_ONE_IN = 0  # drawn by chance: whoever tests it says so
