"""An Atom feed of a category's conversations, where the operator switched one on (docs/decisions/0016-the-feed.md)."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from common.days import today
from forum import queries


class _DayFeed(Atom1Feed):
    """An empty one is as old as the day, too."""

    def latest_post_date(self) -> dt.datetime:
        return super().latest_post_date() if self.items else _midnight(today())


@require_safe
def category_feed(request: HttpRequest, category_id: str) -> HttpResponse:
    """What a visitor may read, whoever asks; its titles say no more than a tab does (safety.md B1)."""
    threads = queries.feed_of(category_id)
    place = request.build_absolute_uri(reverse("forum:category-detail", args=[category_id]))
    feed = _DayFeed(
        title=settings.SITE_NAME,
        link=place,
        description="",
        language=get_language(),
        feed_url=request.build_absolute_uri(),
    )
    for thread in threads:
        address = request.build_absolute_uri(reverse("forum:thread-detail", args=[thread.id]))
        feed.add_item(
            title=settings.SITE_NAME,
            link=address,
            unique_id=address,
            description=f"{thread.title}\n\n{thread.excerpt}",
            updateddate=_midnight(thread.day),
        )
    return HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC)
