"""A visit ended while somebody typed at the desk: what they typed waits behind the sign-in, for them alone.

Whatever form it is, so that a new one need not be thought of: it only has to say whose it is (`writer`, of each page's
context). The page fills it in once more; what finds no place in it stands above the page, to copy.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.admin.helpers import AdminForm
from django.forms import BaseForm
from django.template.response import TemplateResponse
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _

from common.errors import SignInNeeded
from common.problems import answer, gives_back, written_at_the_desk
from forum.pages.answers import ask_sign_in
from forum.visit import YOUR_VISIT_HAD_ENDED, keep_form, lead_form_on, take_form

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse, QueryDict
    from django.http.response import HttpResponseBase

SEND_ONCE_MORE = _("Your visit has ended. Sign in again, and send once more what is kept below.")
NOTHING_SENT = _("Your visit has ended, and nothing was sent. Please sign in again.")
WORDS_KEPT = _("Your visit has ended. What you typed is kept for you alone: sign in, and you go on with it.")


def sign_in_first(request: HttpRequest) -> HttpResponse:
    """A form that says whose it is waits for them behind the sign-in; what any other held is given back at once."""
    if not keep_form(request):
        return answer(request, SignInNeeded(SEND_ONCE_MORE if gives_back(request) else NOTHING_SENT))
    messages.info(request, WORDS_KEPT)
    return ask_sign_in(request)


def give_back(request: HttpRequest, response: HttpResponseBase) -> None:
    """To whoever typed it, with the page it was sent to, or with the one that page leads to by now."""
    if not isinstance(response, TemplateResponse):
        if response.status_code in {301, 302}:
            lead_form_on(request, urlsplit(response.headers["Location"]).path)
        return
    typed = take_form(request)
    if typed is None:
        return
    messages.info(request, YOUR_VISIT_HAD_ENDED)
    context = cast("dict[str, Any]", response.context_data)
    for form in _forms_in(list(context.values())):
        _fill_in(form, typed)
    shown = response.rendered_content
    context["typed_before"] = "\n\n".join(
        words for words in written_at_the_desk(typed).values() if not _stands_in_a_field(escape(words), shown)
    )


def _stands_in_a_field(words: str, shown: str) -> bool:
    return f"{words}</textarea>" in shown or f'value="{words}"' in shown


def _forms_in(values: Any) -> Iterator[BaseForm]:
    for value in values:
        if isinstance(value, AdminForm):
            yield value.form
        elif isinstance(value, BaseForm):
            yield value
        elif isinstance(value, list | tuple):
            yield from _forms_in(value)


def _fill_in(form: BaseForm, typed: QueryDict) -> None:
    """As what it begins with: nothing is refused before it is sent."""
    names = {name: form.add_prefix(name) for name in form.fields}
    if not typed.keys() & {*names.values()}:
        return
    for name, sent_as in names.items():
        form.initial[name] = form.fields[name].widget.value_from_datadict(typed, {}, sent_as)
    vars(form)["_bound_fields_cache"] = {}  # which hold what it began with until now
