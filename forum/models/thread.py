from __future__ import annotations

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.pseudonyms import name_key
from common.public_id import PublicIdField, RandomKeyField
from forum.models.category import MOST_SLOW_MINUTES


class ReplyWish(models.TextChoices):
    """What the author of a story asks of those who answer."""

    HEARD = "heard", _("just listen")
    BELIEVED = "believed", _("believe me")
    PRACTICAL = "practical", _("practical help")
    LAW = "law", _("facts about law")


class ReplyLimit(models.TextChoices):
    """What they ask not to read."""

    NO_LEAVE = "no_leave", _("don't tell me to leave")
    NO_RELIGION = "no_religion", _("no religion")
    NO_ADVICE = "no_advice", _("no advice")


class Thread(models.Model):
    """An opening post and its tree of replies. The words, the title's too, are the posts'.

    `activity` orders threads by their newest published post without a time: it begins with that post's day, and is one
    more than the highest one of that day. Two that were given the same number at once are told apart by their row.
    `is_shown` says that the opening post or its placeholder is there for everybody who sees the category. `story_on` is
    the day on which its story was first published: the order of stories is of days alone, and by drawn numbers within
    one, so that it says nothing of what was published before what. `is_unanswered` says that the story is published,
    and nothing under another name answers it. Only forum/services/visibility.py changes these.
    `reply_wish` and `reply_limits` are the story's author's, read by whoever reads the story, and erased with it.
    """

    id = RandomKeyField()
    public_id = PublicIdField()
    category = models.ForeignKey("forum.Category", models.PROTECT, related_name="threads", verbose_name=_("category"))
    is_locked = models.BooleanField(_("closed for replies"), default=False)
    is_paused = models.BooleanField(_("its author takes no replies just now"), default=False)
    is_pinned = models.BooleanField(_("pinned: first in its category"), default=False)
    slow_minutes = models.PositiveSmallIntegerField(
        _("minutes between two replies"),
        default=0,
        validators=[MaxValueValidator(MOST_SLOW_MINUTES)],
        help_text=_("Of one person, if it is more than in the whole category. 0: as there."),
    )
    is_shown = models.BooleanField(_("shown in lists"), default=False)
    story_on = models.DateField(null=True, editable=False)
    is_unanswered = models.BooleanField(default=False, editable=False)
    # Below a page that stood elsewhere: nobody here waits for an answer to it.
    began_elsewhere = models.BooleanField(default=False, editable=False)
    active_on = models.DateField(_("last active"))
    activity = models.BigIntegerField(default=0, editable=False)
    last_seq = models.PositiveIntegerField(default=0, editable=False)
    reply_wish = models.CharField(_("reply wish"), max_length=9, choices=ReplyWish, blank=True)
    reply_limits = models.JSONField(_("limits of replies"), default=list, blank=True)
    # A digest of an imported page, its names replaced: the same page is not imported twice.
    source_digest = models.CharField(max_length=43, null=True, blank=True, unique=True, editable=False)

    class Meta:
        verbose_name = _("thread")
        verbose_name_plural = _("threads")
        indexes = (
            models.Index(fields=["-activity", "-id"], name="thread_activity", condition=models.Q(is_shown=True)),
            models.Index(
                fields=["category", "-activity", "-id"], name="thread_in_category", condition=models.Q(is_shown=True)
            ),
            models.Index(fields=["-story_on", "-id"], name="thread_story", condition=models.Q(is_shown=True)),
            models.Index(
                fields=["category", "-story_on", "-id"],
                name="thread_story_in_category",
                condition=models.Q(is_shown=True),
            ),
            models.Index(fields=["category"], name="thread_pinned", condition=models.Q(is_shown=True, is_pinned=True)),
            models.Index(
                fields=["story_on", "id"],
                name="thread_unanswered",
                condition=models.Q(is_shown=True, is_unanswered=True),
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=models.Q(is_shown=False) | models.Q(story_on__isnull=False), name="thread_shown_has_its_day"
            ),
            models.CheckConstraint(
                condition=models.Q(reply_wish__in=["", *ReplyWish.values]), name="thread_reply_wish_is_known"
            ),
        )

    def __str__(self) -> str:
        return f"thread {self.public_id}"

    @property
    def minutes_between(self) -> int:
        """Slow mode: how long somebody waits here after a reply of theirs. Its category comes loaded, or is asked."""
        return max(self.slow_minutes, self.category.slow_minutes)


class NameKeyField(models.CharField[str, str]):
    """What the name beside it looks like (accounts/pseudonyms.py); made anew whenever the row is saved."""

    def pre_save(self, model_instance: models.Model, add: bool) -> str:  # noqa: FBT001  # Django's signature
        key = name_key(model_instance.name)[: self.max_length]  # type: ignore[attr-defined]  # stands beside one
        setattr(model_instance, self.attname, key)
        return key


class ThreadPseudonym(models.Model):
    """The name an anonymous author carries in one thread. `tag` is all that says who (forum/authorship.py).

    `waits`: whether what stands under it waits for a first look. Settled with its first post and never changed: a
    change, on the day of something known about another name, would tell that they are one person's.
    """

    id = RandomKeyField()
    thread = models.ForeignKey("forum.Thread", models.CASCADE, related_name="pseudonyms")
    name = models.CharField(max_length=60)
    name_key = NameKeyField(max_length=60, editable=False)
    tag = models.CharField(max_length=43, unique=True)
    waits = models.BooleanField(null=True, editable=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["thread", "name"], name="one_author_per_name_in_a_thread"),)
        indexes = (models.Index(fields=["thread", "name_key"], name="names_of_a_thread_by_looks"),)

    def __str__(self) -> str:
        return "thread pseudonym"
