"""Importing a blog brings its conversations and leaves its people behind."""

from __future__ import annotations

import gzip
import tracemalloc
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from accounts.models import SealedRecord
from forum.authorship import VISITOR
from forum.models import Category, OldAddress, Post, Thread, ThreadPseudonym
from forum.queries import View, posts_page, thread_for
from forum.services.visibility import hide_post
from moderation.models import AuditEntry, Case
from tests.forum.blog_files import disqus, disqus_author, disqus_post, disqus_thread, wxr, wxr_comment, wxr_item

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("category")]

# All that the files say of people, and nothing of theirs may be found anywhere afterwards.
PRIVATE = (
    "tilda", "farthing", "wrenna", "holloway", "wren@", "mail.example", "192.0.2.77", "home.example", "23:41", "21:41",
    "21:20", "akismet",
)  # fmt: skip


def bring(tmp_path: Path, text: str, *options: str, kind: str = "wordpress") -> str:
    file = tmp_path / "export.xml"
    file.write_text(text, encoding="utf-8")
    out = StringIO()
    call_command(f"import_{kind}", str(file), *options, stdout=out)
    return out.getvalue()


def told() -> list[tuple[int, str, str]]:
    """Depth, name and words of each post of the only thread."""
    thread = thread_for(VISITOR, Thread.objects.get().public_id)
    page = posts_page(VISITOR, thread, view=View.TREE, size=100)
    sources = dict(Post.objects.values_list("public_id", "source"))
    return [(post.depth, post.name, sources[post.id]) for post in page.posts]


def said() -> list[tuple[int, str]]:
    return [(depth, words) for depth, _name, words in told()]


def everything() -> str:
    """Every value in every table, as text."""
    values = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - our own tables
            values += [f"{table} {row!r}" for row in cursor.fetchall()]
    return "\n".join(values)


def rows() -> list[Any]:
    models = (Post, Thread, ThreadPseudonym, OldAddress, SealedRecord, AuditEntry, Case)
    return [list(model.objects.order_by("pk").values()) for model in models]


# --- What comes in ----------------------------------------------------------------------------------------------------


def test_a_page_becomes_a_thread_with_its_comments_nested(tmp_path: Path) -> None:
    comments = [
        wxr_comment(1, "First."),
        wxr_comment(2, "An <em>answer</em> to it.", name="Bob", parent=1),
        wxr_comment(3, "To the answer.\nNext line.\n\nNext paragraph.", parent=2),
        wxr_comment(4, "Second.", name="Bob"),
    ]
    out = bring(tmp_path, wxr(wxr_item(1, comments, text="<p>Some words.</p>")))

    assert "Added threads: 1; answers below them: 4, 2 of these to another answer." in out
    assert said() == [
        (0, "Some words."),
        (1, "First."),
        (2, "An *answer* to it."),
        (3, "To the answer.\nNext line.\n\nNext paragraph."),
        (1, "Second."),
    ]
    names = [name for _depth, name, _words in told()]
    assert (names[1], names[2]) == (names[3], names[4])
    assert len(set(names)) == 3
    post = Post.objects.get(source="First.")
    assert (post.thread.category.title, str(post.written_on)) == ("Stories", "2019-05-06")
    assert str(post.thread.active_on) == "2019-05-06"
    assert Post.objects.get(parent=None).title == "Why evenings feel long"
    assert not Case.objects.exists()


def test_disqus_threads_come_with_their_posts_in_whatever_order(tmp_path: Path) -> None:
    text = disqus(
        disqus_thread(1),
        disqus_thread(2, title="Nobody said anything"),
        disqus_post(3, "<p>Late.</p>", parent=2),
        disqus_post(1, "<p>First.</p>"),
        disqus_post(2, "<p>Two</p><p>paragraphs.</p>", parent=1),
    )
    out = bring(tmp_path, text, kind="disqus")

    assert "1 pages had nothing to bring in" in out
    assert said() == [
        (0, "This conversation began below a page that stood elsewhere."),
        (1, "First."),
        (2, "Two\n\nparagraphs."),
        (3, "Late."),
    ]


