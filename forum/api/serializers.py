"""Shapes. Output serializers name every field that leaves; input serializers check form, never rules."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from crisis.api.serializers import CardSerializer
from forum.authorship import SpeaksAs
from forum.comparing import Kind as ChangeKind
from forum.delays import LONGEST_HOURS
from forum.models import ReactionKind, ReplyLimit, ReplyWish
from forum.queries import NameKind
from forum.services.content_notes import MOST_NOTES
from forum.states import PostState

HELP = "People who can help, where the words say that somebody may be in danger: show it to the author at once."
COUNTRY = "ISO 3166-1 alpha-2, hand-picked: whose helplines come back, should they be needed. Not kept."


class CategoryOut(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    title = serializers.CharField()
    description = serializers.CharField()
    is_members_only = serializers.BooleanField()
    is_premoderated = serializers.BooleanField()
    has_feed = serializers.BooleanField(help_text="Whether there is an Atom feed of it, at `/c/{id}/feed/`.")
    slow_minutes = serializers.IntegerField(help_text="Between two replies of one name in one thread; 0: none.")


class CategoriesOut(serializers.Serializer[Any]):
    categories = CategoryOut(many=True)


class NoteOut(serializers.Serializer[Any]):
    id = serializers.CharField()
    title = serializers.CharField(source="words", help_text="In your language, if it came with Hearth.")


class CarriedNoteOut(NoteOut):
    is_by_moderator = serializers.BooleanField(help_text="Told to the post's author and to moderators.")


class NotesOut(serializers.Serializer[Any]):
    notes = NoteOut(many=True)


class NotesIn(serializers.Serializer[Any]):
    notes = serializers.ListField(
        child=serializers.CharField(max_length=40), max_length=MOST_NOTES, help_text="Their ids."
    )


class FilterOut(serializers.Serializer[Any]):
    without = NoteOut(many=True)


class FilterIn(serializers.Serializer[Any]):
    without = serializers.ListField(
        child=serializers.CharField(max_length=40), max_length=MOST_NOTES, help_text="Ids of content notes."
    )


class ThreadOut(serializers.Serializer[Any]):
    id = serializers.CharField()
    category_id = serializers.CharField()
    category_title = serializers.CharField()
    title = serializers.CharField(help_text="Empty where the opening post is not yours to read.")
    excerpt = serializers.CharField(help_text="Empty where it carries content notes.")
    notes = NoteOut(many=True)
    name = serializers.CharField()
    name_kind = serializers.ChoiceField([kind.value for kind in NameKind])
    when = serializers.CharField(help_text='In words, to the day at most: "today", "in March".')
    is_readable = serializers.BooleanField()
    is_locked = serializers.BooleanField()


class ThreadsOut(serializers.Serializer[Any]):
    pinned = ThreadOut(many=True, help_text="Above a category's first page, and in none of its pages.")
    threads = ThreadOut(many=True)
    next = serializers.CharField(allow_null=True)
    prev = serializers.CharField(allow_null=True)


class NoticeOut(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    text = serializers.CharField()


class NoticesOut(serializers.Serializer[Any]):
    notices = NoticeOut(many=True)


class PartOut(serializers.Serializer[Any]):
    text = serializers.CharField(help_text="Plain text, not HTML.")
    is_hit = serializers.BooleanField()


class HitOut(serializers.Serializer[Any]):
    id = serializers.CharField(help_text="The post's.")
    thread_id = serializers.CharField()
    category_id = serializers.CharField()
    category_title = serializers.CharField()
    title = PartOut(many=True, help_text="Its thread's. Empty where that is not yours to read.")
    excerpt = PartOut(many=True, help_text="Empty where the post carries content notes.")
    notes = NoteOut(many=True)
    name = serializers.CharField()
    name_kind = serializers.ChoiceField([kind.value for kind in NameKind])
    when = serializers.CharField()
    is_reply = serializers.BooleanField()


class HitsOut(serializers.Serializer[Any]):
    hits = HitOut(many=True)
    next = serializers.CharField(allow_null=True)
    prev = serializers.CharField(allow_null=True)


class QuoteOut(serializers.Serializer[Any]):
    post_id = serializers.CharField(help_text="Empty, as all of it, where what it quotes is not there for you.")
    name = serializers.CharField()
    name_kind = serializers.ChoiceField([kind.value for kind in NameKind])
    passage = serializers.CharField(help_text="Plain text, not HTML.")
    notes = NoteOut(many=True, help_text="Of the post that is quoted: show the words once they are opened.")
    is_filtered = serializers.BooleanField(help_text="Left out, because it is under a note that you filter.")
    is_readable = serializers.BooleanField()


class MarkOut(serializers.Serializer[Any]):
    start = serializers.IntegerField(help_text="In the title, a line break and the source; of a reply in the source.")
    end = serializers.IntegerField(help_text="Where it is over. Both count signs (Unicode code points).")
    text = serializers.CharField()


class PostOut(serializers.Serializer[Any]):
    id = serializers.CharField()
    thread_id = serializers.CharField()
    parent_id = serializers.CharField(allow_null=True)
    depth = serializers.IntegerField()
    name = serializers.CharField()
    name_kind = serializers.ChoiceField([kind.value for kind in NameKind])
    is_thread_author = serializers.BooleanField()
    title = serializers.CharField()
    html = serializers.CharField(help_text="Safe HTML. Empty where the words are not yours to read.")
    source = serializers.CharField(help_text="As it was written, for its author alone.")  # type: ignore[assignment]  # a field's name
    notes = CarriedNoteOut(many=True, help_text="Show the words only once they are opened.")
    is_readable = serializers.BooleanField()
    is_filtered = serializers.BooleanField(help_text="Its words are not sent, for you filter a note of it.")
    state = serializers.ChoiceField(PostState.choices)
    when = serializers.CharField()
    is_edited = serializers.BooleanField()
    is_own = serializers.BooleanField()
    can_change = serializers.BooleanField(
        help_text="Its words, with PATCH: yours, opened with a code that may, and neither hidden nor withdrawn."
    )
    can_erase = serializers.BooleanField(help_text="Yours, and not opened with a code for reading only.")
    can_reply = serializers.BooleanField()
    word_to_author = serializers.CharField(help_text="From the team, for its author. Some seconds after what was done.")
    word_follows = serializers.BooleanField(help_text="Yours, and a word from the team is on its way: ask again soon.")
    marks = MarkOut(many=True, help_text="Which words that word is about, while the post is returned: for its author.")
    help_for = serializers.CharField(
        help_text="With its word the team thought of people who can help: in a country (`crisis/resources/`), or `*`."
    )
    quote = QuoteOut(allow_null=True)
    waits_until = serializers.CharField(help_text="The day, in words, if you put it off; told to its author alone.")
    can_put_off = serializers.BooleanField(help_text="Yours, put off, and not there yet.")
    is_flagged = serializers.BooleanField(
        help_text="It waits because it may not be what this conversation asked for. For its author and moderators."
    )
    can_flag = serializers.BooleanField(help_text="You began the conversation, and may hold this reply.")
    has_warmth = serializers.BooleanField(help_text="Somebody reacted to it. Nobody is told who, or how many.")
    warmth = serializers.ListField(
        child=serializers.ChoiceField(ReactionKind.choices),
        help_text="Which kinds are there: for its author alone, where the post is asked for or its thread's posts are.",
    )
    given = serializers.ListField(child=serializers.ChoiceField(ReactionKind.choices), help_text="Which you gave.")


class OwnPlaceOut(serializers.Serializer[Any]):
    id = serializers.CharField()
    when = serializers.CharField()


class PostsOut(serializers.Serializer[Any]):
    posts = PostOut(many=True)
    ancestors = PostOut(many=True)
    own = OwnPlaceOut(many=True, help_text="Your replies in this thread, on whatever page: the last twenty.")
    next = serializers.CharField(allow_null=True)
    prev = serializers.CharField(allow_null=True)


class ThreadDetailOut(serializers.Serializer[Any]):
    id = serializers.CharField()
    category_id = serializers.CharField()
    is_locked = serializers.BooleanField()
    is_pinned = serializers.BooleanField()
    slow_minutes = serializers.IntegerField(help_text="Between two replies of one name; 0: none.")
    is_paused = serializers.BooleanField(help_text="Whoever began it takes no replies just now.")
    can_pause = serializers.BooleanField(help_text="It is yours to pause, and to let go on.")
    reply_wish = serializers.ChoiceField(
        ReplyWish.choices, allow_blank=True, help_text="What its author asks of replies: show it to whoever answers."
    )
    reply_limits = serializers.ListField(child=serializers.ChoiceField(ReplyLimit.choices))
    opening = PostOut()


class WrittenOut(serializers.Serializer[Any]):
    post = PostOut()
    claim_code = serializers.CharField(help_text="Shown this once. Empty unless it was made just now.")
    help = CardSerializer(allow_null=True, help_text=HELP)


class EditedOut(PostOut):
    help = CardSerializer(allow_null=True, help_text=HELP)


class ClaimCodeIn(serializers.Serializer[Any]):
    may_write = serializers.BooleanField(help_text="For everything, or for reading only.")


class ClaimCodeOut(serializers.Serializer[Any]):
    claim_code = serializers.CharField(help_text="Shown this once.")
    may_write = serializers.BooleanField()


class ClaimOut(serializers.Serializer[Any]):
    may_write = serializers.BooleanField()
    codes = serializers.IntegerField(help_text="How many open the same posts, this one included.")


class AdoptionIn(serializers.Serializer[Any]):
    claim_code = serializers.CharField(max_length=200, help_text="In the body, never in an address.")


class DraftIn(serializers.Serializer[Any]):
    text = serializers.CharField(trim_whitespace=False, allow_blank=True)
    title = serializers.CharField(required=False, allow_blank=True, trim_whitespace=False)
    speaks_as = serializers.ChoiceField([kind.value for kind in SpeaksAs], required=False, allow_blank=True)
    category_id = serializers.CharField(required=False, allow_blank=True, max_length=40)
    notes = serializers.ListField(
        child=serializers.CharField(max_length=40), max_length=MOST_NOTES, required=False, help_text="Their ids."
    )
    reply_wish = serializers.ChoiceField(ReplyWish.choices, required=False, allow_blank=True)
    reply_limits = serializers.ListField(
        child=serializers.ChoiceField(ReplyLimit.choices), required=False, max_length=10
    )
    delay_hours = serializers.IntegerField(required=False, min_value=0, max_value=LONGEST_HOURS)
    passage = serializers.CharField(required=False, allow_blank=True, trim_whitespace=False)


class DraftOut(serializers.Serializer[Any]):
    place = serializers.CharField(help_text='"new", or the id of the post that is answered.')
    title = serializers.CharField(source="words.title")
    text = serializers.CharField(source="words.text")
    speaks_as = serializers.CharField(source="words.speaks_as")
    category_id = serializers.CharField(source="words.category_id")
    notes = serializers.ListField(child=serializers.CharField(), source="words.notes")
    reply_wish = serializers.CharField(source="words.reply_wish")
    reply_limits = serializers.ListField(child=serializers.CharField(), source="words.reply_limits")
    delay_hours = serializers.IntegerField(source="words.delay_hours")
    passage = serializers.CharField(source="words.passage")
    when = serializers.CharField(help_text="The day it was last kept, in words. It is gone thirty days after.")


class DraftsOut(serializers.Serializer[Any]):
    drafts = DraftOut(many=True)


class OwnPostsOut(serializers.Serializer[Any]):
    posts = PostOut(many=True)


class _BeforeOut(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    title = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]  # a field's name


class RevisionsOut(serializers.Serializer[Any]):
    revisions = _BeforeOut(many=True)


class ChangeOut(serializers.Serializer[Any]):
    kind = serializers.ChoiceField([kind.value for kind in ChangeKind])
    text = serializers.CharField(help_text="Plain text, not HTML.")


class RevisionOut(_BeforeOut):
    when = serializers.CharField(help_text="The day it was replaced, in words.")
    title_changes = ChangeOut(many=True)
    text_changes = ChangeOut(many=True, help_text="From this to what it said next.")


class _SpokenIn(serializers.Serializer[Any]):
    text = serializers.CharField(trim_whitespace=False)
    speaks_as = serializers.ChoiceField([kind.value for kind in SpeaksAs], required=False)
    delay_hours = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=LONGEST_HOURS,
        help_text="It appears no earlier than that, at a moment drawn within some hours after it.",
    )
    country = serializers.CharField(required=False, allow_blank=True, max_length=2, help_text=COUNTRY)
    notes = serializers.ListField(
        child=serializers.CharField(max_length=40),
        max_length=MOST_NOTES,
        required=False,
        help_text="Ids of content notes.",
    )


class DelayIn(serializers.Serializer[Any]):
    delay_hours = serializers.IntegerField(min_value=1, max_value=LONGEST_HOURS, help_text="From now.")


class WishIn(serializers.Serializer[Any]):
    reply_wish = serializers.ChoiceField(ReplyWish.choices, required=False, allow_blank=True, default="")
    reply_limits = serializers.ListField(
        child=serializers.ChoiceField(ReplyLimit.choices), required=False, default=list, max_length=10
    )


class StoryIn(WishIn, _SpokenIn):
    category_id = serializers.CharField(max_length=40)
    title = serializers.CharField(allow_blank=True)


class QuoteIn(serializers.Serializer[Any]):
    post = serializers.CharField(required=False, max_length=40, help_text="Of this thread. Default: what is answered.")
    passage = serializers.CharField(help_text="Words of it, in one piece and as they are read.")


class ReplyIn(_SpokenIn):
    quote = QuoteIn(required=False)
    parent_id = serializers.CharField(required=False, max_length=40, help_text="Default: the opening post.")


class PreviewIn(serializers.Serializer[Any]):
    text = serializers.CharField(trim_whitespace=False)
    title = serializers.CharField(required=False, allow_blank=True, default="")


class PreviewOut(serializers.Serializer[Any]):
    title = serializers.CharField()
    html = serializers.CharField(help_text="Safe HTML, as it would stand in a thread.")


class PostPatchIn(serializers.Serializer[Any]):
    title = serializers.CharField(required=False, allow_blank=True)
    text = serializers.CharField(required=False, trim_whitespace=False)
    country = serializers.CharField(required=False, allow_blank=True, max_length=2, help_text=COUNTRY)


class SearchIn(serializers.Serializer[Any]):
    words = serializers.CharField(help_text="All are looked for; in quotation marks, beside each other.")
    category_id = serializers.CharField(required=False, max_length=40)
    cursor = serializers.CharField(required=False, help_text="From `next` or `prev` of the page before.")
    page_size = serializers.IntegerField(required=False, help_text="1 to 100.")
