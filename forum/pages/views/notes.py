"""Content notes: on one's own post, and those that a reader would rather not meet."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from forum import queries
from forum.pages.answers import form_page
from forum.pages.forms import FilterForm, NotesForm
from forum.pages.limits import WRITES, limited
from forum.services.content_notes import notes_named
from forum.services.posts import change_notes
from forum.services.visibility import require_changeable
from forum.visit import filter_in, keep_filter, reader_of


@limited(WRITES)
@require_http_methods(["GET", "HEAD", "POST"])
def post_notes(request: HttpRequest, post_id: str) -> HttpResponse:
    """Its author changes them at any time. What a moderator put there is named, and stays."""
    reader = reader_of(request)
    post = queries.own_post_for(reader, post_id)
    require_changeable(post, reader)
    shown = queries.show_post(reader, post, None)
    own = [note.id for note in shown.notes if not note.is_by_moderator]
    carried = [carried.note_id for carried in post.carried_notes.all() if not carried.is_by_moderator]
    sent = request.POST if request.method == "POST" else None
    form = NotesForm(sent, initial={"notes": own}, notes=queries.notes_offered(carried))
    if form.is_valid():
        change_notes(post, actor=reader, notes=notes_named(form.cleaned_data.get("notes", ())))
        return redirect("forum:post-detail", post_id)
    return form_page(request, "forum/post_notes.html", form, {"post": shown})


@limited(WRITES)
@require_http_methods(["GET", "HEAD", "POST"])
def reader_filter(request: HttpRequest) -> HttpResponse:
    """Kept in the visit alone. Whoever has none yet gets its cookie by choosing something, not by looking."""
    chosen = filter_in(request.session)
    notes = queries.notes_offered(chosen)
    initial = [note.public_id for note in notes if note.pk in chosen]
    sent = request.POST if request.method == "POST" else None
    form = FilterForm(sent, initial={"without": initial}, notes=notes)
    if form.is_valid():
        wanted = () if "all" in request.POST else form.cleaned_data.get("without", ())
        keep_filter(request.session, notes_named(wanted))
        return redirect("forum:filter")
    return form_page(request, "forum/filter.html", form, {"has_filter": bool(chosen)})