def test_nothing_of_anybody_is_stored_or_told(tmp_path: Path) -> None:
    comments = [
        wxr_comment(1, "I am Tilda Farthing, tilda@mail.example."),
        wxr_comment(2, "Thank you @Tilda! And Farthing. Wrenna wrote this.", name="Bob", parent=1),
        wxr_comment(3, "As Holloway says.", name="Wrenna Holloway", user=1),
        wxr_comment(4, "Bought by Tilda.", name="Anonymous", mail="", approved="0"),
    ]
    out = bring(tmp_path, wxr(wxr_item(1, comments, title="What Tilda told Wrenna", text="By Wrenna Holloway.")))

    everywhere = (everything() + out).lower()
    assert [word for word in PRIVATE if word in everywhere] == []
    assert "People whose names give way to others': 3." in out
    told_of = told()
    author, tilda = told_of[0][1], told_of[1][1]
    assert told_of[0][2] == f"By {author}."
    assert told_of[1][2] == f"I am {tilda}, {tilda}."
    assert told_of[2][2] == f"Thank you @{tilda}! And {tilda}. {author} wrote this."
    assert told_of[3][1:] == (author, f"As {author} says.")
    assert Post.objects.get(parent=None).title == f"What {tilda} told {author}"


def test_somebody_who_wrote_below_another_page_is_not_named_either(tmp_path: Path) -> None:
    pages = [
        wxr_item(1, [wxr_comment(1, "Here.", name="Tilda Farthing")]),
        wxr_item(2, [wxr_comment(2, "As Tilda says, hope is good.", name="Hope")]),
    ]
    bring(tmp_path, wxr(*pages))

    text = Post.objects.get(source__startswith="As ").source
    other = Post.objects.get(source="Here.").thread_pseudonym
    assert other is not None
    assert "tilda" not in text.lower()
    assert text.endswith("says, hope is good.")
    assert other.name not in text  # two threads share nothing


@pytest.mark.parametrize(
    ("words", "comes_in"),
    [
        ("Tilda Farthing, tildafarthing and tilda.farthing wrote", 3),
        ("<strong>Tilda</strong> Farthing, Tilda <em>Farthing</em>, <b>Tilda Farthing</b> wrote", 3),
        ("Ti\u0301lda wrote", 1),
        ("J\u00f6rg, Joerg and Jorg wrote", 3),
    ],
)
def test_a_name_is_found_however_it_is_written(tmp_path: Path, words: str, comes_in: int) -> None:
    """Also where the article writes it in small letters, as it stands in an address of a page."""
    people = (
        wxr_comment(1, "Words.", mail="tilda.farthing@mail.example"),
        wxr_comment(2, "More words.", name="J\u00f6rg"),
    )
    bring(tmp_path, wxr(wxr_item(12, people, text=words)))
    source = Post.objects.get(parent=None).source
    names = set(ThreadPseudonym.objects.values_list("name", flat=True))
    assert sum(source.count(name) for name in names) == comes_in
    assert source.count("*") % 2 == 0
    assert not any(part in source.lower() for part in ("tilda", "farthing", "jorg", "joerg", "j\u00f6rg"))


def test_what_is_odd_in_a_file_is_said(tmp_path: Path) -> None:
    """A day that has not come is no day; characters that were lost are counted; a dry run counts the same people."""
    text = wxr(wxr_item(12, [wxr_comment(1, "Words.", day="2999-05-03")], text="Na\ufffdve words"))
    tried, done = bring(tmp_path, text, "--dry-run"), bring(tmp_path, text)
    assert "1 texts hold characters that got lost" in done
    assert [line for line in tried.splitlines() if "give way" in line] == [
        line for line in done.splitlines() if "give way" in line
    ]
    assert not Post.objects.filter(written_on__year=2999).exists()


def test_people_of_one_name_and_nobodies_stay_apart(tmp_path: Path) -> None:
    comments = [
        wxr_comment(1, "a", name="Sarah", mail="one@mail.example"),
        wxr_comment(2, "b", name="Sarah", mail="two@mail.example"),
        wxr_comment(3, "c", name="Sarah M", mail="one@mail.example"),
        wxr_comment(4, "d", name="Anonymous", mail=""),
        wxr_comment(5, "e", name="", mail=""),
    ]
    bring(tmp_path, wxr(wxr_item(1, comments)))

    names = {words: name for _depth, name, words in told()}
    assert names["a"] == names["c"]
    assert len({names[letter] for letter in "abde"}) == 4


