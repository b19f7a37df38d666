"""Turning the seal key: afterwards everything works with the new one alone, and the old one is worth nothing."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db.models.signals import post_save
from django.test import override_settings

from accounts import sealed_records
from accounts.identity import identity_of
from accounts.models import SealedRecord
from accounts.services.visits import VISITS
from accounts.sessions import SessionStore
from common.sealing import CannotOpen, seal, tag, unseal
from forum.authorship import Reader, Speaker, SpeaksAs, author_tags, reaction_tags
from forum.models import Category, Post, Reaction, ReactionKind, ThreadPseudonym
from forum.services.anonymity import CLAIM, OWN_POSTS, ClaimUnknown, new_guest, open_member, open_own, read_claim
from forum.services.posts import edit_post, reply_to
from forum.services.reactions import give_reaction, reactions_of, take_back_reaction
from forum.services.visibility import NotYourPost, erase_post, publish_post
from forum.states import PostState
from moderation.models import Report
from moderation.services.reports import report_post
from tests.forum.building import grow
from tests.forum.test_concurrent_writing import all_well, at_once, loaded, several
from tests.house.doors import Somebody, opened, signed_in
from tests.personas import make_member

if TYPE_CHECKING:
    from accounts.models import User

OLD, NEW = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
old_key, both_keys, new_key = (override_settings(SEAL_KEYS=keys) for keys in ([OLD], [NEW, OLD], [NEW]))


def rotate() -> str:
    said = StringIO()
    with both_keys:
        call_command("rotate_seal_key", stdout=said)
    return said.getvalue()


@dataclass(slots=True)
class Written:
    """Under the old key: a member and a guest in the same two threads, each twice."""

    member: User
    openings: list[Post]
    code: str
    visit: Somebody
    posts: dict[str, list[Post]]

    @property
    def speakers(self) -> dict[str, Speaker]:
        return {
            "member": Speaker(SpeaksAs.THREAD_PSEUDONYM, self.member),
            "guest": Speaker(SpeaksAs.GUEST, guest=read_claim(self.code).guest),
        }

    def reader(self, who: str) -> Reader:
        if who == "member":
            return Reader(self.member, opened=open_member(self.member).pseudonyms)
        return Reader(opened=open_own(read_claim(self.code).guest).pseudonyms)


def answered(opening: Post, speaker: Speaker) -> Post:
    return publish_post(reply_to(loaded(opening), actor=speaker, text="I believe you.").post, actor=None)


@pytest.fixture
def written(category: Category, other_member: User) -> Written:
    with old_key:
        member = make_member("misty quokka")
        openings = [grow(category, [], author=other_member).posts[0] for _number in range(2)]
        made = Written(member, openings, new_guest().code, opened(signed_in(member)), {})
        for who, speaker in made.speakers.items():
            made.posts[who] = [answered(opening, speaker) for opening in openings for _time in range(2)]
        for opening in openings:
            give_reaction(loaded(opening), ReactionKind.BELIEVE, actor=Reader(member))
            report_post(loaded(opening), actor=f"member:{member.pk}", reason="OTHER")
    return made


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["member", "guest"])
class TestWithTheNewKeyAlone:
    @pytest.fixture(autouse=True)
    def _turned(self, written: Written) -> Iterator[None]:
        rotate()
        with new_key:
            yield

    def test_their_own_list_is_whole(self, written: Written, who: str) -> None:
        found = open_own(written.speakers[who].identity)
        assert list(found.post_ids) == [post.public_id for post in written.posts[who]]
        assert found.pseudonyms == {post.thread_pseudonym_id for post in written.posts[who]}

    def test_they_carry_the_same_name_in_each_thread(self, written: Written, who: str) -> None:
        for opening, before in zip(written.openings, written.posts[who][::2], strict=True):
            assert answered(opening, written.speakers[who]).thread_pseudonym_id == before.thread_pseudonym_id
        assert ThreadPseudonym.objects.count() == 4

    def test_they_edit_and_erase_what_is_theirs_and_nothing_else(self, written: Written, who: str) -> None:
        first, second = (loaded(post) for post in written.posts[who][:2])
        reader = written.reader(who)
        edit_post(first, actor=reader, version=first.version, title="", text="Other words.")
        erase_post(second, actor=reader)
        assert loaded(first).source == "Other words."
        assert loaded(second).state == PostState.ERASED
        other = loaded(written.posts["guest" if who == "member" else "member"][0])
        with pytest.raises(NotYourPost):
            erase_post(other, actor=reader)
        assert loaded(other).source == "I believe you."


@pytest.mark.django_db
def test_a_reaction_given_before_is_not_given_twice_and_can_be_taken_back(written: Written) -> None:
    rotate()
    reader = Reader(written.member)
    with new_key:
        for opening in written.openings:
            give_reaction(loaded(opening), ReactionKind.BELIEVE, actor=reader)
        assert {reaction.post_id for reaction in reactions_of(identity_of(written.member))} == {
            opening.pk for opening in written.openings
        }
        assert Reaction.objects.count() == 2
        take_back_reaction(written.openings[0], ReactionKind.BELIEVE, actor=reader)
        assert Reaction.objects.get().post_id == written.openings[1].pk


@pytest.mark.django_db
def test_nobody_is_signed_out(written: Written) -> None:
    rotate()
    with new_key:
        mine = written.visit.ask("/mine/")
    assert mine.status == 200
    assert all(f"/p/{post.public_id}/" in mine.text for post in written.posts["member"])


@pytest.mark.django_db
def test_a_reader_may_report_once_more_and_then_once(written: Written) -> None:
    rotate()
    with new_key:
        for _time in range(2):
            report_post(loaded(written.openings[0]), actor=f"member:{written.member.pk}", reason="OTHER")
    assert Report.objects.count() == 3


@pytest.mark.django_db
def test_while_both_keys_are_there_nothing_is_given_or_reported_twice(written: Written) -> None:
    with both_keys:
        give_reaction(loaded(written.openings[0]), ReactionKind.BELIEVE, actor=Reader(written.member))
        report_post(loaded(written.openings[0]), actor=f"member:{written.member.pk}", reason="OTHER")
    assert (Reaction.objects.count(), Report.objects.count()) == (2, 2)


@pytest.mark.django_db
def test_the_old_key_finds_and_opens_nothing_any_more(written: Written) -> None:
    identities = [speaker.identity for speaker in with_key(old_key, lambda: written.speakers).values()]
    assert old_key_opens(written, identities)  # else the rest would hold of nothing
    rotate()
    with new_key:
        report_post(loaded(written.openings[0]), actor=f"member:{written.member.pk}", reason="OTHER")
    assert not old_key_opens(written, identities)
    with old_key, pytest.raises(ClaimUnknown):
        read_claim(written.code)


def with_key(key: Any, ask: Callable[[], Any]) -> Any:
    with key:
        return ask()


@old_key
def old_key_opens(written: Written, identities: list[Any]) -> list[object]:
    """Every way there is to find or to open something, tried on every row."""
    threads = [opening.thread.public_id for opening in written.openings]
    guessed = {name for identity in identities for thread in threads for name in author_tags(identity, thread)}
    found: list[object] = list(ThreadPseudonym.objects.filter(tag__in=guessed))
    guessed = {name for opening in written.openings for name in reaction_tags(identities[0], opening.public_id)}
    found += Reaction.objects.filter(tag__in=guessed)
    found += [
        report
        for report in Report.objects.select_related("case")
        if report.reporter_tag == tag("reporter", f"member:{written.member.pk}", report.case.public_id)
    ]
    found += [posts for identity in identities if (posts := sealed_records.items(OWN_POSTS, identity))]
    sealed = [("record", content) for content in SealedRecord.objects.values_list("content", flat=True)]
    sealed += [("reaction-giver", giver) for giver in Reaction.objects.values_list("giver", flat=True)]
    for purpose, content in sealed:
        try:
            found.append(unseal(purpose, content))
        except CannotOpen:
            continue
    found += [visit for visit in Session.objects.all() if SessionStore().decode(visit.session_data)]
    return found


@pytest.mark.django_db
def test_a_second_time_changes_nothing(written: Written) -> None:
    rotate()
    before = [list(model.objects.order_by("pk").values()) for model in (SealedRecord, Reaction, Report, Session)]
    said = rotate()
    assert [
        list(model.objects.order_by("pk").values()) for model in (SealedRecord, Reaction, Report, Session)
    ] == before
    assert [line for line in said.splitlines() if ": " in line] == [
        "sealed records: 0 sealed anew, 0 that no key opens",
        "reactions: 0 sealed anew, 0 that no key opens",
        "visits: 0 sealed anew, 0 that no key opens",
        "second steps: 0 sealed anew, 0 that no key opens",
        "reports: 0 whose reader cannot be told any more, and may report again",
        "search: 0 posts indexed anew",
    ]


@pytest.mark.django_db
def test_it_says_how_many_and_never_what_or_whose(written: Written) -> None:
    said = rotate()
    # Eight posts; of each of three who wrote what they follow and what waits, or less; the code, whose it is; visits.
    assert "sealed records: 15 sealed anew" in said
    assert "reactions: 2 sealed anew" in said
    assert "reports: 2 whose" in said
    private = [written.code, *Post.objects.values_list("public_id", flat=True), "quokka", OLD, NEW]
    assert [word for word in private if word in said] == []


@pytest.mark.django_db
def test_what_no_key_opens_is_counted_and_left(written: Written) -> None:
    with override_settings(SEAL_KEYS=[secrets.token_urlsafe(32)]):
        strange = SealedRecord.objects.create(lookup="x" * 43, content=seal("record", b"[]"))
    assert "sealed records: 15 sealed anew, 1 that no key opens" in rotate()
    assert SealedRecord.objects.get(pk=strange.pk).content == strange.content


@pytest.mark.django_db
def test_with_one_key_there_is_nothing_to_turn(written: Written) -> None:
    before = list(SealedRecord.objects.order_by("pk").values())
    with new_key, pytest.raises(CommandError, match="holds one key"):
        call_command("rotate_seal_key")
    assert list(SealedRecord.objects.order_by("pk").values()) == before


@pytest.mark.django_db
def test_it_does_not_call_it_done_while_a_server_still_seals_with_the_old_key(written: Written) -> None:
    def by_another_server(**_kwargs: object) -> None:
        with old_key:
            sealed_records.write(VISITS, "somebody", {"text": "half a sentence"})

    post_save.connect(by_another_server, sender=Session)
    try:
        with pytest.raises(CommandError, match="1 were sealed with an old key meanwhile"):
            rotate()
    finally:
        post_save.disconnect(by_another_server, sender=Session)
    assert "may hold that alone" in rotate()


@pytest.mark.django_db
def test_what_two_servers_put_in_one_place_under_two_keys_is_kept(db: None) -> None:
    """One has the new key in front already, the other not yet; neither saw the other's row."""
    for key in (old_key, new_key):
        with key:
            sealed_records.add_item(OWN_POSTS, "somebody", [key is new_key])
    with both_keys:
        sealed_records.seal_records_anew({})
    with new_key:
        assert sorted(sealed_records.items(OWN_POSTS, "somebody")) == [[False], [True]]
        sealed_records.add_item(OWN_POSTS, "somebody", [2])
        assert sealed_records.items(OWN_POSTS, "somebody")[2] == [2]


