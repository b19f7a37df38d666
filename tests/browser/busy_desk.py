"""Gives every page of the desk something to show: `python -m tests.browser.busy_desk NAME`, in a site's environment.

NAME is the moderator who looks. Says as JSON where the pages stand, and who else can sign in.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from typing import Any

import django

WORDS = "He has a knife and he says he is coming in. The door is locked. Please."


def fill(name: str) -> dict[str, Any]:  # noqa: PLR0915 - told in order
    from accounts.models import User
    from common.days import today
    from common.public_id import new_public_id
    from crisis.models import Resource
    from forum.authorship import Reader, Speaker, SpeaksAs
    from forum.models import Category, ContentNote, Post
    from forum.queries import notes_offered
    from forum.services.anonymity import open_own, read_claim
    from forum.services.posts import edit_post, reply_to, start_thread
    from moderation.models import AuditEntry, CannedReply, Case, Decision, DutyDay, Seen, Undoing
    from moderation.services import duty, second_looks
    from moderation.services.appeals import appeal_statement
    from moderation.services.batches import BulkAct, Chosen, carry_out
    from moderation.services.decisions import decide
    from moderation.services.holds import place_hold
    from moderation.services.moderators import create_moderator
    from moderation.services.notes import add_note
    from moderation.services.raid import set_switch
    from moderation.services.reports import report_post
    from moderation.services.sanctions import Terms
    from moderation.services.two_people import ask_for_look

    looks = User.objects.get(username=name)
    other, _password = create_moderator("another lead", is_lead=True)
    tired, password = create_moderator("somebody tired")
    category = Category.objects.filter(is_members_only=False).order_by("position", "pk")[0]
    guest = Speaker(SpeaksAs.GUEST)

    def case_of(post: Post) -> Case:
        return Case.objects.select_related("post").filter(post=post).latest("pk")

    def place(case: Case) -> str:
        return f"moderation/case/{case.pk}/change/"

    def story(title: str, text: str = "Some quiet words.", notes: Any = ()) -> Any:
        return start_thread(category, actor=guest, title=title, text=text, notes=list(notes))

    def opened(written: Any) -> Reader:
        return Reader(opened=open_own(read_claim(written.claim_code).guest).pseudonyms)

    def decided(post: Post, by: User, action: str, **said: Any) -> Decision:
        case = case_of(post)
        return decide(case, actor=by, action=action, seen=Seen.of(case), reason="It names a street.", **said)

    # A conversation, and in it an answer that a screener, readers and the team have something to say of.
    top = story("Read by axe", "Words with a note.", notes_offered()[:2])
    decided(top.post, other, "PUBLISH")
    middle = reply_to(top.post, actor=guest, text="I believe you.")
    decided(middle.post, other, "PUBLISH")
    answer = reply_to(middle.post, actor=guest, text=WORDS)
    report_post(answer.post, actor="a reader", reason="DANGER", text="I am afraid for her.")
    edit_post(answer.post, actor=opened(answer), version=1, title="", text=f"{WORDS} He is outside.")
    add_note(case_of(answer.post), actor=other, text="She wrote yesterday, too.")
    plain = story("X" * 90)  # one word wider than a small phone
    changed = story("A story that is changed meanwhile")
    edit_post(changed.post, actor=opened(changed), version=1, title="A story", text="Other quiet words.")

    # What somebody else decided: hidden with a step on the name, appealed from, and read once more.
    hidden = story("K" * 90, "Words about a kitchen.", notes_offered()[:1])
    statement = decided(hidden.post, other, "HIDE", sanction=Terms("BAN", "A second time.")).statement
    assert statement is not None
    look_at = story("G" * 90)
    decided(look_at.post, other, "PUBLISH")
    Post.objects.update(word_leaves_at=None)
    Undoing.objects.all().delete()
    appeal = appeal_statement(statement, actor=opened(hidden), text="It is the name of a song.")
    sanction = statement.sanctions.get()
    look = second_looks.take_second_look(actor=looks)
    assert look is not None

    sold = [case_of(story(f"Something to sell {number}").post) for number in range(2)]
    chosen = [Chosen(case.public_id, Seen.of(case)) for case in sold]
    batch = carry_out(new_public_id(), BulkAct("HIDE", "It sells something.", ""), actor=looks, chosen=chosen)
    waiting = [case_of(story(f"Something else to sell {number}").post).public_id for number in range(2)]
    place_hold(plain.post, actor=looks, reason="A court asked.", until=today() + dt.timedelta(days=30))
    ask_for_look(plain.post, actor=other, access="EVIDENCE", reason="A court asked.")
    set_switch("HOLD_EVERYTHING", actor=looks, hours=12)

    # Whoever had enough, and avoids what a case about a life is about.
    avoided = [note.public_id for note in ContentNote.objects.all()[:2]]
    duty.choose_duty(tired, actor=tired, avoided_notes=avoided, enough=1, off_until=None)
    DutyDay.objects.create(moderator=tired, day=today(), cases=1)

    resource = Resource.objects.order_by("pk")[0]
    entry = AuditEntry.objects.order_by("number")[0]
    return {
        "tired": tired.username,
        "password": password,
        "waiting": waiting,
        "case": place(case_of(answer.post)),
        "plain case": place(case_of(plain.post)),
        "changed": place(case_of(changed.post)),
        "closed case": place(case_of(middle.post)),
        "appeal": place(Case.objects.get(appeal=appeal)),
        "second look": f"moderation/case/second-look/{look.public_id}/",
        "batch": f"moderation/batch/{batch.pk}/change/",
        "sanction": f"moderation/sanction/{sanction.pk}/change/",
        "entry": f"moderation/auditentry/{entry.pk}/",
        "decision": f"moderation/decision/{Decision.objects.order_by('pk')[0].pk}/change/",
        "reply": f"moderation/cannedreply/{CannedReply.objects.order_by('pk')[0].pk}/change/",
        "service": f"crisis/resource/{resource.pk}/",
    }


if __name__ == "__main__":
    django.setup()
    sys.stdout.write(json.dumps(fill(sys.argv[1])))