# --- What real files do -----------------------------------------------------------------------------------------------


def test_answers_find_a_place_whatever_became_of_what_they_answer(tmp_path: Path) -> None:
    comments = [
        wxr_comment(9, "before its parent", parent=2),
        wxr_comment(1, "first"),
        wxr_comment(2, "removed", approved="trash", parent=1),
        wxr_comment(3, "to the removed", parent=2),
        wxr_comment(4, "  \n", parent=1),
        wxr_comment(5, "to the empty", parent=4),
        wxr_comment(6, "an orphan", parent=777),
        wxr_comment(7, "its own parent", parent=7),
        wxr_comment(8, "a circle", parent=10),
        wxr_comment(10, "closed", parent=8),
    ]
    out = bring(tmp_path, wxr(wxr_item(1, comments)))

    assert said()[1:] == [
        (1, "first"),
        (2, "before its parent"),
        (2, "to the removed"),
        (2, "to the empty"),
        (1, "an orphan"),
        (1, "its own parent"),
        (1, "closed"),
        (2, "a circle"),
    ]
    assert "3 answered something that the file does not hold" in out
    assert "1 comments had been removed" in out
    assert "1 texts had no words" in out


def test_ids_that_are_missing_or_used_twice_lose_nothing(tmp_path: Path) -> None:
    comments = [
        wxr_comment("", "no id"),
        wxr_comment("0", "no id"),
        wxr_comment(5, "five"),
        wxr_comment(5, "five"),
        wxr_comment(5, "five, another", name="Bob"),
        wxr_comment(6, "to five", parent=5),
    ]
    text = wxr(wxr_item(1, comments))
    out = bring(tmp_path, text)

    assert said()[1:] == [(1, "no id"), (1, "no id"), (1, "five"), (2, "to five"), (1, "five, another")]
    assert "1 comments stood in the file twice." in out
    assert "Added threads: 0; answers below them: 0" in bring(tmp_path, text)


def test_what_is_too_long_or_too_tangled_comes_in_as_far_as_it_can(tmp_path: Path) -> None:
    tangled = "<b>word</b> and <i>word</i>\n" * 1_600
    book = f"<p>{'A long paragraph. ' * 30}</p>" * 200
    bring(tmp_path, wxr(wxr_item(1, [wxr_comment(1, tangled)], text=book, title="word " * 60)))

    opening = Post.objects.get(parent=None)
    assert len(opening.source) <= 100_000
    assert opening.source.endswith("A long paragraph.\n\n…")
    assert len(opening.title) <= 120
    assert Post.objects.get(seq=2).source.startswith("word and word word")


def test_a_packed_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "export.xml.gz"
    file.write_bytes(gzip.compress(disqus(disqus_thread(1), disqus_post(1, "<p>Words.</p>")).encode()))
    call_command("import_disqus", str(file), stdout=StringIO())
    assert said()[1:] == [(1, "Words.")]


# --- Again, and not at all --------------------------------------------------------------------------------------------


def test_again_adds_only_what_is_new_under_the_names_people_have(tmp_path: Path) -> None:
    first = [wxr_comment(1, "One."), wxr_comment(2, "Two.", name="Bob", parent=1)]
    bring(tmp_path, wxr(wxr_item(1, first)))
    before = {words: name for _depth, name, words in told()}
    untouched = list(Post.objects.order_by("pk").values())

    out = bring(tmp_path, wxr(wxr_item(1, first)))
    assert "Added threads: 0; answers below them: 0" in out
    assert "2 comments are here already." in out
    assert list(Post.objects.order_by("pk").values()) == untouched

    more = [wxr_comment(3, "Three, Tilda.", name="Bob", parent=2), wxr_comment(4, "Wrenna here.", name="W", user=1)]
    out = bring(tmp_path, wxr(wxr_item(1, first + more), wxr_item(2)))
    assert "Added threads: 1; answers below them: 2" in out
    thread = Post.objects.get(source="One.").thread
    posts = {post.source: post for post in thread.posts.select_related("thread_pseudonym", "parent")}
    new = posts[f"Three, {before['One.']}."]
    assert new.thread_pseudonym is not None
    assert new.parent is not None
    assert (new.thread_pseudonym.name, new.parent.source) == (before["Two."], "Two.")
    assert f"{before['Some words about evenings.']} here." in posts


