"""A forum that is exported and imported is the same forum; a file that is not right changes nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from io import StringIO
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import Settings

from accounts.identity import identity_of
from accounts.models import SealedRecord, User
from accounts.services.closing import close_account, reopen_account
from accounts.services.recovery import recover_account, renew_recovery_words
from common.public_id import new_public_id
from forum.authorship import VISITOR, Reader, Speaker, SpeaksAs
from forum.importing.exchange import ExchangeLineBroken, SealDiffers
from forum.models import (
    CarriedNote,
    Category,
    ContentNote,
    OldAddress,
    Post,
    Reaction,
    ReactionKind,
    ReplyLimit,
    ReplyWish,
    Revision,
    SearchEntry,
    Thread,
    ThreadPseudonym,
)
from forum.policies import is_author
from forum.queries import search_page
from forum.services.anonymity import open_member, open_own, read_claim
from forum.services.content_notes import add_team_notes, create_first_notes
from forum.services.exchange import export_forum
from forum.services.exchange_import import import_forum
from forum.services.old_addresses import keep_old_addresses
from forum.services.pausing import pause_replies
from forum.services.posts import change_notes, edit_post, reply_to, start_thread
from forum.services.reactions import give_reaction, reactions_of, take_back_reaction
from forum.services.visibility import (
    erase_post,
    hide_post,
    publish_post,
    rebuild_unanswered,
    return_post,
    withdraw_post,
)
from forum.states import PostState
from moderation.models import Case
from tests.accounts.leaving import work
from tests.forum.building import taken_back
from tests.personas import PASSWORD, make_member

pytestmark = pytest.mark.django_db

# --- A forum made by its own verbs ------------------------------------------------------------------------------------

_WORDS = st.sampled_from(["Some words.", "*More* of them,\n\nin two parts.", "Ça va — 文 \U0001f49b", "- a\n- b"])
_DEEDS = st.tuples(
    st.sampled_from(
        "story reply reply reply edit publish hide return withdraw erase react pause note team-note".split()
    ),
    st.integers(0, 50),
    st.sampled_from([*SpeaksAs]),
    st.integers(0, 1),
    _WORDS,
)


class Town:
    """Two members, two guests, a moderator, two categories."""

    def __init__(self) -> None:
        self.members = [make_member("quiet harbour"), make_member("copper lantern")]
        self.moderator = User.objects.create_user("desk one", "x", is_staff=True)
        self.categories = [
            Category.objects.create(title="Stories", position=2, has_feed=True),
            Category.objects.create(title="Members", description="Ours.", is_members_only=True, is_premoderated=True),
        ]
        create_first_notes()
        self.notes = [*ContentNote.objects.all(), ContentNote.objects.create(title="court", position=30)]
        self.codes: list[str] = []

    def do(self, deed: str, number: int, voice: SpeaksAs, who: int, words: str) -> None:
        if deed == "story" or not Post.objects.exists():
            speaker = Speaker(voice, None if voice is SpeaksAs.GUEST else self.members[who])
            category = self.categories[0 if voice is SpeaksAs.GUEST else who]
            asked = {"reply_wish": ["", *ReplyWish][number % 5], "reply_limits": [*ReplyLimit][: number % 4]}
            written = start_thread(category, actor=speaker, title=f"Story {number}", text=words, **asked)
            self.codes += [written.claim_code] if written.claim_code else []
            return
        posts = Post.objects.select_related("thread__category", "thread_pseudonym", "author")
        posts = posts.order_by("thread__activity", "seq")
        post = posts[number % posts.count()]
        author = Reader(post.author, opened=frozenset({post.thread_pseudonym_id or 0}))
        is_guest = voice is SpeaksAs.GUEST and not post.thread.category.is_members_only
        speaker = Speaker(voice, None if is_guest else self.members[who])
        if voice is SpeaksAs.GUEST and not is_guest:
            speaker = Speaker(SpeaksAs.THREAD_PSEUDONYM, self.members[who])
        from common.errors import HearthError

        def reply() -> None:
            code = reply_to(post, actor=speaker, text=words).claim_code
            self.codes += [code] if code else []

        deeds: dict[str, Callable[[], object]] = {
            "reply": reply,
            "edit": lambda: edit_post(post, actor=author, version=post.version, title="Changed", text=words),
            "publish": lambda: publish_post(post, actor=self.moderator),
            "hide": lambda: hide_post(post, actor=self.moderator, word="It names a place."),
            "return": lambda: return_post(post, actor=self.moderator, word="Please shorten it."),
            "withdraw": lambda: withdraw_post(post, actor=author),
            "erase": lambda: erase_post(post, actor=author),
            "note": lambda: change_notes(post, actor=author, notes=self.notes[number % 4 :: 4]),
            "team-note": lambda: add_team_notes(post, self.notes[number % 3 :: 3], actor=self.moderator),
            "pause": lambda: pause_replies(post.thread.posts.get(parent=None), actor=author),
            "react": lambda: give_reaction(post, [*ReactionKind][number % 4], actor=Reader(self.members[who])),
        }
        try:
            with transaction.atomic():
                deeds[deed]()
        except HearthError:
            pass  # what is not allowed now is not part of this forum


def rows() -> dict[str, Any]:
    """All that pages are made of, without the numbers of rows and what is drawn anew."""
    name = "thread_pseudonym__name"
    return {
        "posts": list(
            Post.objects.order_by("public_id").values(
                "public_id", "thread__public_id", "parent__public_id", "path", "seq", "children", "shown_children",
                name, "state", "title", "source", "html", "word_to_author", "version", "written_on", "is_edited",
            )
        ),
        "threads": list(
            Thread.objects.order_by("activity", "pk").values(
                "public_id", "category__public_id", "is_locked", "is_paused", "is_pinned", "slow_minutes", "is_shown",
                "active_on", "story_on", "began_elsewhere", "last_seq", "source_digest", "reply_wish", "reply_limits",
            )
        ),
        "categories": list(
            Category.objects.values(
                "public_id", "title", "description", "position", "is_members_only", "is_premoderated", "has_feed"
            )
        ),
        "revisions": sorted(
            Revision.objects.values_list("post__public_id", "number", "title", "source", "replaced_on")
        ),
        "notes": list(ContentNote.objects.values("public_id", "shipped", "title", "position", "is_offered")),
        "carried notes": sorted(
            CarriedNote.objects.values_list("post__public_id", "note__public_id", "is_by_moderator")
        ),
        "noted": sorted(Post.objects.filter(has_notes=True).values_list("public_id", flat=True)),
        "reactions": sorted(Reaction.objects.values_list("post__public_id", "kind")),
        "old addresses": sorted(OldAddress.objects.values_list("digest", "thread__public_id")),
    }  # fmt: skip


def authors() -> list[Any]:
    return sorted(Post.objects.values_list("public_id", "author__pseudonym", "thread_pseudonym__tag"))


def exported(**options: bool) -> str:
    return "".join(export_forum(**options))


def brought_in(text: str) -> Any:
    return import_forum(StringIO(text), actor=None)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(deeds=st.lists(_DEEDS, max_size=25), how=st.sampled_from(["", "with_accounts", "with_authorship"]))
def test_a_round_trip_is_equal(db: None, deeds: list[Any], how: str) -> None:
    options = {how: True} if how else {}
    with taken_back():
        town = Town()
        for deed in deeds:
            town.do(*deed)
        for thread in Thread.objects.all()[:1]:
            keep_old_addresses(thread, ["2019/05/evenings"])
        text, before, wrote = exported(**options), rows(), authors()
        own = {code: open_own(read_claim(code).guest) for code in town.codes}
        of_member = {member.pseudonym: open_member(member) for member in town.members}
        held = Post.objects.filter(state=PostState.HELD).count()
    assert not Post.objects.exists()
    with taken_back():
        report = brought_in(text)

        assert exported(**options) == text
        assert rows() == before
        assert report.posts == len(before["posts"])
        assert rebuild_unanswered(check_only=True) == 0
        assert Case.objects.count() == held
        assert not User.objects.filter(is_staff=True).exists()
        if how == "with_authorship":
            assert authors() == wrote
            assert {code: open_own(read_claim(code).guest) for code in own} == own
            assert {name: open_member(User.objects.get(pseudonym=name)) for name in of_member} == of_member
        else:
            assert not SealedRecord.objects.exists()
            assert {tag for _id, _name, tag in authors() if tag} & {tag for _id, _name, tag in wrote if tag} == set()
        again = brought_in(text)
        assert (again.posts, again.here_already) == (0, len(before["posts"]))
        assert (rows(), exported(**options)) == (before, text)


# --- One small forum --------------------------------------------------------------------------------------------------


@pytest.fixture
def town(db: None) -> Town:
    return _small_town()


def _small_town() -> Town:
    town = Town()
    town.do("story", 1, SpeaksAs.PSEUDONYM, 0, "My own words.")
    town.do("story", 2, SpeaksAs.THREAD_PSEUDONYM, 0, "Said behind a name.")
    town.do("story", 3, SpeaksAs.GUEST, 0, "A guest's.")
    for post in Post.objects.order_by("thread__activity"):
        publish_post(post, actor=None)
    town.do("reply", 2, SpeaksAs.THREAD_PSEUDONYM, 1, "I believe you.")  # the last line
    town.do("react", 0, SpeaksAs.PSEUDONYM, 1, "")
    return town


def text_of_a_town(**options: bool) -> str:
    """Of one that is gone again."""
    with taken_back():
        _small_town()
        return exported(**options)


def test_by_default_nothing_tells_whose_a_post_is(town: Town) -> None:
    text = exported()

    lines = [json.loads(line) for line in text.splitlines()]
    assert {line["kind"] for line in lines} == {"forum", "category", "note", "thread", "name", "post", "end"}
    assert all(line["account"] is None for line in lines if line["kind"] == "post")
    for secret in ("quiet harbour", "copper lantern", *ThreadPseudonym.objects.values_list("tag", flat=True)):
        assert secret.lower() not in text.lower()
    for number in ThreadPseudonym.objects.values_list("pk", flat=True):
        assert str(number) not in text


def test_posts_without_their_authors_are_nobodys(db: None) -> None:
    brought_in(text_of_a_town(with_accounts=True))

    member = User.objects.get(pseudonym="quiet harbour")
    own = [is_author(Reader(member), post) for post in Post.objects.order_by("seq", "title")]
    assert own.count(True) == 1
    assert open_member(member).post_ids == ()
    assert member.has_usable_password()


def test_an_author_goes_on_under_the_name_they_have(db: None) -> None:
    brought_in(text_of_a_town(with_authorship=True))

    member = User.objects.get(pseudonym="quiet harbour")
    post = Post.objects.select_related("thread__category", "thread_pseudonym").get(source="Said behind a name.")
    assert is_author(Reader(member, opened=open_member(member).pseudonyms), post)
    again = reply_to(post, actor=Speaker(SpeaksAs.THREAD_PSEUDONYM, member), text="And more.").post
    assert again.thread_pseudonym == post.thread_pseudonym
    assert make_member("another one").pk not in {None, member.pk}


def test_whoever_gave_a_reaction_can_take_it_back(db: None) -> None:
    brought_in(text_of_a_town(with_authorship=True))

    giver = User.objects.get(pseudonym="copper lantern")
    (reaction,) = reactions_of(identity_of(giver))
    take_back_reaction(reaction.post, ReactionKind(reaction.kind), actor=Reader(giver))
    assert not Reaction.objects.exists()


@pytest.mark.parametrize("giver", ["Zw==", "no base64", ""])
def test_a_reaction_that_nobody_could_open_changes_nothing(db: None, giver: str) -> None:
    lines = [json.loads(line) for line in text_of_a_town(with_authorship=True).splitlines()]
    for line in lines:
        for reaction in line.get("reactions", []):
            reaction[2] = giver
    before = everything()

    with pytest.raises(ExchangeLineBroken) as refused:
        brought_in("".join(json.dumps(line) + "\n" for line in lines))

    assert "sealed content" in str(refused.value.text)
    assert everything() == before


def test_without_authorship_a_reaction_is_nobodys(db: None) -> None:
    brought_in(text_of_a_town(with_accounts=True))

    assert Reaction.objects.count() == 1
    assert [*chain.from_iterable(reactions_of(identity_of(member)) for member in User.objects.all())] == []


@pytest.mark.parametrize("how", ["", "with_accounts", "with_authorship"])
def test_search_finds_what_is_published_and_nothing_else(db: None, how: str) -> None:
    brought_in(text_of_a_town(**({how: True} if how else {})))

    published = Post.objects.filter(state=PostState.PUBLISHED)
    assert set(SearchEntry.objects.values_list("pk", flat=True)) == set(published.values_list("pk", flat=True))
    assert len(search_page(VISITOR, "behind a name").hits) == 1
    assert search_page(VISITOR, "believe").hits == []


def test_recovery_words_go_on_opening_the_account(db: None) -> None:
    with taken_back():
        member = make_member("quiet harbour")
        words = renew_recovery_words(member, actor=member)
        text = exported(with_accounts=True)
    brought_in(text)

    again, _new_words = recover_account(
        "quiet harbour", words=words, new_password="nine slow rivers bend", network="here"
    )

    assert again.pseudonym == "quiet harbour"


def test_an_account_that_was_sealed_before_the_move_opens_after_it(db: None) -> None:
    """Its number is nobody else's meanwhile, and its words stand in their conversation again."""
    with taken_back():
        town = _small_town()
        author = town.members[0]
        words = renew_recovery_words(author, actor=author)
        close_account(author, password=PASSWORD * 2, keep_words=False)
        work()
        text = exported(with_authorship=True)
    brought_in(text)
    newcomer = make_member("another one")
    assert not Post.objects.filter(source="Said behind a name.").exists()

    again, _new_words = reopen_account(
        author.username, words=words, new_password="nine slow rivers bend", network="here"
    )

    assert again.pk == author.pk != newcomer.pk
    post = Post.objects.select_related("thread__category", "thread_pseudonym").get(source="Said behind a name.")
    assert is_author(Reader(again, opened=open_member(again).pseudonyms), post)


