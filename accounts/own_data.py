"""What is one person's own, across the apps: told for their copy, taken away when they leave, brought back if sealed.

Accounts asks; each app that keeps something answers with a module that settings.OWN_DATA names, because it knows best
and stands above accounts. What must go last stands last: the account itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any, Protocol, cast

from django.conf import settings

from accounts.identity import Identity
from common.personal_data import Own


class Part(Protocol):
    """One app's answers. Sizes of one person's own may be anything, so what takes long comes in small steps."""

    def count_of(self, identity: Identity) -> int:
        """About how many things there are, to show how far the work has come."""
        ...

    def export_of(self, identity: Identity) -> Iterator[Own]:
        """Everything of theirs, in the order in which it is read. Never another's words."""
        ...

    def close(self, identity: Identity, *, keep_words: bool) -> Any:
        """At once, inside the transaction that closes the account: what nobody shall see or use a moment later.

        What it returns (JSON) is given to `archive_of`.
        """
        ...

    def archive_of(self, identity: Identity, closed: Any) -> Any:
        """All that `erase` takes away, as JSON, so that `restore` can bring it back. Names rows by numbers and ids."""
        ...

    def erase(self, identity: Identity, *, keep_words: bool) -> Iterator[None]:
        """A step each time, committed by itself. Begun anew after it was broken off, it does what is left."""
        ...

    def restore(self, identity: Identity, archive: Any) -> None:
        """What `archive_of` told, inside one transaction with the other parts'."""
        ...


def parts() -> list[tuple[str, Part]]:
    """With the names under which their archives are kept."""
    return [(name, cast("Part", import_module(name))) for name in settings.OWN_DATA]