def test_what_happened_here_meanwhile_stays(tmp_path: Path, moderator: Any) -> None:
    text = wxr(wxr_item(1, [wxr_comment(1, "One.")]))
    bring(tmp_path, text)
    hide_post(Post.objects.get(source="One."), actor=moderator, word="No.")

    bring(tmp_path, wxr(wxr_item(1, [wxr_comment(1, "One."), wxr_comment(2, "Two.", parent=1)])))

    assert Post.objects.get(source="One.").state == "HIDDEN"
    assert Post.objects.get(source="Two.").depth == 2


def test_a_dry_run_says_the_same_and_changes_nothing(tmp_path: Path) -> None:
    text = wxr(wxr_item(1, [wxr_comment(1, "One."), wxr_comment(2, "Two.", parent=1), wxr_comment(3, " ")]))
    before = rows()

    would = bring(tmp_path, text, "--dry-run")
    assert rows() == before

    assert would.replace("Would add", "Added") == bring(tmp_path, text)
    assert "Would add threads: 0; answers below them: 0" in bring(tmp_path, text, "--dry-run")


@pytest.mark.parametrize("cut", [0.3, 0.9, 0.999])
def test_a_broken_file_says_where_and_changes_nothing(tmp_path: Path, cut: float) -> None:
    text = wxr(wxr_item(1, [wxr_comment(number, "Words.") for number in range(300)]))
    before = rows()

    with pytest.raises(CommandError) as refused:
        bring(tmp_path, text[: int(len(text) * cut)])

    line = text[: int(len(text) * cut)].count("\n") + 1
    assert str(refused.value) == f"Line {line}: The file is damaged or cut off here. Nothing was added."
    assert rows() == before


def test_a_packed_file_that_is_cut_off_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "export.xml.gz"
    packed = gzip.compress(wxr(wxr_item(1, [wxr_comment(number, f"{number}") for number in range(3_000)])).encode())
    file.write_bytes(packed[:-20])
    before = rows()
    with pytest.raises(CommandError, match="Line "):
        call_command("import_wordpress", str(file))
    assert rows() == before


