"""What a sanction does: it is put on a name, and meets whoever carries it under every name they have."""

from __future__ import annotations

import secrets
from io import StringIO
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.conf import settings
from django.core.management import call_command
from django.test import override_settings

from accounts.archive_key import make_archive_key
from accounts.identity import identity_of
from accounts.models import SealedRecord
from accounts.services.closing import close_account, reopen_account
from common.errors import Invalid
from common.memorable import new_code
from config.tasks import forget_old_rows
from forum.authorship import Reader, Speaker, SpeaksAs
from forum.models import Category, Post, ReactionKind
from forum.services.adopting import adopt_posts
from forum.services.anonymity import open_member, read_claim
from forum.services.burning import burn_name
from forum.services.claims import end_every_code
from forum.services.drafts import NEW, Words, draft_at, keep_draft
from forum.services.posts import edit_post, put_back_post, reply_to, start_thread
from forum.services.reactions import give_reaction, take_back_reaction
from forum.services.restricting import (
    CARRIED,
    RESTRICTED,
    RESTRICTIONS,
    NobodyToFree,
    NobodyToRestrict,
    WritingPaused,
)
from forum.services.visibility import erase_post, publish_post, withdraw_post
from forum.states import PostState
from moderation.models import Action, AuditEntry, Case, Level, Sanction, Seen
from moderation.queries import sanctions_on_name_of
from moderation.services.decisions import decide
from moderation.services.reports import report_post
from moderation.services.roles import NotAModerator
from moderation.services.sanctions import NothingToLift, SanctionUnfit, Terms, lift_sanction, sanction_author
from tests.accounts.leaving import work
from tests.personas import PASSWORD, open_cases, written_by, written_by_guest
from tests.sealed import kept

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
NAMED, MASKED = SpeaksAs.PSEUDONYM, SpeaksAs.THREAD_PSEUDONYM


@pytest.fixture
def speaks(trusted_member: User) -> Speaker:
    """A member whose posts need no first look any more, about to write under another name."""
    return Speaker(MASKED, trusted_member)


@pytest.fixture
def masked(speaks: Speaker, category: Category) -> Post:
    return start_thread(category, actor=speaks, title="A title", text="Cruel words.").post


def put_on(post: Post, by: User, level: str, days: int | None = None, *, only_here: bool = False) -> Sanction:
    fresh = Post.objects.select_related("thread__category").get(pk=post.pk)
    return sanction_author(fresh, actor=by, terms=Terms(level, "It was cruel.", days, only_here))


def says(post: Post, member: User, voice: SpeaksAs = NAMED) -> Post:
    return reply_to(post, actor=Speaker(voice, member), text="More words.").post


def opened(member: User) -> Reader:
    return Reader(member, opened=open_member(member).pseudonyms)


def reasons_of(post: Post) -> list[str]:
    return [reason for case in Case.objects.filter(post=post) for reason in case.reasons]


# --- Nothing new ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("voice", [NAMED, MASKED])
def test_a_ban_on_an_anonymous_name_stops_the_accounts_next_post(
    masked: Post, trusted_member: User, other_member: User, moderator: User, category: Category, voice: SpeaksAs
) -> None:
    elsewhere = publish_post(written_by(other_member, category), actor=None)
    put_on(masked, moderator, Level.BAN)
    before = list(Post.objects.order_by("pk").values()), elsewhere.thread.last_seq, SealedRecord.objects.count()

    with pytest.raises(WritingPaused):
        says(elsewhere, trusted_member, voice)
    with pytest.raises(WritingPaused):
        start_thread(category, actor=Speaker(voice, trusted_member), title="A title", text="Words.")

    elsewhere.thread.refresh_from_db()
    assert (
        list(Post.objects.order_by("pk").values()),
        elsewhere.thread.last_seq,
        SealedRecord.objects.count(),
    ) == before
    says(masked, other_member)


def test_a_ban_on_a_pseudonym_stops_its_anonymous_names_too(
    trusted_member: User, moderator: User, category: Category
) -> None:
    post = written_by(trusted_member, category)
    put_on(post, moderator, Level.BAN)
    with pytest.raises(WritingPaused):
        says(post, trusted_member, MASKED)


