"""What forum keeps about people (common/personal_data.py)."""

from __future__ import annotations

from common.personal_data import Chapter, Goes, Holds, NobodysTable, Nothing, Table

_ROW = Nothing("a number of the row, which leaves the server nowhere")
_PLACE = Nothing("where it stands in the conversation")

TABLES: tuple[Table | NobodysTable, ...] = (
    Table(
        "forum.Post",
        Chapter.WORDS,
        title="Stories and replies",
        whose="yours, whichever name you wrote under",
        seen_by="everybody who may read that part of the forum, once it is published; before that, and after it was "
        "taken back or taken down, only you and moderators",
        kept="until you erase it",
        copied="yes, all of yours under every name",
        erased="the words go at once; an empty place stays where others answered",
        without_key="the words, the day, and the name they stand under",
        with_key="nothing more by itself",
        fields={
            "id": _ROW,
            "public_id": Nothing("a random id, for addresses"),
            "title": Holds("the title"),
            "source": Holds("your words as you typed them"),
            "html": Holds("the same words, ready for the page"),
            "thread": _PLACE,
            "parent": _PLACE,
            "path": _PLACE,
            "seq": _PLACE,
            "children": _PLACE,
            "shown_children": _PLACE,
            "author": Holds(
                "your account, if you wrote under your pseudonym, and nothing if you wrote anonymously",
                seen_by="everybody, as your pseudonym",
            ),
            "thread_pseudonym": Holds("the name you carry in that one conversation, if you wrote anonymously"),
            "state": Holds("whether it waits, is published, was sent back, taken back, taken down or erased"),
            "renderer_version": Nothing("which version of our own code made the page's form"),
            "word_to_author": Holds(
                "what a moderator wrote to you about it", seen_by="you and moderators", copied="no: they are not yours"
            ),
            "version": Nothing("how often it was changed, to tell two edits apart"),
            "written_on": Holds("the day, never the time"),
            "is_edited": Holds("that it was edited"),
        },
    ),
    Table(
        "forum.Revision",
        Chapter.WORDS,
        title="What a post said before you edited it",
        whose="yours",
        seen_by="you and moderators",
        kept="until you erase the post",
        copied="yes",
        erased="it goes with the post",
        without_key="the earlier words and the day on which they were replaced",
        with_key="nothing more",
        fields={
            "id": _ROW,
            "post": Nothing("which post it is of"),
            "number": Nothing("its place among the versions"),
            "title": Holds("the earlier title"),
            "source": Holds("the earlier words"),
            "replaced_on": Holds("the day of the edit"),
        },
    ),
    Table(
        "forum.ThreadPseudonym",
        Chapter.WORDS,
        title="The name you carry in one conversation",
        whose="yours, if you write anonymously",
        seen_by="the name: everybody who reads there; whose it is: nobody",
        kept="as long as a post stands under it",
        copied="the name, with each post",
        erased="it goes with your words; if you leave them here it stays as nobody's",
        without_key="a name that was made up by the machine, and a mark that joins it to nobody",
        with_key="whether a person that somebody already has in mind carries it",
        fields={
            "id": _ROW,
            "thread": _PLACE,
            "name": Holds("a made-up name, another in each conversation"),
            "tag": Holds("a mark that only the holder of the seal key can make again", seen_by="nobody"),
        },
    ),
    Table(
        "forum.Reaction",
        Chapter.WORDS,
        title="Reactions",
        whose="yours",
        seen_by="whoever wrote the post sees that such a reaction is there; nobody sees whose it is, nor how many",
        kept="until you take it back, or the post goes",
        copied="yes: which, and on which post",
        erased="it goes",
        without_key="that somebody reacted to a post",
        with_key="whose it is",
        fields={
            "id": Nothing("drawn by chance"),
            "post": Nothing("which post it is on"),
            "kind": Holds("which of the four it is"),
            "tag": Holds("a mark of you that is another on every post", seen_by="nobody"),
            "giver": Holds("whose it is, sealed", seen_by="nobody"),
        },
    ),
    Table(
        "forum.IdempotencyRecord",
        Chapter.MACHINE,
        title="So that a double click does not post twice",
        whose="of whoever sent something",
        seen_by="nobody: it is sealed under a key that only your browser had",
        kept="to the end of the next day",
        copied="no: there is nothing in it that you do not have elsewhere",
        erased="the answer goes with the post; the empty row goes a day later",
        without_key="that something was sent on a day",
        with_key="nothing more",
        fields={
            "id": Nothing("drawn by chance"),
            "key_tag": Holds("a mark of what was sent, by whom"),
            "request_tag": Holds("the same, to tell a different text apart"),
            "subject_tag": Holds("a mark of the post, so that erasing it finds this row"),
            "answer": Holds("what was answered, sealed"),
            "made_on": Holds("the day"),
        },
        goes=Goes("made_on", days=2),
    ),
    NobodysTable(
        "forum.Category",
        "a part of the forum, named by whoever runs it",
        ["id", "public_id", "title", "description", "position", "is_members_only", "is_premoderated"],
    ),
    NobodysTable(
        "forum.Thread",
        "the frame of a conversation; the words in it are the posts'",
        ["id", "public_id", "category", "is_locked", "is_shown", "active_on", "activity", "last_seq", "source_digest"],
    ),
)
