"""The page of helplines. The country is the reader's own choice; it is kept only if they ask for that."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from common.errors import NotAllowed
from common.privacy import is_from_elsewhere
from crisis import queries
from crisis.countries import INTERNATIONAL, country_name, offered_country
from crisis.models import Kind
from crisis.visit import SESSION_KEY

# An address stays in the browser's history, so the page asks for kinds by a letter (safety.md B1). Never reassign one.
MARKS: dict[str, Kind] = {
    "a": Kind.EMERGENCY,
    "b": Kind.DOMESTIC_ABUSE,
    "c": Kind.SEXUAL_VIOLENCE,
    "d": Kind.SUICIDE,
    "e": Kind.MENTAL_HEALTH,
    "f": Kind.CHILD,
    "g": Kind.STALKING_TECH,
    "h": Kind.LGBTQ,
    "i": Kind.MEN,
    "j": Kind.ELDER,
    "k": Kind.LEGAL,
    "l": Kind.DIRECTORY,
}


@csrf_exempt  # is_from_elsewhere stands in for the token
@require_http_methods(["GET", "HEAD", "POST"])
def help_page(request: HttpRequest) -> HttpResponse:
    offers = queries.countries()
    codes = {code for code, _name in offers}
    problems = []

    if request.method == "POST":
        if is_from_elsewhere(request):
            raise NotAllowed
        wanted = request.POST.get("country", "").upper()
        if not wanted or wanted in codes:
            return _remember(request, wanted)
    remembered = request.session.get(SESSION_KEY)
    asked = (request.POST if request.method == "POST" else request.GET).get("country", remembered or "")
    country = asked.upper() if asked.upper() in codes else None
    if asked and not country:
        problems.append(_("We have no list for that country yet. What is below works from any country."))

    kind, is_known = _kind(request.GET.get("kind", ""))
    if not is_known:
        problems.append(_("We do not know that kind of help, so here is everything."))
    languages = queries.languages(queries.resources_for(country))
    language = request.GET.get("language", "")
    if language not in dict(languages):
        if language:
            problems.append(_("Nobody here speaks that language as far as we know, so here is every language."))
        language = ""
    open_now = bool(request.GET.get("open"))
    kinds = (kind, *queries.ALWAYS) if kind else ()
    found = queries.resources_for(country, kinds=kinds, language=language, open_now=open_now)

    offered = offered_country(request.headers.get("Accept-Language", ""), among=codes)
    return render(
        request,
        "crisis/help.html",
        {
            "countries": offers,
            "country": country,
            "country_name": country_name(country) if country else "",
            "is_remembered": bool(country) and country == remembered,
            "offered": offered if not country else None,
            "offered_name": country_name(offered) if offered else "",
            "kinds": list(MARKS.items()),
            "kind": kind,
            "languages": languages,
            "language": language,
            "open_now": open_now,
            "here": [resource for resource in found if resource.country != INTERNATIONAL],
            "anywhere": [resource for resource in found if resource.country == INTERNATIONAL],
            "problems": problems,
        },
        status=400 if request.method == "POST" else 200,
    )


def _remember(request: HttpRequest, country: str) -> HttpResponse:
    if country:
        request.session[SESSION_KEY] = country
    else:
        request.session.pop(SESSION_KEY, None)
    return redirect("crisis:help")


def _kind(asked: str) -> tuple[Kind | None, bool]:
    """The kind, and whether what was asked for made sense. Its name works as well as its letter."""
    if not asked:
        return None, True
    kind = MARKS.get(asked.lower()) or next((kind for kind in Kind if kind.value == asked.upper()), None)
    return kind, kind is not None