def test_a_suspension_ends_with_its_day(
    masked: Post, trusted_member: User, moderator: User, clock: time_machine.Traveller
) -> None:
    put_on(masked, moderator, Level.SUSPENSION, days=3)
    clock.move_to("2026-03-04T23:59:00Z")
    with pytest.raises(WritingPaused) as refused:
        says(masked, trusted_member)
    assert "March 5, 2026" in str(refused.value.text)
    clock.move_to("2026-03-05T00:01:00Z")
    assert says(masked, trusted_member).state == PostState.PUBLISHED


def test_of_two_the_longer_holds(masked: Post, trusted_member: User, moderator: User) -> None:
    put_on(masked, moderator, Level.SUSPENSION, days=30)
    put_on(masked, moderator, Level.SUSPENSION, days=3)
    with pytest.raises(WritingPaused) as refused:
        says(masked, trusted_member)
    assert "April 1, 2026" in str(refused.value.text)


def test_a_guests_next_words_under_the_same_code_are_stopped_and_a_new_code_is_somebody_else(
    category: Category, moderator: User
) -> None:
    guest = written_by_guest(category)
    put_on(guest.post, moderator, Level.BAN)
    speaker = Speaker(SpeaksAs.GUEST, guest=read_claim(guest.code).guest)
    with pytest.raises(WritingPaused):
        start_thread(category, actor=speaker, title="A title", text="Words.")
    assert written_by_guest(category).post.state == PostState.HELD


def test_in_one_part_of_the_forum_alone(
    masked: Post, trusted_member: User, other_member: User, moderator: User, members_category: Category
) -> None:
    elsewhere = publish_post(written_by(other_member, members_category), actor=None)
    put_on(masked, moderator, Level.BAN, only_here=True)
    says(elsewhere, trusted_member)
    with pytest.raises(WritingPaused) as refused:
        says(masked, trusted_member)
    assert "this part of the forum" in str(refused.value.text)


def test_the_words_do_not_say_which_name_it_is_about(
    masked: Post, trusted_member: User, other_member: User, moderator: User, category: Category
) -> None:
    """Whoever holds the phone of somebody suspended learns that, and not that there is another name."""
    named = publish_post(written_by(other_member, category), actor=None)
    put_on(named, moderator, Level.SUSPENSION, days=3)
    put_on(masked, moderator, Level.SUSPENSION, days=3)
    said = []
    for member in (trusted_member, other_member):
        with pytest.raises(WritingPaused) as refused:
            says(named, member)
        said.append(str(refused.value.text))
    assert said[0] == said[1]


def test_reactions_pause_too_and_one_given_before_can_be_taken_back(
    masked: Post, trusted_member: User, other_member: User, moderator: User, category: Category
) -> None:
    post = publish_post(written_by(other_member, category), actor=None)
    give_reaction(post, ReactionKind.BELIEVE, actor=Reader(trusted_member))
    put_on(masked, moderator, Level.BAN)
    take_back_reaction(post, ReactionKind.BELIEVE, actor=Reader(trusted_member))
    with pytest.raises(WritingPaused):
        give_reaction(post, ReactionKind.BELIEVE, actor=Reader(trusted_member))
    assert not post.reactions.exists()


def test_ones_own_words_stay_ones_own(masked: Post, trusted_member: User, moderator: User, category: Category) -> None:
    """Changing, taking back, putting back, erasing, reporting and keeping a draft: safety.md D4."""
    named = written_by(trusted_member, category)
    put_on(masked, moderator, Level.BAN)
    me = opened(trusted_member)

    edited = edit_post(named, actor=me, version=named.version, title="A title", text="Without the street.")
    assert edited.state == PostState.PUBLISHED  # held, it would tell the desk whose the other name is
    fresh = Post.objects.get(pk=masked.pk)
    assert edit_post(fresh, actor=me, version=fresh.version, title="A title", text="Softer.").state == PostState.HELD
    withdraw_post(masked, actor=me)
    assert put_back_post(masked, actor=me).state == PostState.HELD
    erase_post(masked, actor=me)
    report_post(named, actor="member:1", reason="OTHER")
    keep_draft(NEW, Words("Not for now."), actor=me, mark="")
    assert draft_at(NEW, actor=me)


# --- A first look -----------------------------------------------------------------------------------------------------


def test_pre_moderation_holds_what_is_written_under_that_name(
    masked: Post, trusted_member: User, moderator: User
) -> None:
    put_on(masked, moderator, Level.PREMODERATION)
    post = says(masked, trusted_member, MASKED)
    assert (post.state, reasons_of(post)) == (PostState.HELD, ["watched"])