def test_no_file_and_no_category_are_said(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_disqus", str(tmp_path / "nothing.xml"))
    with pytest.raises(CommandError, match="no such category"):
        bring(tmp_path, wxr(), "--category", "Nowhere")


def test_one_stopped_halfway_goes_on_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from forum.services import blogs

    text = wxr(wxr_item(1, [wxr_comment(number, f"Words {number}.", parent=number - 1) for number in range(1, 10)]))
    monkeypatch.setattr(blogs, "_AT_ONCE", 2)
    stop_at = 6

    def stop(done: int, _of_all: int) -> None:
        if done == stop_at:
            raise KeyboardInterrupt

    def blog() -> Iterator[Any]:
        from io import BytesIO

        from forum.importing.wordpress import read_wordpress

        return read_wordpress(BytesIO(text.encode()))

    with pytest.raises(KeyboardInterrupt):
        blogs.import_blog(blog, kind="wordpress", category=Category.objects.get(), actor=None, tell=stop)
    assert Post.objects.count() == 7

    bring(tmp_path, text)
    assert said()[1:] == [(number, f"Words {number}.") for number in range(1, 10)]


# --- Ten thousand -----------------------------------------------------------------------------------------------------


def test_ten_thousand_comments_come_in_and_are_told_of(tmp_path: Path) -> None:
    file = tmp_path / "large.xml"
    with file.open("w") as written:
        for page in [*wxr_large()]:
            written.write(page)
    out = StringIO()

    call_command("import_wordpress", str(file), stdout=out)

    lines = out.getvalue().splitlines()
    assert lines[:2] == ["500 of 10,000 comments …", "1,000 of 10,000 comments …"]
    assert "Added threads: 4; answers below them: 10000" in out.getvalue()
    assert Post.objects.count() == 10_004
    call_command("rebuild_paths", "--check", stdout=StringIO())


def wxr_large() -> Iterator[str]:
    items = [
        wxr_item(
            page,
            (
                wxr_comment(number, "Yes.", name=f"Zq{number % 700}", parent=number // 3 if number % 3 else 0)
                for number in range(1, 2_501)
            ),
        )
        for page in range(1, 5)
    ]
    yield wxr(*items)


def test_a_dry_run_keeps_no_texts(tmp_path: Path) -> None:
    file = tmp_path / "large.xml"
    with file.open("w") as written:
        written.write(disqus(disqus_thread(1)).removesuffix("</disqus>\n"))
        for number in range(1, 2_001):
            author = disqus_author(f"Zq{number % 700}")
            written.write(disqus_post(number, "—" * 4_000, author=author, parent=number // 3 or None))
        written.write("</disqus>")
    assert file.stat().st_size > 20_000_000

    out = StringIO()
    tracemalloc.start()
    try:
        call_command("import_disqus", str(file), "--dry-run", stdout=out)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert "Would add threads: 1; answers below them: 2000" in out.getvalue()
    assert peak < 10_000_000


# --- Old addresses ----------------------------------------------------------------------------------------------------


@pytest.fixture
def moved(tmp_path: Path) -> Thread:
    bring(tmp_path, wxr(wxr_item(1, link="https://evenings.example/2019/05/why-no-contact/")))
    return Thread.objects.get()


@pytest.mark.parametrize(
    "address",
    [
        "/2019/05/why-no-contact/", "/2019/05/why-no-contact", "/2019/05/Why-No-Contact/?utm_source=x",
        "//2019/05/why-no-contact/"[1:], "/blog/?p=1",
    ],
)  # fmt: skip
def test_an_old_address_leads_to_the_thread(moved: Thread, client: Client, address: str) -> None:
    for method in (client.get, client.head):
        answer = method(address)
        assert (answer.status_code, answer.headers["Location"]) == (301, f"/t/{moved.public_id}/")
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("address", ["/2019/05/", "/2019/05/why-no-contact/feed/", "/blog/", "/blog/?p=2", "/nowhere"])
def test_others_lead_nowhere(moved: Thread, client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


def test_an_old_address_is_only_read(moved: Thread, client: Client) -> None:
    assert client.post("/2019/05/why-no-contact/").status_code == 404


@pytest.mark.parametrize("path", ["/mine/", "/claim/", "/", "/help/", "/livez", "/api/v1/threads/"])
def test_an_old_address_never_stands_before_one_of_ours(tmp_path: Path, client: Client, path: str) -> None:
    before = client.get(path).status_code
    bring(tmp_path, wxr(wxr_item(1, link=f"https://evenings.example{path}")))

    assert client.get(path).status_code == before
    assert client.get(path).headers.get("Location", "").startswith(f"/t/{Thread.objects.get().public_id}") is False


def test_a_link_elsewhere_leads_to_us(tmp_path: Path, client: Client) -> None:
    bring(tmp_path, wxr(wxr_item(1, link="https://evenings.example//other.example/x")))
    answer = client.get("//other.example/x")
    assert not answer.headers.get("Location", "").startswith(("//", "http"))


def test_who_may_not_see_the_thread_learns_nothing_from_its_old_address(
    moved: Thread, client: Client, member: Any, moderator: Any
) -> None:
    unknown, known = "/2019/05/another-page-here", "/2019/05/why-no-contact"
    hide_post(moved.posts.get(), actor=moderator, word="No.")

    def seen(path: str) -> tuple[int, bytes, dict[str, str]]:
        answer = client.get(path)
        return answer.status_code, answer.content, dict(answer.items())

    assert seen(known) == seen(unknown)
    assert seen(known)[0] == 404
    client.force_login(moderator)
    assert client.get(known).status_code == 301


def test_a_page_of_a_members_category_is_found_by_members_only(tmp_path: Path, client: Client, member: Any) -> None:
    Category.objects.update(is_members_only=True)
    bring(tmp_path, wxr(wxr_item(1, link="https://evenings.example/quiet/")))

    assert client.get("/quiet/").status_code == 404
    client.force_login(member)
    assert client.get("/quiet/").status_code == 301


def test_the_address_itself_is_not_stored(moved: Thread) -> None:
    assert "why-no-contact" not in everything()
    assert {address.thread_id for address in OldAddress.objects.all()} == {moved.pk}
