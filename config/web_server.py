"""How gunicorn serves Hearth: its configuration file. `manage.py serve` adds the socket and the number of threads."""

from __future__ import annotations

import os
import ssl
from collections.abc import Callable
from typing import Any

import gunicorn.http.wsgi
from django.conf import settings

from config.env import whole_number
from config.serving import GRACE, die_with_supervisor

wsgi_app = "config.wsgi"
worker_class = "gthread"
# One process: rate limits are counted in its memory, so they are exact. More need a shared CACHE_URL (docs/running.md).
workers = whole_number("WEB_PROCESSES", default=1, least=1, most=64)
graceful_timeout = GRACE
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 - gunicorn makes its own file in it
control_socket_disable = True

# Our longest address has a public id and a page's cursor in it; our largest header is one cookie.
limit_request_line = 4094
limit_request_fields = 64
limit_request_field_size = 8190

certfile = settings.TLS_CERT_FILE or None
keyfile = settings.TLS_KEY_FILE or None

# "https" is believed from the one proxy in front and from nobody else. gunicorn's default would believe this machine.
forwarded_allow_ips = settings.TRUSTED_PROXY
secure_scheme_headers = {"X-FORWARDED-PROTO": "https"}

# No access log. Of the other one only errors: its warnings quote the address of whoever sent something odd.
accesslog = None
_errors_only = {"gunicorn.error": {"handlers": ["stderr"], "level": "ERROR", "propagate": False}}
logconfig_dict: dict[str, Any] = {**settings.LOGGING, "loggers": _errors_only}

gunicorn.http.wsgi.SERVER = "Hearth"  # the header Server cannot be left out; this says nothing of software or version


def ssl_context(_config: Any, default: Callable[[], ssl.SSLContext]) -> ssl.SSLContext:
    context = default()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def on_starting(_server: Any) -> None:
    die_with_supervisor()