@pytest.mark.django_db
def test_what_is_changed_while_the_key_turns_is_found_with_the_new_key(db: None) -> None:
    """By its tag too: nothing that the new key opens is looked for again."""
    with old_key:
        sealed_records.write(VISITS, "somebody", {"one": 1})
        sealed_records.write(CLAIM, "somebody", {"one": 1})
    with both_keys:
        with sealed_records.changing(VISITS, "somebody", dict) as visits:
            visits["two"] = 2
        sealed_records.write(CLAIM, "somebody", {"two": 2})
    with new_key:
        assert sealed_records.read(VISITS, "somebody") == {"one": 1, "two": 2}
        assert sealed_records.read(CLAIM, "somebody") == {"two": 2}


@pytest.mark.django_db(transaction=True)
def test_while_everybody_writes_nothing_is_lost(category: Category, other_member: User) -> None:
    openings = [grow(category, [], author=other_member).posts[0] for _number in range(3)]
    writers = [make_member(f"quiet {name}") for name in ("heron", "otter", "wren")]
    with old_key:
        claims = [new_guest() for _number in range(3)]
    speakers = [Speaker(SpeaksAs.THREAD_PSEUDONYM, writer) for writer in writers]
    speakers += [Speaker(SpeaksAs.GUEST, guest=claim.guest) for claim in claims]

    def write(speaker: Speaker) -> None:
        for opening in openings:
            answered(opening, speaker)
            if speaker.member:
                give_reaction(loaded(opening), ReactionKind.ME_TOO, actor=Reader(speaker.member))

    with old_key:
        for speaker in speakers:
            write(speaker)
    with both_keys:
        deeds: list[Callable[[], object]] = [several(3, partial(write, speaker)) for speaker in speakers]
        all_well(at_once([*deeds, lambda: call_command("rotate_seal_key", stdout=StringIO())]))
        call_command("rotate_seal_key", stdout=StringIO())
    with new_key:
        for speaker in speakers:
            assert len(open_own(speaker.identity).post_ids) == 4 * len(openings)
            write(speaker)
        for claim in claims:
            assert read_claim(claim.code).guest == claim.guest
    assert ThreadPseudonym.objects.count() == len(speakers) * len(openings)
    assert Reaction.objects.count() == len(writers) * len(openings)