def test_new_accounts_do_not_get_the_numbers_of_closed_ones(db: None) -> None:
    with taken_back():
        make_member("quiet harbour")
        closed = make_member("copper lantern")
        number = closed.pk
        closed.delete()
        text = exported(with_accounts=True)
    brought_in(text)

    assert make_member("another one").pk > number


def test_another_seal_key_is_refused_and_nothing_changes(town: Town, settings: Settings) -> None:
    text = exported(with_authorship=True)
    settings.SEAL_KEYS = ["another seal key, of another forum"]
    before = rows()

    with pytest.raises(SealDiffers) as refused:
        brought_in(text)

    assert refused.value.code == "seal-differs"
    assert rows() == before


def test_an_account_that_is_here_under_another_name_stops_it(town: Town) -> None:
    text = exported(with_accounts=True)
    with transaction.atomic():
        User.objects.filter(pseudonym="copper lantern").update(pseudonym="somebody else")
        before = (rows(), list(User.objects.values()))
        with pytest.raises(ExchangeLineBroken):
            brought_in(text)
        assert (rows(), list(User.objects.values())) == before


# --- Lines that are not right -----------------------------------------------------------------------------------------


def _with(of_kind: str, **changes: Any) -> Callable[[list[dict[str, Any]]], int]:
    """Changes the last line of a kind; tells its number."""

    def change(lines: list[dict[str, Any]]) -> int:
        number = max(at for at, line in enumerate(lines) if line["kind"] == of_kind)
        lines[number] |= changes
        return number + 1

    return change


