"""The door a web server calls."""

from __future__ import annotations

import codecs
import os
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
_django = get_wsgi_application()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Drops a charset that is none before Django trips over it: it reads the query string by it."""
    kind, _semicolon, parameters = environ.get("CONTENT_TYPE", "").partition(";")
    charset = parameters.lower().partition("charset=")[2].partition(";")[0].strip(" \"'")
    if charset and not _is_text_encoding(charset):
        environ["CONTENT_TYPE"] = kind
    return _django(environ, start_response)


def _is_text_encoding(name: str) -> bool:
    try:
        "".encode(codecs.lookup(name).name)
    except (LookupError, ValueError):
        return False
    return True