def test_pre_moderation_holds_new_anonymous_names_for_a_reason_that_guests_have(
    masked: Post, trusted_member: User, other_member: User, moderator: User, category: Category
) -> None:
    elsewhere = publish_post(written_by(other_member, category), actor=None)
    put_on(masked, moderator, Level.PREMODERATION)
    post = says(elsewhere, trusted_member, MASKED)
    assert reasons_of(post) == reasons_of(written_by_guest(category).post) == ["guest"]


def test_pre_moderation_of_an_anonymous_name_leaves_the_pseudonym_alone(
    masked: Post, trusted_member: User, moderator: User
) -> None:
    """Held, its first post would tell whichever moderator asked for it whose the anonymous name is."""
    put_on(masked, moderator, Level.PREMODERATION)
    assert says(masked, trusted_member).state == PostState.PUBLISHED


def test_how_an_anonymous_name_is_treated_never_changes(
    masked: Post, trusted_member: User, other_member: User, moderator: User, category: Category
) -> None:
    """Not when another name of theirs is watched, nor when that ends: the days would join the two."""
    seen = publish_post(written_by(other_member, category), actor=None)
    new = written_by(other_member, category)
    assert says(seen, trusted_member, MASKED).state == PostState.PUBLISHED
    sanction = put_on(masked, moderator, Level.PREMODERATION)
    assert says(seen, trusted_member, MASKED).state == PostState.PUBLISHED
    assert says(new, trusted_member, MASKED).state == PostState.HELD
    lift_sanction(sanction, actor=moderator, why="Enough.")
    assert says(new, trusted_member, MASKED).state == PostState.HELD


def test_a_new_members_anonymous_name_goes_on_waiting_when_their_own_name_need_not(
    member: User, other_member: User, moderator: User, category: Category
) -> None:
    story = publish_post(written_by(other_member, category), actor=None)
    assert says(story, member, MASKED).state == PostState.HELD
    publish_post(written_by(member, category), actor=None)
    assert says(story, member).state == PostState.PUBLISHED
    assert says(story, member, MASKED).state == PostState.HELD


def test_pre_moderation_of_a_pseudonym_holds_its_posts_and_edits(
    trusted_member: User, moderator: User, category: Category
) -> None:
    post = written_by(trusted_member, category)
    put_on(post, moderator, Level.PREMODERATION, days=5)
    assert says(post, trusted_member).state == PostState.HELD
    fresh = Post.objects.get(pk=post.pk)
    edited = edit_post(fresh, actor=Reader(trusted_member), version=fresh.version, title="A title", text="Other.")
    assert (edited.state, reasons_of(edited)[-1]) == (PostState.HELD, "watched")


# --- What its author and the desk see of it ---------------------------------------------------------------------------


def test_its_author_reads_why_and_what_follows_with_the_post(masked: Post, moderator: User) -> None:
    put_on(masked, moderator, Level.WARNING)
    put_on(masked, moderator, Level.SUSPENSION, days=3)
    word = Post.objects.get(pk=masked.pk).word_to_author
    assert word.startswith("It was cruel.\n\nIt was cruel.\n\nYou can write again from March 5, 2026 on.")


def test_with_a_decision_in_one_deed(category: Category, moderator: User) -> None:
    guest = written_by_guest(category)
    case = open_cases().get()
    with pytest.raises(SanctionUnfit):
        decide(case, actor=moderator, action=Action.HIDE, seen=Seen.of(case), reason="r", sanction=Terms("BAN", " "))
    assert Post.objects.get().state == PostState.HELD
    decide(
        case,
        actor=moderator,
        action=Action.HIDE,
        seen=Seen.of(case),
        reason="A street.",
        sanction=Terms("BAN", "Twice."),
    )
    sanction = Sanction.objects.get()
    assert sanction.decision == case.decisions.get()
    assert Post.objects.get().word_to_author.startswith("A street.\n\nTwice.\n\nYou cannot write anything new")
    entry = AuditEntry.objects.latest("number")
    assert (entry.event, entry.facts["post"], entry.facts["level"]) == ("sanction_given", guest.post.public_id, "BAN")


def test_a_refusal_leaves_no_line_anywhere(masked: Post, trusted_member: User, moderator: User) -> None:
    put_on(masked, moderator, Level.BAN)
    lines = AuditEntry.objects.count()
    with pytest.raises(WritingPaused):
        says(masked, trusted_member)
    assert AuditEntry.objects.count() == lines


