from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.public_id import PublicIdField, RandomKeyField
from forum.states import Flag, PostState

PATH_STEP = 4  # base-36 characters a level: 0.8 million answers to one post
MAX_DEPTH = 32
FIRST_DRAWN = 2**30  # the place of what its author put off is drawn from here on, until it appears


class Post(models.Model):
    """One piece of writing: an opening post (no parent) or a reply.

    `parent` is the truth; `path` is derived from it (forum/tree.py) and orders the tree. `children` counts the paths
    ever hung from this one, under the thread's lock: it makes the next. `shown_children` counts the answers that are
    there for everybody, placeholders included: an unpublished post with any leaves a placeholder itself.
    A post stores a day, never a time, and a number that says nothing of what was written before it elsewhere.
    """

    id = RandomKeyField()
    public_id = PublicIdField()
    thread = models.ForeignKey("forum.Thread", models.PROTECT, related_name="posts")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="answers")
    path = models.CharField(max_length=PATH_STEP * MAX_DEPTH)
    seq = models.PositiveIntegerField()
    children = models.PositiveIntegerField(default=0)
    shown_children = models.PositiveIntegerField(default=0)

    # Under their own pseudonym, or under a thread pseudonym; neither once an account is gone.
    author = models.ForeignKey("accounts.User", models.SET_NULL, null=True, blank=True, related_name="+")
    thread_pseudonym = models.ForeignKey(
        "forum.ThreadPseudonym", models.PROTECT, null=True, blank=True, related_name="posts"
    )

    state = models.CharField(_("state"), max_length=9, choices=PostState, default=PostState.HELD)
    title = models.CharField(_("title"), max_length=120, blank=True)
    source = models.TextField(_("text"), blank=True)
    html = models.TextField(blank=True, editable=False)
    renderer_version = models.PositiveSmallIntegerField(editable=False)
    # What a moderator wrote to its author with the last decision; only those two read it. Its author from that moment
    # on: until then the moderator may take it back. None: it has left.
    word_to_author = models.TextField(blank=True)
    word_leaves_at = models.DateTimeField(null=True, blank=True, editable=False)

    # Which words a returned post is about, as places (forum/marking.py); its author reads them with that word. Other
    # words, or another state, take them away: forum/services/visibility.py.
    marks = models.JSONField(default=list, blank=True, editable=False)

    # With such a word the team thought of people who can help: a country's code, or "*" for people anywhere. Its
    # author reads both together.
    help_for = models.CharField(max_length=2, blank=True, editable=False)
    takes_no_replies = models.BooleanField(default=False, editable=False)  # forum/services/branches.py

    # Other words take it away; only forum/services/visibility.py and an edit change it.
    flag = models.CharField(max_length=5, choices=Flag, blank=True, default=Flag.NONE)

    version = models.PositiveIntegerField(default=1)
    written_on = models.DateField()
    is_edited = models.BooleanField(default=False)
    # Derived from `carried_notes`, so that a post without any costs nothing to read. forum/services/content_notes.py.
    has_notes = models.BooleanField(default=False, editable=False)
    # When it may appear, to the hour, if its author put it off; gone as soon as it did (forum/delays.py).
    due_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        indexes = (
            models.Index(fields=["due_at"], name="post_due", condition=Q(due_at__isnull=False)),
            models.Index(fields=["word_leaves_at"], name="post_word_leaves", condition=Q(word_leaves_at__isnull=False)),
        )
        permissions = (("see_every_post", _("Can read every post, whatever its state")),)
        constraints = (
            models.UniqueConstraint(fields=["thread", "path"], name="post_path_once_in_a_thread"),
            models.UniqueConstraint(fields=["thread", "seq"], name="post_seq_once_in_a_thread"),
            models.CheckConstraint(condition=Q(state__in=PostState.values), name="post_state_is_known"),
            models.CheckConstraint(
                condition=Q(due_at__isnull=True) & ~Q(state=PostState.SCHEDULED)
                | Q(due_at__isnull=False, state__in=[PostState.HELD, PostState.SCHEDULED, PostState.RETURNED]),
                name="post_hour_only_while_it_waits",
            ),
            models.CheckConstraint(
                condition=Q(flag="") | Q(flag="WAITS", state="HELD") | Q(flag="LEFT", state="PUBLISHED"),
                name="post_flag_fits_its_state",
            ),
            models.CheckConstraint(
                condition=Q(author__isnull=True) | Q(thread_pseudonym__isnull=True), name="post_has_one_kind_of_name"
            ),
            models.CheckConstraint(
                condition=~Q(state=PostState.ERASED)
                | Q(source="", html="", title="", word_to_author="", has_notes=False),
                name="post_erased_holds_no_words",
            ),
        )

    def __str__(self) -> str:
        return f"post {self.public_id}"

    @property
    def depth(self) -> int:
        """0 for an opening post."""
        return len(self.path) // PATH_STEP - 1

    @property
    def word_follows(self) -> bool:
        """There is a word to its author, who does not read it yet."""
        on_its_way = self.word_leaves_at is not None and self.word_leaves_at > timezone.now()
        return on_its_way and self.word_to_author != ""

    @property
    def is_closed(self) -> bool:
        """By the team, for replies: with all below it, a story with its conversation. It comes with its thread."""
        return self.takes_no_replies or (self.parent_id is None and self.thread.is_locked)

    @property
    def is_put_off(self) -> bool:
        """Its author chose another day, and it has never appeared: its place is drawn (forum/services/places.py)."""
        return self.seq >= FIRST_DRAWN

    @property
    def is_shown(self) -> bool:
        """There for everybody who sees the category, be it as a placeholder."""
        return self.state == PostState.PUBLISHED or self.shown_children > 0


class Revision(models.Model):
    """What a post said before an edit; its author and moderators may read it. Goes when the post is erased."""

    id = RandomKeyField()
    post = models.ForeignKey("forum.Post", models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=120, blank=True)
    source = models.TextField()
    replaced_on = models.DateField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["post", "number"], name="revision_number_once"),)

    def __str__(self) -> str:
        return f"revision {self.number}"
