"""Takes the pictures of docs/pages.md: script/pictures. A site of its own, with words made up here, by nobody."""

from __future__ import annotations

import base64
import os
import struct
import sys
import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django
from playwright.sync_api import Browser, Page, sync_playwright

from config.env import BASE_DIR
from tests.browser.conftest import FLAGS, Site, chromium_path, go_to_desk, running

PICTURES = BASE_DIR / "docs" / "pictures"
SIZES: dict[str, dict[str, Any]] = {
    "phone": {"viewport": {"width": 390, "height": 780}},
    "desktop": {"viewport": {"width": 1280, "height": 800}},
    "dark": {"viewport": {"width": 390, "height": 780}, "color_scheme": "dark"},
}
MEMBER, PASSWORD = "Amber Willow", "seven calm herons wade"

STORIES = (
    (
        "I still check his side of the street",
        "It has been four months. Every time I walk home I look over to where he used to park. Nobody is there, and my "
        "heart does not believe it.\n\nDoes it stop? I would like to hear from somebody for whom it did.",
        (
            "It did for me. Not at once: one evening I noticed that I had walked the whole way thinking about supper. "
            "Your heart learned to look out for you. It can learn that it may rest.",
            "I believe you. I kept the porch light on for a year, and nobody ever told me that this was strange.",
        ),
    ),
    (
        "He never hit me, so I had no word for it",
        "He counted the minutes I was at the shop. He read my messages aloud in another voice. When I cried he asked "
        "what I was playing.\n\nI am writing this because somebody here wrote that it need not be bad enough.",
        ("It was bad enough. I know that voice.",),
    ),
    (
        "My sister believes him",
        "She says there are two sides. I have told her only one of mine, and it was the smallest.",
        ("You do not owe anybody the rest of it. I am glad you said it here.",),
    ),
    (
        "A small thing: I bought the yellow cups",
        "He said yellow was for children. I have had coffee from one every morning this week.",
        ("To the yellow cups.",),
    ),
)
WAITING = (
    "The first quiet weekend",
    "Nobody asked where I was. I did not know what to do with so much of a day, so I slept, and then I walked to the "
    "river.",
)
AT_THE_DESK = (  # what waits, the later ones above
    ("The dog remembers, too", "She still goes behind the sofa when a car stops. I sit down beside her."),
    ("Four locks", "I have changed them all, and I still get up at three to look."),
    ("He is in the street now", "He has a knife and he says he is coming in. The door is locked. Please."),
)
DRAFT = "I left the keys on the table, and then"


def write_stories() -> str:
    """The id of the first one of them, which the member follows."""
    from accounts.models import User
    from forum.authorship import Speaker, SpeaksAs
    from forum.models import Category, Post
    from forum.services.anonymity import new_guest
    from forum.services.house_rules import agree_to_rules, rules_to_agree_to
    from forum.services.posts import reply_to, start_thread
    from forum.services.visibility import publish_post
    from forum.states import PostState

    def show(post: Post) -> None:
        if post.state != PostState.PUBLISHED:  # somebody's first waits
            publish_post(post, actor=None)

    category = Category.objects.exclude(is_members_only=True).order_by("position", "pk")[0]
    member = User.objects.create_user(MEMBER.lower(), PASSWORD)
    others = [User.objects.create_user(name, PASSWORD) for name in ("copper lantern", "quiet harbour")]
    for writer in (member, *others):
        if rules := rules_to_agree_to(writer):
            agree_to_rules(writer, rules.version)
    written = []
    for title, text, replies in reversed(STORIES):
        story = start_thread(
            category, actor=Speaker(SpeaksAs.GUEST, guest=new_guest().guest), title=title, text=text
        ).post
        show(story)
        for other, words in zip(others, replies, strict=False):
            show(reply_to(story, actor=Speaker(SpeaksAs.PSEUDONYM, other), text=words).post)
        written.append(story)
    answer = reply_to(written[-1], actor=Speaker(SpeaksAs.PSEUDONYM, member), text="Thank you for saying it.").post
    show(answer)
    last = reply_to(answer, actor=Speaker(SpeaksAs.PSEUDONYM, others[1]), text="It helped me, too.").post
    show(last)
    return written[-1].thread.public_id


def sign_in(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/accounts/login/")
    page.get_by_label("Your name here").fill(MEMBER)
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"{site.address}/")


def _front(page: Page, site: Site, story: str) -> None:
    page.goto(site.address)


def _thread(page: Page, site: Site, story: str) -> None:
    page.goto(f"{site.address}/t/{story}/")


def _composer(page: Page, site: Site, story: str) -> None:
    page.goto(f"{site.address}/new/")
    page.get_by_label("Your words").fill(DRAFT)


def write_as_guest(page: Page, site: Site, title: str, words: str) -> None:
    page.goto(f"{site.address}/new/")
    page.get_by_label("Title").fill(title)
    page.get_by_label("Your words").fill(words)
    page.get_by_role("main").get_by_role("button", name="Send").click()
    page.wait_for_url("**/sent/")


