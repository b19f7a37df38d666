"""Content notes: the list, on one's own post, and those that a reader would rather not meet."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import checked, refuse_unknown
from common.errors import SignInNeeded
from forum import queries
from forum.api.base import ForumView
from forum.api.parameters import IF_MATCH
from forum.api.serializers import FilterIn, FilterOut, NotesIn, NotesOut, PostOut
from forum.services.content_notes import notes_named
from forum.services.posts import change_notes
from forum.visit import filter_in, keep_filter


class ContentNotesView(ForumView):
    @extend_schema(responses=NotesOut, operation_id="listContentNotes")
    def get(self, request: Request) -> Response:
        """What can be chosen, when writing and for a filter."""
        refuse_unknown(request, set())
        return Response(NotesOut({"notes": queries.show_notes(queries.notes_offered())}).data)


class PostNotesView(ForumView):
    @extend_schema(parameters=[IF_MATCH], request=NotesIn, responses=PostOut, operation_id="setNotes")
    def put(self, request: Request, post_id: str) -> Response:
        """Its author says what it contains: exactly these, beside those that moderators put there. Taking one off may
        ask for another first look.
        """
        body = checked(NotesIn, request)
        post = queries.post_for(self.author, post_id)
        self.require_match(post)
        change_notes(post, actor=self.author, notes=notes_named(body["notes"]))
        return self.alone(queries.post_for(self.author, post_id))


class FilterView(ForumView):
    """Kept in the visit alone, a browser's or an app's. With a claim code send `without` with each request."""

    @extend_schema(responses=FilterOut, operation_id="getFilter")
    def get(self, request: Request) -> Response:
        self._require_visit()
        return self._answer()

    @extend_schema(request=FilterIn, responses=FilterOut, operation_id="setFilter")
    def put(self, request: Request) -> Response:
        """What you would rather not meet, from now on in this visit; an empty list for everything."""
        self._require_visit()
        keep_filter(self.session, notes_named(checked(FilterIn, request)["without"], field="without"))
        if self.session is request.auth:  # an app's, which no cookie saves
            self.session.save()
        return self._answer()

    def _require_visit(self) -> None:
        if self.guest is not None:
            raise SignInNeeded

    def _answer(self) -> Response:
        chosen = filter_in(self.session)
        notes = [note for note in queries.notes_offered(chosen) if note.pk in chosen]
        return Response(FilterOut({"without": queries.show_notes(notes)}).data)
