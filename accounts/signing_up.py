"""Accounts asks whether a new one may be made just now; whoever is named in SIGN_UPS_ASK owns the answer."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.utils.module_loading import import_string


def may_sign_up() -> bool:
    asked: Callable[[], bool] = import_string(settings.SIGN_UPS_ASK)
    return asked()
