"""What moderation keeps about people (common/personal_data.py)."""

from __future__ import annotations

from common.personal_data import Chapter, Holds, NobodysTable, Nothing, Table

_ROW = Nothing("a number of the row, which leaves the server nowhere")

TABLES: tuple[Table | NobodysTable, ...] = (
    Table(
        "moderation.Report",
        Chapter.DESK,
        title="Reports",
        whose="of the reader who sent it",
        seen_by="moderators read the words; nobody sees who sent them",
        kept="as long as the case it belongs to",
        copied="yes, your own words",
        erased="your words go at once; that somebody reported the post, and for which reason, stays with the case",
        without_key="the words, the reason and the day, without who sent it",
        with_key="whether a person that somebody already has in mind sent it",
        fields={
            "id": Nothing("drawn by chance"),
            "case": Nothing("which case it belongs to"),
            "reason": Holds("the reason you chose"),
            "text": Holds("what you wrote to moderators"),
            "reporter_tag": Holds("a mark of you that is another in every case", seen_by="nobody"),
            "reported_on": Holds("the day"),
        },
    ),
    Table(
        "moderation.Case",
        Chapter.DESK,
        title="Cases",
        whose="about one post, and so about whoever wrote it",
        seen_by="moderators",
        kept="as long as the place of the post: what was decided must be there for whoever asks why",
        copied="no: it is the team's work; a word to you stands with your post",
        erased="a case without reports is closed; one with reports stays open, without your words and without your "
        "name, until somebody has looked: or whoever does harm could end every question by leaving",
        without_key="that a post waited for somebody, why, and since which hour",
        with_key="nothing more",
        fields={
            "id": _ROW,
            "public_id": Nothing("a random id, for addresses"),
            "post": Holds("the post it is about"),
            "state": Nothing("open or closed"),
            "reasons": Holds("why somebody should look, as short codes"),
            "is_urgent": Holds("that somebody may be in danger or found, so that it is looked at first"),
            "opened_at": Holds("the hour from which it waited; the day alone, once it is closed"),
            "version": Nothing("to tell two changes apart"),
        },
    ),
    Table(
        "moderation.Decision",
        Chapter.DESK,
        title="Decisions",
        whose="of the moderator who took it, about whoever wrote the post",
        seen_by="moderators; a word to the author also that author",
        kept="as long as the case",
        copied="no: a decision is the team's",
        erased="it stays; a moderator who leaves stays in it as an empty name",
        without_key="what was done about a post, why, when, and by which moderator",
        with_key="nothing more",
        fields={
            "id": _ROW,
            "case": Nothing("the case it ended"),
            "action": Holds("what was done"),
            "word": Holds("a word to the author"),
            "reason": Holds("why, for the next moderator"),
            "post_version": Nothing("which version of the post was read"),
            "moderator": Holds("who decided"),
            "decided_at": Holds("when: a moderator's deeds have a time, yours never"),
        },
    ),
    Table(
        "moderation.AuditEntry",
        Chapter.DESK,
        title="The log of what was done",
        whose="of whoever did it; of a member or guest without saying who",
        seen_by="moderators",
        kept="for good: a log that can be shortened proves nothing",
        copied="no: it does not say which lines are yours",
        erased="it stays: it holds neither words nor names; that an account is closed adds no line",
        without_key="which posts were written, reported, decided or erased on which day, and the deeds of moderators",
        with_key="nothing more",
        fields={
            "id": _ROW,
            "number": Nothing("its place in the log"),
            "event": Holds("what was done"),
            "facts": Holds("random ids and short codes, never words or names"),
            "moderator": Holds("which moderator, if one did it"),
            "at": Holds("the day; of a moderator's deed the time"),
            "previous": Nothing("a check on the line before"),
            "digest": Nothing("a check on this line"),
        },
    ),
    NobodysTable("moderation.AuditHead", "where the log ends", ["id", "number", "digest"]),
)
