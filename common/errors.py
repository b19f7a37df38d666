"""The family of domain errors. Every refusal in Hearth is one of these; `common/problems.py` alone gives them a shape.

    HearthError
    ├── Invalid              400  something in what was sent needs changing (may name the fields)
    ├── SignInNeeded         401  who is asking must be known first
    ├── NotAllowed           403  known, and may not
    ├── NotFound             404  is not there, or not for this reader: the two look alike
    ├── Conflict             409  the thing is in a state that does not allow this
    ├── Stale                412  somebody changed it meanwhile
    ├── KeyReused            422  one Idempotency-Key, two different requests
    ├── PreconditionNeeded   428  say which version you mean
    └── TooMany              429  wait (`retry_after` seconds)

A message is shown to people: it says what to do next, in kind words, and never repeats what they wrote.
Subclasses stand beside the service that raises them and set `code` (stable, kebab-case; each has a
paragraph in docs/errors.md) and `message` (a lazy translation).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise


class HearthError(Exception):
    """Something that cannot be done, with the words for the person who tried."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "error"
    message: ClassVar[_StrOrPromise] = _("That did not work. Please try again.")

    def __init__(self, message: _StrOrPromise | None = None) -> None:
        self.text: _StrOrPromise = message if message is not None else self.message
        super().__init__(self.code)  # the code, not the text: a log may hold it


class Invalid(HearthError):
    """`fields` maps a field's name to the sentences about it; the empty name means the whole."""

    status = 400
    code = "invalid"
    message = _("Something needs changing before this can be sent. Nothing you wrote is lost.")

    def __init__(
        self,
        message: _StrOrPromise | None = None,
        *,
        fields: Mapping[str, Sequence[_StrOrPromise]] | None = None,
    ) -> None:
        super().__init__(message)
        self.fields: dict[str, list[_StrOrPromise]] = {name: list(texts) for name, texts in (fields or {}).items()}


class Refusals:
    """All that several checks refuse, said at once: of one kind as that, of several as Invalid, with their fields."""

    def __init__(self) -> None:
        self.found: list[Invalid] = []

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Around one check."""
        try:
            yield
        except Invalid as error:
            self.found.append(error)

    def raise_all(self) -> None:
        if len(self.found) == 1:
            raise self.found[0]
        if self.found:
            fields: dict[str, list[_StrOrPromise]] = {}
            for name, texts in (field for error in self.found for field in error.fields.items()):
                said = fields.setdefault(name, [])
                said += [text for text in texts if text not in said]
            kinds = {type(error) for error in self.found}
            raise (kinds.pop() if len(kinds) == 1 else Invalid)(fields=fields)


class SignInNeeded(HearthError):
    status = 401
    code = "sign-in-needed"
    message = _("Please sign in first, or use your six words.")


class NotAllowed(HearthError):
    status = 403
    code = "not-allowed"
    message = _("This is not open to you.")


class NotFound(HearthError):
    status = 404
    code = "not-found"
    message = _("There is nothing here, or nothing for you to see.")


class Conflict(HearthError):
    status = 409
    code = "conflict"
    message = _("This cannot be done as things stand now.")


class Stale(HearthError):
    """`changed`: what did, for whoever may read all of it. Only the door of that reader shows it."""

    status = 412
    code = "stale"
    message = _("This was changed in the meantime. Please look at it again before you go on.")

    def __init__(self, message: _StrOrPromise | None = None, *, changed: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.changed = changed


class KeyReused(HearthError):
    status = 422
    code = "idempotency-key-reused"
    message = _("This Idempotency-Key was already used for a different request. Use a new one.")


class PreconditionNeeded(HearthError):
    status = 428
    code = "precondition-needed"
    message = _("Say which version you are changing: send the ETag you were given as If-Match.")


class TooMany(HearthError):
    """`retry_after` is in whole seconds."""

    status = 429
    code = "too-many-requests"
    message = _("That was a lot in a short time. Please wait a little and try again; nothing is lost.")

    def __init__(self, retry_after: int, message: _StrOrPromise | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after
