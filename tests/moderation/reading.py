"""A page of the desk as somebody meets it who has opened nothing yet."""

from __future__ import annotations

from html.parser import HTMLParser

_WITHOUT_END = {"input", "br", "link", "meta", "img", "hr"}


class _Met(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.around: list[tuple[str, bool]] = []  # elements around, and whether each is shut or hidden

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = dict(attrs)
        if tag not in _WITHOUT_END:
            self.around.append((tag, "hidden" in has or (tag == "details" and "open" not in has)))

    def handle_endtag(self, tag: str) -> None:
        while self.around and self.around.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        inside = [place for place, (tag, _is_shut) in enumerate(self.around) if tag == "summary"]
        if not any(is_shut for place, (_tag, is_shut) in enumerate(self.around) if place + 1 not in inside):
            self.said.append(data)


def met(page: str) -> str:
    """What stands there without opening anything; of what is folded its summary."""
    reader = _Met()
    reader.feed(page)
    return " ".join("".join(reader.said).split())
