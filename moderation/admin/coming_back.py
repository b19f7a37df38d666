"""After a visit that ended while somebody typed, for a page that fills its form in by itself; of all others it is done
by config/typed_at_the_desk.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages

from forum.visit import YOUR_VISIT_HAD_ENDED, take_form

if TYPE_CHECKING:
    from django.forms.forms import BaseForm
    from django.http import HttpRequest, QueryDict


def typed_before_sign_in(request: HttpRequest) -> QueryDict | None:
    """Of a form of this page; which one it was, its fields say."""
    before = take_form(request)
    if before:
        messages.info(request, YOUR_VISIT_HAD_ENDED)
    return before


def show_as_typed(form: BaseForm) -> None:
    """Nothing is refused: what is missing is said when it is sent."""
    vars(form)["_errors"] = {}
