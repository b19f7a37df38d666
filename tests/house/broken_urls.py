"""The site's URLs and one page that breaks, to see what is shown and logged then."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path

from config.urls import handler400, handler403, handler404, handler500
from config.urls import urlpatterns as ours

__all__ = ["handler400", "handler403", "handler404", "handler500"]


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError(request.POST.get("text", ""))


urlpatterns = [*ours, path("broken/", broken), path("api/broken/", broken)]
