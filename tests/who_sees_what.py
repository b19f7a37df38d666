"""The truth about who may see what, written by hand. The tests of the rules and of every door are held against it."""

from __future__ import annotations

from forum.states import PostState

PUBLIC, MEMBERS = "public", "members only"
BARE, ANSWERED = "bare", "answered"
NAMED, PSEUDONYMOUS, GUEST, NOBODY = "named", "pseudonymous", "guest", "nobody"  # under which name a post stands

STATES = (
    PostState.HELD,
    PostState.PUBLISHED,
    PostState.RETURNED,
    PostState.HIDDEN,
    PostState.WITHDRAWN,
    PostState.ERASED,
    PostState.SCHEDULED,
)  # the order of the letters in the table

# r: reads the words. p: sees that there is a post (a placeholder), not its words. -: it is as if it were not there.
EXPECTED: dict[tuple[str, str, str], str] = {
    #                                H P R H W E S
    ("visitor", PUBLIC, BARE): "     - r - - - - -",
    ("visitor", PUBLIC, ANSWERED): " p r p p p p p",
    ("visitor", MEMBERS, BARE): "    - - - - - - -",
    ("visitor", MEMBERS, ANSWERED): "- - - - - - -",
    ("member", PUBLIC, BARE): "      - r - - - - -",
    ("member", PUBLIC, ANSWERED): "  p r p p p p p",
    ("member", MEMBERS, BARE): "     - r - - - - -",
    ("member", MEMBERS, ANSWERED): " p r p p p p p",
    ("author", PUBLIC, BARE): "      r r r r r p r",
    ("author", PUBLIC, ANSWERED): "  r r r r r p r",
    ("author", MEMBERS, BARE): "     r r r r r p r",
    ("author", MEMBERS, ANSWERED): " r r r r r p r",
    # Kept from its author's name by a block, or keeping it away; a thread that such a name opened is not there at all.
    ("kept away", PUBLIC, BARE): "   - - - - - - -",
    ("kept away", PUBLIC, ANSWERED): "p p p p p p p",
    ("kept away", MEMBERS, BARE): "  - - - - - - -",
    ("kept away", MEMBERS, ANSWERED): "p p p p p p p",
    # A category that became one for members shuts guests out of it, but never out of their own words (safety.md D4).
    ("guest author", PUBLIC, BARE): "       r r r r r p r",
    ("guest author", PUBLIC, ANSWERED): "   r r r r r p r",
    ("guest author", MEMBERS, BARE): "      r r r r r p r",
    ("guest author", MEMBERS, ANSWERED): "  r r r r r p r",
    # Whoever came with a code for reading only reads the same, and changes nothing.
    ("reading guest", PUBLIC, BARE): "      r r r r r p r",
    ("reading guest", PUBLIC, ANSWERED): "  r r r r r p r",
    ("reading guest", MEMBERS, BARE): "     r r r r r p r",
    ("reading guest", MEMBERS, ANSWERED): " r r r r r p r",
    ("moderator", PUBLIC, BARE): "   r r r r r p r",
    ("moderator", PUBLIC, ANSWERED): "r r r r r p r",
    ("moderator", MEMBERS, BARE): "  r r r r r p r",
    ("moderator", MEMBERS, ANSWERED): "r r r r r p r",
}

# Each persona's part towards a post that stands under each kind of name.
PARTS: dict[str, dict[str, str]] = {
    "visitor": dict.fromkeys((NAMED, PSEUDONYMOUS, GUEST, NOBODY), "visitor"),
    "other member": dict.fromkeys((NAMED, PSEUDONYMOUS, GUEST, NOBODY), "member"),
    "author, by name": {NAMED: "author", PSEUDONYMOUS: "member", GUEST: "member", NOBODY: "member"},
    "author behind a thread pseudonym, opened": {
        NAMED: "member",
        PSEUDONYMOUS: "author",
        GUEST: "member",
        NOBODY: "member",
    },
    "author behind a thread pseudonym, not opened": dict.fromkeys((NAMED, PSEUDONYMOUS, GUEST, NOBODY), "member"),
    "guest with the code": {NAMED: "visitor", PSEUDONYMOUS: "visitor", GUEST: "guest author", NOBODY: "visitor"},
    "guest with a reading-only code": {
        NAMED: "visitor",
        PSEUDONYMOUS: "visitor",
        GUEST: "reading guest",
        NOBODY: "visitor",
    },
    "guest with another code": dict.fromkeys((NAMED, PSEUDONYMOUS, GUEST, NOBODY), "visitor"),
    "member who opened a code too": {NAMED: "member", PSEUDONYMOUS: "member", GUEST: "author", NOBODY: "member"},
    "member it is hidden from": {**dict.fromkeys((NAMED, PSEUDONYMOUS, GUEST), "kept away"), NOBODY: "member"},
    "member who blocks its author": {**dict.fromkeys((NAMED, PSEUDONYMOUS, GUEST), "kept away"), NOBODY: "member"},
    "moderator": dict.fromkeys((NAMED, PSEUDONYMOUS, GUEST, NOBODY), "moderator"),
    "staff without the permission": dict.fromkeys((NAMED, PSEUDONYMOUS, GUEST, NOBODY), "member"),
}


def expected(persona: str, name: str, category: str, answered: str, state: str, *, is_opening: bool) -> str:
    """The letter: "r", "p" or "-"."""
    part = PARTS[persona][name]
    if part == "kept away" and is_opening:
        return "-"
    return EXPECTED[part, category, answered].split()[STATES.index(PostState(state))]