def _twice(lines: list[dict[str, Any]]) -> int:
    lines.append(lines[-1])
    return len(lines)


def _of_another_kind(lines: list[dict[str, Any]], kind: Any = "member") -> int:
    lines[-1]["kind"] = kind
    return len(lines)


def _without_first(lines: list[dict[str, Any]]) -> int:
    del lines[0]
    return 1


def _more(lines: list[dict[str, Any]]) -> int:
    lines[-1]["html"] = "<script>"
    return len(lines)


@pytest.mark.parametrize(
    "change",
    [
        _with("forum", format="another"),
        _with("forum", version=2),
        _with("forum", authorship=True, accounts=False, seal="x"),
        _with("category", title="x" * 81),
        _with("category", id="short"),
        _with("category", title="a\x00b"),
        _with("category", position=-1),
        _with("category", members_only=1),
        _with("thread", category=new_public_id()),
        _with("thread", active_on="2019-02-30"),
        _with("thread", old_addresses=[7]),
        _with("thread", old_addresses=["x" * 50]),
        _with("thread", reply_wish="money"),
        _with("thread", reply_limits=["no_leave", "no_leave"]),
        _with("thread", reply_limits=[["no_leave"]]),
        _with("name", name="x" * 61),
        _with("name", tag="x"),
        _with("name", thread=new_public_id()),
        _with("post", answers=new_public_id()),
        _with("post", answers=None),
        _with("post", thread=new_public_id()),
        _with("post", name="Nobody Here"),
        _with("post", account=1),
        _with("post", state="LOST"),
        _with("post", state="ERASED"),
        _with("post", text=""),
        _with("post", text="two\r\nlines"),
        _with("post", text="a\u202eb"),
        _with("post", text="\ud800"),
        _with("post", title="An answer has none"),
        _with("post", version=-1),
        _with("post", day="today"),
        _with("post", before=[["one", "", "", "2019-01-01"]]),
        _with("thread", number=7),
        _with("post", reactions=[["LIKE"]]),
        _with("post", notes=[["violence", False]]),
        _with("post", notes=[[new_public_id(), False]]),
        _with("note", id=new_public_id(), shipped="WEATHER"),
        _with("note", id=new_public_id(), shipped="", title=""),
        _with("post", reactions=[["BELIEVE", "a tag", "Zw=="]]),
        _of_another_kind,
        partial(_of_another_kind, kind="forum"),
        partial(_of_another_kind, kind=["post"]),
        _twice,
        _without_first,
        _more,
    ],
)  # fmt: skip
def test_a_line_that_is_not_right_says_its_number_and_changes_nothing(
    db: None, change: Callable[[list[dict[str, Any]]], int]
) -> None:
    lines = [json.loads(line) for line in text_of_a_town().splitlines()][:-1]
    number = change(lines)
    lines.append({"kind": "end", "lines": len(lines)})
    before = everything()

    with pytest.raises(ExchangeLineBroken) as refused:
        brought_in("".join(json.dumps(line) + "\n" for line in lines))

    assert refused.value.code == "exchange-line-broken"
    assert refused.value.line == number
    assert f"Line {number}:" in str(refused.value.text)
    assert everything() == before


