"""Finding posts by their words."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import checked
from forum import queries
from forum.api.base import SEARCHES, ForumView
from forum.api.parameters import WITHOUT
from forum.api.serializers import HitsOut, SearchIn


class SearchView(ForumView):
    limit = SEARCHES

    @extend_schema(parameters=[WITHOUT], request=SearchIn, responses=HitsOut, operation_id="search")
    def post(self, request: Request) -> Response:
        """Published posts that hold all of the words, the newest first. Changes nothing.

        A POST, so that no address, history or log of anybody on the way holds what somebody looked for.
        """
        body = checked(SearchIn, request)
        chosen = body.get("category_id")
        category = queries.category_for(self.reader, chosen) if chosen else None
        page = queries.search_page(
            self.reader, body["words"], category, cursor=body.get("cursor"), size=body.get("page_size")
        )
        return Response(HitsOut(page).data)
