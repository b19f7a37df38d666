"""Forum's part in what is one person's own (accounts/own_data.py): posts under every name, revisions, reactions,
drafts. Whom somebody keeps away, and what they follow, are records that go with the account by themselves.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts import sealed_records
from accounts.identity import Identity, member_number
from accounts.pseudonyms import suggest_pseudonym
from common.personal_data import Own
from forum import signals
from forum.authorship import author_tags
from forum.models import Post, Quote, ReactionKind, Revision, ThreadPseudonym
from forum.queries import marks_on, wish_of_story
from forum.screening import Verdict
from forum.search import index
from forum.services.anonymity import OWN_POSTS
from forum.services.blocking import forget_blocks, keep_away_again
from forum.services.content_notes import restore_notes
from forum.services.drafts import drafts_by, forget_drafts, kept_by, restore_drafts
from forum.services.posts import screen_again
from forum.services.quoting import is_said
from forum.services.reactions import reactions_of, restore_reaction
from forum.services.visibility import erase_with_account, put_out_of_sight, restore_post, take_author_off
from forum.services.wishes import restore_wish
from forum.states import PostState

_ROWS = 100  # in memory at once
# Of a post, beside its name.
_KEPT = ("title", "source", "html", "renderer_version", "word_to_author", "marks", "version")
AT_ONCE = 100  # posts that go out of sight with the click, newest first; the job takes the rest a moment later


def count_of(identity: Identity) -> int:
    return _posts_of(identity).count() + sum(1 for _reaction in reactions_of(identity))


def export_of(identity: Identity) -> Iterator[Own]:
    posts = _posts_of(identity).exclude(state=PostState.ERASED).prefetch_related("carried_notes__note")
    for post in posts.iterator(_ROWS):
        name = post.thread_pseudonym.name if post.thread_pseudonym else str(post.author)
        facts = {
            _("Title"): post.title,
            _("Under the name"): name,
            _("State"): str(PostState(post.state).label),
            _("Content notes"): _notes_in_order(post),
            _("What you asked of replies"): ", ".join(wish_of_story(post).words),
            _("The team marked"): " … ".join(" ".join(mark.text.split()) for mark in marks_on(post)),
            _("Its number here"): post.public_id,
        }
        section = _("A reply") if post.parent_id else _("A story")
        yield Own(section, post.written_on, post.source, {label: fact for label, fact in facts.items() if fact})
        for revision in post.revisions.order_by("number"):
            facts = {_("Title"): revision.title} if revision.title else {}
            facts[_("Before an edit of")] = post.public_id
            yield Own(_("What it said before"), revision.replaced_on, revision.source, facts)
    for reaction in reactions_of(identity):
        facts = {_("On the post"): reaction.post.public_id}
        yield Own(_("A reaction"), None, str(ReactionKind(reaction.kind).label), facts)
    for draft in drafts_by(identity):
        facts = {_("Title"): draft.words.title} if draft.words.title else {}
        yield Own(_("Words you kept for later"), draft.kept_on, draft.words.text, facts)


def close(identity: Identity, *, keep_words: bool) -> list[str]:
    """The ids of what went out of sight. What waits for its day is taken back: nobody is left to stop it."""
    for post in sorted(
        _posts_of(identity).filter(state=PostState.SCHEDULED), key=lambda post: (post.thread_id, post.pk)
    ):
        put_out_of_sight(post)
    if keep_words:
        return []
    newest = _posts_of(identity).filter(state=PostState.PUBLISHED).order_by("-written_on")[:AT_ONCE]
    hidden = sorted(newest, key=lambda post: (post.thread_id, post.pk))  # locks of threads, in one order
    for post in hidden:
        put_out_of_sight(post)
    return [post.public_id for post in hidden]


def archive_of(identity: Identity, closed: list[str]) -> dict[str, Any]:
    posts = list(_posts_of(identity).prefetch_related("revisions", "carried_notes"))
    names = {post.thread_pseudonym for post in posts if post.thread_pseudonym}
    return {
        "names": [[name.pk, name.thread_id, name.name, name.waits] for name in names],
        "posts": [
            {
                "id": post.public_id,
                "is_named": post.author_id is not None,
                "name": post.thread_pseudonym_id,
                **{name: getattr(post, name) for name in _KEPT},
                "state": PostState.PUBLISHED if post.public_id in closed else post.state,
                "notes": [[carried.note_id, carried.is_by_moderator] for carried in post.carried_notes.all()],
                "asked": [post.thread.reply_wish, post.thread.reply_limits] if post.parent_id is None else None,
                "revisions": [
                    [revision.number, revision.title, revision.source, revision.replaced_on.isoformat()]
                    for revision in post.revisions.all()
                ],
                "quote": _quote_in(post),
                "quoted_by": list(post.quotes.exclude(passage="").values_list("post__public_id", "passage")),
            }
            for post in posts
        ],
        "reactions": [[reaction.post.public_id, reaction.kind] for reaction in reactions_of(identity)],
        "drafts": kept_by(identity),
    }


def erase(identity: Identity, *, keep_words: bool) -> Iterator[None]:
    for post in _posts_of(identity):
        if not (keep_words and post.state == PostState.PUBLISHED):
            erase_with_account(post)
        elif _is_joined(post, identity) or post.revisions.exists():
            _make_nobodys(post)
        else:
            continue
        yield
    for reaction in list(reactions_of(identity)):  # read to the end before anything is written
        reaction.delete()
        yield
    forget_drafts(identity)
    forget_blocks(identity)
    _sweep()


def restore(identity: Identity, archive: dict[str, Any]) -> None:
    for number, thread, name, waits in archive["names"]:
        _restore_name(identity, number, thread, name, waits=waits)
    back = []
    for kept in archive["posts"]:
        post = Post.objects.select_related("thread__category").get(public_id=kept["id"])
        author = member_number(identity) if kept["is_named"] else None
        words = {name: kept[name] for name in _KEPT if name in kept}  # before there were marks, none were kept
        state = PostState.HELD if kept["state"] == PostState.SCHEDULED else kept["state"]
        if restore_post(post, state, author_id=author, thread_pseudonym_id=kept["name"], words=words):
            back.append(post.pk)
        if kept["asked"] is not None:
            wish, limits = kept["asked"]
            restore_wish(post.thread, wish=wish, limits=limits)
        Revision.objects.bulk_create(
            Revision(post=post, number=number, title=title, source=source, replaced_on=day)
            for number, title, source, day in kept["revisions"]
        )
        restore_notes(post, kept["notes"])
    for kept in archive["posts"]:
        _restore_quotes(kept)
    for pk in back:
        _say_that_it_is_back(Post.objects.select_related("thread__category", "author", "thread_pseudonym").get(pk=pk))
    for post_id, kind in archive["reactions"]:
        restore_reaction(Post.objects.get(public_id=post_id), ReactionKind(kind), giver=identity)
    restore_drafts(identity, archive["drafts"])
    keep_away_again(identity)
    _sweep()


def _sweep() -> None:
    """What went or came at one moment does not stay side by side in the index."""
    transaction.on_commit(index.sweep, robust=True)


def _say_that_it_is_back(post: Post) -> None:
    """What waits, waits for what any such post waits for: a reason of its own would tell which came back together."""
    if post.state == PostState.HELD:
        verdict = screen_again(post, is_edit=False)
        signals.post_written.send(Post, post=post, verdict=Verdict(verdict.reasons or ("put_back",)))
    signals.post_restored.send(Post, post=post)


def _quote_in(post: Post) -> list[str]:
    quote = Quote.objects.filter(post=post).values_list("quoted__public_id", "passage").first()
    return list(quote or [])


def _restore_quotes(kept: dict[str, Any]) -> None:
    """Where what is quoted, and what quotes it, is still there."""
    if kept["quote"]:
        quoted_id, passage = kept["quote"]
        quoted = Post.objects.get(public_id=quoted_id)
        is_there = quoted.state != PostState.ERASED and is_said(passage, quoted)
        Quote.objects.get_or_create(
            post=Post.objects.get(public_id=kept["id"]),
            defaults={"quoted": quoted, "passage": passage if is_there else ""},
        )
    for post_id, passage in kept["quoted_by"]:
        Quote.objects.filter(post__public_id=post_id, quoted__public_id=kept["id"]).update(passage=passage)


def _posts_of(identity: Identity) -> QuerySet[Post]:
    """Under every name, as long as a name joins them to somebody; oldest first."""
    entries = sealed_records.items(OWN_POSTS, identity)
    own = Q(thread_pseudonym__isnull=False, public_id__in=[post_id for _name, _thread, post_id in entries])
    number = member_number(identity)
    if number is not None:
        own |= Q(author=number)
    return Post.objects.filter(own).select_related("author", "thread", "thread_pseudonym").order_by("written_on", "seq")


def _is_joined(post: Post, identity: Identity) -> bool:
    """Or somebody began before, and the tag is nobody's already."""
    name = post.thread_pseudonym
    return name is None or name.tag in author_tags(identity, post.thread.public_id)


