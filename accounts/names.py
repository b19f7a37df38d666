"""Names that nobody here has yet, for whoever is about to choose one."""

from __future__ import annotations

from django.utils.translation import get_language

from accounts.kept_names import is_name_kept
from accounts.models import User
from accounts.pseudonyms import name_key, suggest_pseudonyms


def offered_names(count: int) -> list[str]:
    """In the language of the page. One query for each, and more when nearly all are taken."""
    return suggest_pseudonyms(count, is_name_taken, language=get_language())


def is_name_taken(name: str) -> bool:
    """By somebody here under any spelling that looks like it, or by somebody who left lately. Two queries."""
    return is_name_kept(name) or User.objects.filter(username=name_key(name)).exists()
