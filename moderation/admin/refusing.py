"""What was refused, said first: at the top of the page, with the way to each field (templates/admin/_refused.html)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django import forms
    from django.forms.forms import BaseForm
    from django.http import HttpRequest
    from django.utils.functional import _StrOrPromise

    from common.errors import Invalid


CHOOSE_ONE = {"required": _("Choose one of these.")}


@dataclass(frozen=True, slots=True)
class Refused:
    """`place` is the id of what takes the words; empty where there is none to go to."""

    text: _StrOrPromise
    label: _StrOrPromise = ""
    place: str = ""


def refused(*refusing: BaseForm) -> list[Refused]:
    """Of all forms of a page, in their order."""
    return [each for form in refusing if form.errors for each in _of_form(form)]


def form_page(request: HttpRequest, template: str, context: dict[str, Any], *forms: BaseForm) -> TemplateResponse:
    """A page with these forms, which says first what they refuse; then its status is 400."""
    said = refused(*forms)
    return TemplateResponse(request, template, {**context, "refused": said}, status=400 if said else 200)


def point_at(form: BaseForm, error: Invalid) -> None:
    """At its fields; where it names none, above all of them."""
    if not error.fields:
        form.add_error(None, str(error.text))
    for name, texts in error.fields.items():
        form.add_error(name, [str(text) for text in texts])


def _of_form(form: BaseForm) -> Iterator[Refused]:
    yield from (Refused(str(text)) for text in form.non_field_errors())
    for field in form:
        for text in field.errors:
            yield Refused(str(text)) if field.is_hidden else Refused(str(text), field.label, _place(field))


def _place(field: forms.BoundField) -> str:
    """Of several to choose from the one that is chosen."""
    if not field.use_fieldset:
        return field.auto_id
    chosen = [each.id_for_label for each in field if each.data.get("selected")]
    return chosen[0] if chosen else f"{field.auto_id}_0"