def test_the_desk_knows_it_of_that_name_alone(
    masked: Post, trusted_member: User, moderator: User, category: Category
) -> None:
    named = written_by(trusted_member, category)
    under_it = says(masked, trusted_member, MASKED)
    sanction = put_on(masked, moderator, Level.PREMODERATION)
    assert sanctions_on_name_of(under_it) == [sanction]
    assert sanctions_on_name_of(named) == []


def test_lifting_ends_it_and_is_told(masked: Post, trusted_member: User, moderator: User) -> None:
    sanction = put_on(masked, moderator, Level.BAN)
    with pytest.raises(SanctionUnfit):
        lift_sanction(sanction, actor=moderator, why=" ")
    first, second = (lift_sanction(sanction, actor=moderator, why="A mistake.") for _time in range(2))
    assert (first.lifted_on, second.is_in_force) == (second.lifted_on, False)
    says(masked, trusted_member)
    assert Post.objects.get(pk=masked.pk).word_to_author.count("A mistake.") == 1
    assert not kept(RESTRICTIONS, RESTRICTED)
    with pytest.raises(NothingToLift):
        lift_sanction(put_on(masked, moderator, Level.WARNING), actor=moderator, why="A mistake.")


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        (Terms("SUSPENSION", "r"), "days"),
        (Terms("SUSPENSION", "r", 0), "days"),
        (Terms("SUSPENSION", "r", 400), "days"),
        (Terms("BAN", "r", 3), "days"),
        (Terms("WARNING", "r", 3), "days"),
        (Terms("EXILE", "r"), "level"),
        (Terms("BAN", "  "), "reason"),
        (Terms("BAN", "r" * 2001), "reason"),
    ],
)
def test_terms_that_do_not_fit_are_refused(masked: Post, moderator: User, terms: Terms, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        sanction_author(masked, actor=moderator, terms=terms)
    assert list(refused.value.fields) == [f"sanction/{field}"]
    assert not Sanction.objects.exists()
    assert not kept(RESTRICTIONS)


def test_only_moderators(masked: Post, other_member: User, moderator: User) -> None:
    with pytest.raises(NotAModerator):
        put_on(masked, other_member, Level.BAN)
    sanction = put_on(masked, moderator, Level.BAN)
    with pytest.raises(NotAModerator):
        lift_sanction(sanction, actor=other_member, why="w")
    assert Sanction.objects.get().is_in_force


# --- No way round it --------------------------------------------------------------------------------------------------


def test_making_the_name_nobodys_is_none(
    masked: Post, trusted_member: User, other_member: User, moderator: User, clock: time_machine.Traveller
) -> None:
    """It goes on until its day, from nowhere: neither the record nor the desk can say of which name it was. So the desk
    is told that it cannot be lifted.
    """
    sanction = put_on(masked, moderator, Level.SUSPENSION, days=3)
    burn_name(masked, actor=opened(trusted_member), owners={identity_of(trusted_member)})
    ((_kind, owner, carried),) = kept(CARRIED)
    assert (owner, carried) == (identity_of(trusted_member), [["", "nothing-new", "", "2026-03-05"]])
    with pytest.raises(NobodyToFree):
        lift_sanction(sanction, actor=moderator, why="w")
    assert Sanction.objects.get().is_in_force
    assert not kept(RESTRICTIONS)
    assert not kept(RESTRICTED)
    with pytest.raises(WritingPaused):
        says(masked, trusted_member)
    clock.move_to("2026-03-05T00:01:00Z")
    says(masked, trusted_member)
    assert not lift_sanction(sanction, actor=moderator, why="w").is_in_force  # its day is over: nothing is left to lift


def test_a_ban_that_goes_on_from_a_name_that_is_nobodys_ends_after_a_year(
    masked: Post, trusted_member: User, moderator: User, clock: time_machine.Traveller
) -> None:
    put_on(masked, moderator, Level.BAN)
    burn_name(masked, actor=opened(trusted_member), owners={identity_of(trusted_member)})
    clock.move_to("2027-03-01T23:00:00Z")
    with pytest.raises(WritingPaused):
        says(masked, trusted_member)
    clock.move_to("2027-03-02T00:01:00Z")
    says(masked, trusted_member)


def test_what_a_watched_name_leaves_holds_new_anonymous_names_alone(
    masked: Post, trusted_member: User, moderator: User
) -> None:
    put_on(masked, moderator, Level.PREMODERATION)
    burn_name(masked, actor=opened(trusted_member), owners={identity_of(trusted_member)})
    assert says(masked, trusted_member).state == PostState.PUBLISHED
    assert reasons_of(says(masked, trusted_member, MASKED)) == ["guest"]


def test_it_comes_along_when_an_account_adopts_what_a_guest_wrote(
    category: Category, trusted_member: User, moderator: User
) -> None:
    guest = written_by_guest(category)
    put_on(guest.post, moderator, Level.BAN)
    adopt_posts(read_claim(guest.code), actor=trusted_member)
    with pytest.raises(WritingPaused):
        written_by(trusted_member, category)


def test_what_a_guest_carries_comes_along_too_and_goes_with_the_last_code(
    category: Category, trusted_member: User, moderator: User
) -> None:
    for adopts in (True, False):
        guest = written_by_guest(category)
        claim = read_claim(guest.code)
        put_on(guest.post, moderator, Level.BAN)
        burn_name(guest.post, actor=guest.reader, owners={claim.guest})
        if adopts:
            adopt_posts(claim, actor=trusted_member)
        else:
            end_every_code(claim)
    assert [owner for _kind, owner, _value in kept(CARRIED)] == [identity_of(trusted_member)]
    with pytest.raises(WritingPaused):
        written_by(trusted_member, category)


def test_erasing_the_post_is_none(masked: Post, trusted_member: User, moderator: User) -> None:
    put_on(masked, moderator, Level.BAN)
    erase_post(masked, actor=opened(trusted_member))
    with pytest.raises(WritingPaused):
        written_by(trusted_member, masked.thread.category)


def test_what_is_nobodys_can_be_sanctioned_for_nobody(masked: Post, trusted_member: User, moderator: User) -> None:
    Post.objects.filter(pk=masked.pk).update(thread_pseudonym=None)
    for level in (Level.WARNING, Level.BAN):
        with pytest.raises(NobodyToRestrict):
            put_on(masked, moderator, level)
    assert not Sanction.objects.exists()


def test_its_records_go_with_its_day(masked: Post, moderator: User, clock: time_machine.Traveller) -> None:
    put_on(masked, moderator, Level.SUSPENSION, days=3)
    put_on(masked, moderator, Level.PREMODERATION, days=9)
    clock.move_to("2026-03-06T10:00:00Z")
    forget_old_rows.func()
    assert (len(kept(RESTRICTIONS)), len(kept(RESTRICTED))) == (1, 1)
    clock.move_to("2026-03-12T10:00:00Z")
    forget_old_rows.func()
    assert not kept(RESTRICTIONS, RESTRICTED)


@pytest.mark.parametrize("keep_words", [True, False])
def test_closing_and_opening_an_account_is_none(
    masked: Post, trusted_member: User, moderator: User, category: Category, *, keep_words: bool
) -> None:
    words = new_code()
    make_archive_key(identity_of(trusted_member), words)
    put_on(masked, moderator, Level.BAN)
    close_account(trusted_member, password=PASSWORD * 2, keep_words=keep_words)
    work()
    again, _words = reopen_account(
        trusted_member.username, words=words, new_password="nine slow rivers bend", network="here"
    )
    with pytest.raises(WritingPaused):
        written_by(again, category)


@pytest.mark.parametrize("burnt", [True, False])
def test_turning_the_seal_key_is_none(masked: Post, trusted_member: User, moderator: User, *, burnt: bool) -> None:
    sanction = put_on(masked, moderator, Level.BAN)
    if burnt:
        burn_name(masked, actor=opened(trusted_member), owners={identity_of(trusted_member)})
    new = secrets.token_urlsafe(32)
    with override_settings(SEAL_KEYS=[new, *settings.SEAL_KEYS]):
        call_command("rotate_seal_key", stdout=StringIO())
    with override_settings(SEAL_KEYS=[new]):
        with pytest.raises(WritingPaused):
            says(masked, trusted_member)
        if burnt:
            with pytest.raises(NobodyToFree):
                lift_sanction(sanction, actor=moderator, why="A mistake.")
        else:
            lift_sanction(sanction, actor=moderator, why="A mistake.")
            says(masked, trusted_member)
