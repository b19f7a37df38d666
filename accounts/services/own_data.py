"""Accounts' own part in what is one person's own (accounts/own_data.py): the account, visits, every sealed record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.db.models import CASCADE, ForeignObjectRel, ProtectedError
from django.utils.translation import gettext as _

from accounts import sealed_records
from accounts.archive_key import ARCHIVE_KEY
from accounts.identity import Identity, member_number
from accounts.kept_names import keep_name, let_name_go
from accounts.models import User
from accounts.sealed_records import Kind, declared_kinds
from accounts.services.visits import end_every_visit
from common.personal_data import Own
from common.public_id import new_public_id


def count_of(identity: Identity) -> int:
    return len(_kinds()) + 1


def export_of(identity: Identity) -> Iterator[Own]:
    for member in _account(identity):
        yield Own(
            _("The account"),
            facts={_("Pseudonym, and name to sign in with"): member.pseudonym},
        )
    for kind in _kinds():
        value = _value(kind, identity)
        if kind.own is not None and value:
            yield from kind.own(value)


def close(identity: Identity, *, keep_words: bool) -> None:
    """From now on the account signs in nowhere, nobody else can take its names, and whether it could have been sealed
    is told by nothing any more.
    """
    sealed_records.forget(ARCHIVE_KEY, identity)
    for member in _account(identity):
        end_every_visit(member)
        keep_name(member.username)
        keep_name(member.pseudonym)
        member.is_active = False
        member.set_unusable_password()
        member.save(update_fields=["is_active", "password"])


def archive_of(identity: Identity, closed: None) -> dict[str, Any]:
    """Not whether they may open the desk, nor a second step: what comes back is a member and their words."""
    account = [{"username": member.username, "pseudonym": member.pseudonym} for member in _account(identity)]
    values = {kind.name: _value(kind, identity) for kind in _kinds() if kind.comes_back}
    return {"account": account, "records": {name: value for name, value in values.items() if value}}


def erase(identity: Identity, *, keep_words: bool) -> Iterator[None]:
    for kind in _kinds():
        sealed_records.forget(kind, identity)
        yield
    for member in _account(identity):
        _remove(member)
        yield


def restore(identity: Identity, archive: dict[str, Any]) -> None:
    """The account is active, and has no password yet."""
    for names in archive["account"]:
        member = User(pk=member_number(identity), **names)
        member.set_unusable_password()
        member.save()  # the row of before, or what was left of it
        let_name_go(member.username)
        let_name_go(member.pseudonym)
    for kind in _kinds():
        value = archive["records"].get(kind.name)
        for item in value if kind.is_list and value else []:
            sealed_records.add_item(kind, identity, item)
        if value and not kind.is_list:
            sealed_records.write(kind, identity, value)


def _account(identity: Identity) -> list[User]:
    number = member_number(identity)
    return [] if number is None else list(User.objects.filter(pk=number))


def _kinds() -> list[Kind]:
    return [kind for kind in declared_kinds() if kind.is_of_identity]


def _value(kind: Kind, identity: Identity) -> Any:
    return sealed_records.items(kind, identity) if kind.is_list else sealed_records.read(kind, identity)


@transaction.atomic
def _remove(member: User) -> None:
    """The row; of a moderator, whose decisions must stay somebody's, an empty shell without name and password."""
    try:
        with transaction.atomic():
            member.delete()
    except ProtectedError:
        for relation in User._meta.get_fields(include_hidden=True):
            if isinstance(relation, ForeignObjectRel) and relation.on_delete is CASCADE:
                rows = relation.related_model._base_manager  # noqa: SLF001 - Django documents it
                rows.filter(**{relation.field.name: member}).delete()
        member.is_staff = member.is_superuser = False
        member.username = member.pseudonym = f"gone {new_public_id()}"
        member.save()