@transaction.atomic
def _make_nobodys(post: Post) -> None:
    """What everybody can read stays, and the name in the conversation, so that it can be followed; a tag drawn anew
    joins it to nobody. What the post said before goes: nobody could ever take that away.
    """
    post.revisions.all().delete()
    if post.thread_pseudonym_id:
        drawn = secrets.token_urlsafe(32)
        ThreadPseudonym.objects.filter(pk=post.thread_pseudonym_id).update(tag=drawn)
    take_author_off(post)


def _restore_name(identity: Identity, number: int, thread_id: int, name: str, *, waits: bool | None) -> None:
    """Under another name, if somebody carries it in this conversation by now."""
    known = ThreadPseudonym.objects.filter(pk=number).first() or ThreadPseudonym(pk=number, thread_id=thread_id)
    taken = set(ThreadPseudonym.objects.filter(thread_id=thread_id).exclude(pk=number).values_list("name", flat=True))
    known.name = suggest_pseudonym(taken.__contains__) if name in taken else name
    tag = author_tags(identity, known.thread.public_id)[0]
    is_second = ThreadPseudonym.objects.filter(tag=tag).exclude(pk=number).exists()  # one was adopted from a guest
    known.tag = secrets.token_urlsafe(32) if is_second else tag
    known.waits = waits
    known.save()


def _notes_in_order(post: Post) -> str:
    """As the list that they were chosen from has them."""
    notes = sorted((carried.note for carried in post.carried_notes.all()), key=lambda note: note.position)
    return ", ".join(map(str, notes))
