"""Finding posts by their words."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from common.errors import Invalid
from common.rate_limits import count, network_of
from forum import queries
from forum.pages import search_address
from forum.pages.answers import form_page
from forum.pages.forms import SearchForm
from forum.pages.limits import SEARCHES
from forum.search.words import terms_of
from forum.services.content_notes import notes_named
from forum.visit import reader_of, with_filter


@require_http_methods(["GET", "HEAD", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    """What is sent comes back as an address that says nothing, and that this visit's browser alone can open."""
    reader = reader_of(request)
    asked = search_address.opened(request)
    categories = queries.categories_for(reader)
    notes = queries.notes_offered()
    form = SearchForm(request.POST or None, initial=asked, categories=categories, notes=notes)
    if form.is_valid():
        try:
            terms_of(form.cleaned_data["words"])
        except Invalid as error:
            form.add_errors(error)
        else:
            return redirect(f"{request.path}?{urlencode({'s': search_address.closed(request, form.cleaned_data)})}")
    page = None
    if asked and not form.is_bound:
        count(SEARCHES, network_of(request))
        category = queries.category_for(reader, asked["category"]) if asked["category"] else None
        careful = with_filter(reader, notes_named(asked["without"]))
        page = queries.search_page(careful, asked["words"], category, cursor=request.GET.get("cursor"))
    return form_page(request, "forum/search.html", form, {"page": page, "token": request.GET.get("s", "")})