def _waiting(page: Page, site: Site, story: str) -> None:
    write_as_guest(page, site, *WAITING)


def _inbox(page: Page, site: Site, story: str) -> None:
    sign_in(page, site)
    page.goto(f"{site.address}/inbox/")


def _search(page: Page, site: Site, story: str) -> None:
    page.goto(f"{site.address}/search/")
    page.get_by_label("Words to look for").fill("believe")
    page.get_by_role("button", name="Look for it").click()
    page.locator("main mark").first.wait_for()


def _help(page: Page, site: Site, story: str) -> None:
    page.goto(f"{site.address}/help/?country=IE")


def _queue(page: Page, site: Site, story: str) -> None:
    go_to_desk(page, site)
    page.goto(f"{site.address}/admin/moderation/case/")


def _case(page: Page, site: Site, story: str) -> None:
    _queue(page, site, story)
    page.locator("ol.cases > li.urgent h2 a").first.click()


DESK: dict[str, Callable[[Page, Site, str], None]] = {"queue": _queue, "case": _case}
PAGES: dict[str, Callable[[Page, Site, str], None]] = {
    "front": _front,
    "thread": _thread,
    "composer": _composer,
    "waiting": _waiting,
    "inbox": _inbox,
    "search": _search,
    "help": _help,
}

# A picture of few colours: the 64 that are most often there, and for each other one the nearest of them.
COLOURS = 64
QUANTISE = """async ([data, most]) => {
  const bitmap = await createImageBitmap(await (await fetch(`data:image/png;base64,${data}`)).blob());
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height), context = canvas.getContext("2d");
  context.drawImage(bitmap, 0, 0);
  const pixels = context.getImageData(0, 0, bitmap.width, bitmap.height).data, counts = new Map();
  const colour = (at) => (pixels[at] << 16) | (pixels[at + 1] << 8) | pixels[at + 2];
  for (let at = 0; at < pixels.length; at += 4) counts.set(colour(at), (counts.get(colour(at)) || 0) + 1);
  const palette = [...counts].sort((a, b) => b[1] - a[1]).slice(0, most).map(([each]) => each);
  const far = (a, b) => [16, 8, 0].reduce((sum, by) => sum + ((a >> by & 255) - (b >> by & 255)) ** 2, 0);
  const places = new Map(palette.map((each, place) => [each, place]));
  const place = (each) => {
    const nearer = (best, some, at) => far(some, each) < far(palette[best], each) ? at : best;
    if (!places.has(each)) places.set(each, palette.reduce(nearer, 0));
    return places.get(each);
  };
  const rows = new Uint8Array(bitmap.width * bitmap.height);
  for (let at = 0; at < rows.length; at += 1) rows[at] = place(colour(at * 4));
  let text = "";
  for (let at = 0; at < rows.length; at += 8192) text += String.fromCharCode(...rows.subarray(at, at + 8192));
  return {width: bitmap.width, height: bitmap.height, palette, pixels: btoa(text)};
}"""


def png_of(picture: dict[str, Any]) -> bytes:
    """A PNG with a palette (its specification, 11.2.3): a byte for each pixel."""
    width, height = picture["width"], picture["height"]
    pixels = base64.b64decode(picture["pixels"])
    rows = b"".join(b"\0" + pixels[start : start + width] for start in range(0, width * height, width))
    palette = b"".join(colour.to_bytes(3, "big") for colour in picture["palette"])
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in (
            (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
            (b"PLTE", palette),
            (b"IDAT", zlib.compress(rows, 9)),
            (b"IEND", b""),
        )
    )


def take_pictures(browser: Browser, site: Site, story: str) -> None:
    painter = browser.new_page()

    def take(name: str, go: Callable[[Page, Site, str], None], how: dict[str, Any]) -> None:
        context = browser.new_context(locale="en-IE", reduced_motion="reduce", **how)
        page = context.new_page()
        go(page, site, story)
        page.evaluate("document.activeElement.blur()")
        taken = base64.b64encode(page.screenshot()).decode()
        context.close()
        file = PICTURES / f"{name}.png"
        file.write_bytes(png_of(painter.evaluate(QUANTISE, [taken, COLOURS])))
        sys.stdout.write(f"{file.relative_to(BASE_DIR)}: {file.stat().st_size / 1024:.0f} kB\n")

    for size, how in SIZES.items():
        for name, go in PAGES.items():
            take(f"{name}-{size}", go, how)
    for title, words in AT_THE_DESK:
        context = browser.new_context()
        write_as_guest(context.new_page(), site, title, words)
        context.close()
    for name, go in DESK.items():
        take(name, go, SIZES["desktop"])


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="hearth-pictures-") as folder:
        os.environ |= {"HEARTH_DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "config.settings"}
        with running(Path(folder), "https://www.bbc.com/weather") as site:
            django.setup()
            story = write_stories()
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
                take_pictures(browser, site, story)
                browser.close()


if __name__ == "__main__":
    main()