def everything() -> list[Any]:
    models = (Category, Thread, ThreadPseudonym, Post, Revision, Reaction, OldAddress, SealedRecord, User, Case)
    return [list(model._default_manager.order_by("pk").values()) for model in models]


@pytest.mark.parametrize("text", ["", "\n", "no JSON\n", "[1]\n", "null\n", '{"kind":"post"}\n', "[" * 100_000])
def test_what_is_no_such_file_is_refused(db: None, text: str) -> None:
    with pytest.raises(ExchangeLineBroken) as refused:
        brought_in(text)
    assert refused.value.line == 1


# --- The commands -----------------------------------------------------------------------------------------------------


def test_the_commands_write_and_read_a_file(town: Town, tmp_path: Path) -> None:
    file, out = tmp_path / "forum.jsonl", StringIO()
    call_command("export_forum", str(file), stdout=out)

    assert file.read_text(encoding="utf-8") == exported()
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["forum.jsonl"]

    call_command("import_forum", str(file), stdout=out)
    assert "4 posts were here already." in out.getvalue()


@pytest.mark.parametrize(
    "broken",
    [
        lambda whole: whole[: len(whole) // 2],
        lambda whole: whole[: whole.rindex('{"kind":"end"')],
        lambda whole: whole[: whole.rindex('{"kind":"post"')],
        lambda whole: whole + whole.splitlines()[-1],
        lambda whole: "".join(line for at, line in enumerate(whole.splitlines(keepends=True)) if at != 3),
    ],
    ids=["in a line", "before the last line", "before a post", "ended twice", "a line missing"],
)
def test_a_file_that_is_not_whole_changes_nothing(town: Town, tmp_path: Path, broken: Callable[[str], str]) -> None:
    file = tmp_path / "forum.jsonl"
    file.write_text(broken(exported(with_accounts=True)), encoding="utf-8")
    before = rows()
    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("import_forum", str(file), stdout=StringIO())
    assert rows() == before


def test_a_file_that_is_not_there_or_not_text_is_said(db: None, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_forum", str(tmp_path / "nothing"))
    (tmp_path / "picture").write_bytes(b"\x89PNG\xff\xfe")
    with pytest.raises(CommandError, match="not UTF-8"):
        call_command("import_forum", str(tmp_path / "picture"))
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("export_forum", str(tmp_path / "nowhere" / "file"))
