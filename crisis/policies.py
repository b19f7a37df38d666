"""Who may change what readers in need are shown.

Reading is for everyone, signed in or not. Pinning, unpinning and changing an entry is for those to whom this app's
own permissions were given (the moderators' group has them); `None` is the site itself, when it loads the directory.
"""

from __future__ import annotations

from typing import Any, Protocol


class Actor(Protocol):
    def has_perm(self, perm: str, obj: Any = None) -> bool: ...


def can_pin(actor: Actor | None) -> bool:
    return actor is None or actor.has_perm("crisis.add_pin")


def can_unpin(actor: Actor | None) -> bool:
    return actor is None or actor.has_perm("crisis.delete_pin")


def can_change_resource(actor: Actor | None) -> bool:
    return actor is None or actor.has_perm("crisis.change_resource")
