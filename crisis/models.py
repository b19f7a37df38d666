"""Services that help, and the pins that put them where people read and write."""

from __future__ import annotations

import re
from typing import ClassVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator, URLValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from common.days import today
from crisis.countries import COUNTRY_CODES, INTERNATIONAL, country_name
from crisis.freshness import is_fresh, last_checked
from crisis.languages import language_names
from crisis.opening_hours import ALWAYS, HoursUnreadable, read_hours
from crisis.openness import Openness, openness
from crisis.traces import Trace, traces_of


class Kind(models.TextChoices):
    """In the order in which a reader meets them: what may save a life tonight comes first."""

    EMERGENCY = "EMERGENCY", _("In an emergency")
    DOMESTIC_ABUSE = "DOMESTIC_ABUSE", _("Abuse by a partner or in the family")
    SEXUAL_VIOLENCE = "SEXUAL_VIOLENCE", _("Sexual violence")
    SUICIDE = "SUICIDE", _("Thoughts of suicide")
    MENTAL_HEALTH = "MENTAL_HEALTH", _("Mental health")
    CHILD = "CHILD", _("Children and young people")
    STALKING_TECH = "STALKING_TECH", _("Stalking, spying and misuse of technology")
    LGBTQ = "LGBTQ", _("LGBTQ+ people")
    MEN = "MEN", _("Men")
    ELDER = "ELDER", _("Older people")
    LEGAL = "LEGAL", _("Rights and support after a crime")
    DIRECTORY = "DIRECTORY", _("Where to find more help")


class Free(models.TextChoices):
    YES = "YES", _("Free of charge")
    NO = "NO", _("Costs money")
    UNKNOWN = "UNKNOWN", _("Cost not stated")


class Scope(models.TextChoices):
    EVERYWHERE = "EVERYWHERE", _("every page")
    CATEGORY = "CATEGORY", _("a category")
    THREAD = "THREAD", _("a thread")


_two_letters = _("Give the two letters of a country, or ZZ for all countries.")
_web_address = URLValidator(schemes=["https", "http"], message=_("Give a web address that begins with https://."))


def validate_hours(text: str) -> None:
    try:
        read_hours(text)
    except HoursUnreadable:
        raise ValidationError(_("Give hours like: Mo-Fr 09:00-17:00; Sa 10:00-14:00, or 24/7.")) from None


def validate_time_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        raise ValidationError(_("Give the name of a time zone, like Europe/Dublin.")) from None


class Resource(models.Model):
    """One service. What it says of itself is data, `dial` above all.

    Nothing here is worked out from a number at run time: a phone library turns 988 into +1 988, which reaches nobody.
    """

    slug = models.SlugField(_("key"), max_length=64, unique=True)
    country = models.CharField(_("country"), max_length=2, validators=[RegexValidator(r"\A[A-Z]{2}\Z", _two_letters)])
    region = models.CharField(_("region"), max_length=80, blank=True, help_text=_("Empty for the whole country."))
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(
        _("kind"),
        max_length=20,
        choices=Kind,
        error_messages={"invalid_choice": _("This is not one of the kinds known here.")},
    )
    phone = models.CharField(_("phone"), max_length=60, blank=True, help_text=_("As people read it."))
    dial = models.CharField(
        _("number to dial"),
        max_length=16,
        blank=True,
        validators=[RegexValidator(r"\A(?:\+[0-9]{6,15}|[*#]?[0-9]{2,15})\Z", _("Digits only; + or * or # in front."))],
        help_text=_("Exactly what a phone inside the country dials. Empty if that needs more than one number."),
    )
    text = models.CharField(_("text message"), max_length=200, blank=True)
    chat_url = models.CharField(_("web chat"), max_length=500, blank=True, validators=[_web_address])
    web_url = models.CharField(_("website"), max_length=500, blank=True, validators=[_web_address])
    hours = models.CharField(
        _("hours"), max_length=200, blank=True, help_text=_("Local time. Empty if not stated: never assume 24/7.")
    )
    sms = models.CharField(
        _("number to text"),
        max_length=16,
        blank=True,
        validators=[RegexValidator(r"\A\+?[0-9]{3,15}\Z", _("Digits only; + in front."))],
        help_text=_("Exactly what a phone inside the country texts to. Empty where it is no ordinary text message."),
    )
    opening = models.CharField(
        _("hours as data"),
        max_length=200,
        blank=True,
        validators=[validate_hours],
        help_text=_("24/7, or like: Mo-Fr 09:00-17:00; Sa 10:00-14:00. Empty where it is not that clear."),
    )
    time_zone = models.CharField(
        _("time zone of the hours"),
        max_length=40,
        blank=True,
        validators=[validate_time_zone],
        help_text=_("Like Europe/Dublin. Not needed for 24/7."),
    )
    languages = models.CharField(
        _("languages"),
        max_length=200,
        blank=True,
        validators=[
            RegexValidator(
                r"\A[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*(?:;[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)*\Z",
                _("Language tags with a semicolon between them: en;es-MX."),
            )
        ],
    )
    free = models.CharField(
        _("free"),
        max_length=8,
        choices=Free,
        default=Free.UNKNOWN,
        error_messages={"invalid_choice": _("Say yes, no or unknown.")},
    )
    note = models.TextField(_("note of the research"), blank=True, help_text=_("For staff; readers do not see it."))
    reader_note = models.CharField(_("note for readers"), max_length=500, blank=True)
    sources = models.TextField(_("sources"), blank=True, help_text=_("Web addresses with a semicolon between them."))
    source_count = models.PositiveSmallIntegerField(_("number of sources"), default=0)
    as_of = models.CharField(
        _("newest source"),
        max_length=7,
        blank=True,
        validators=[RegexValidator(r"\A[0-9]{4}-(?:0[1-9]|1[0-2])\Z", _("A year and a month: 2026-09."))],
    )
    verified_on = models.DateField(
        _("checked by this site on"),
        null=True,
        blank=True,
        help_text=_("The day somebody here compared the entry with what the service says of itself."),
    )
    is_hidden = models.BooleanField(_("hidden from readers"), default=False, editable=False)
    list_name = models.CharField(_("list it came with"), max_length=100, blank=True, editable=False)
    has_left_list = models.BooleanField(_("not in the newest list any more"), default=False, editable=False)
    is_ours = models.BooleanField(
        _("words of this site"),
        default=False,
        editable=False,
        help_text=_("Somebody here changed it: a newer list leaves the words as they are."),
    )

    class Meta:
        verbose_name = _("service")
        verbose_name_plural = _("services")
        ordering: ClassVar = ["country", "slug"]
        indexes: ClassVar = [models.Index(fields=["country"], name="crisis_resource_country")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(kind__in=Kind.values), name="crisis_resource_kind_known"),
            models.CheckConstraint(condition=models.Q(free__in=Free.values), name="crisis_resource_free_known"),
            models.CheckConstraint(condition=~models.Q(name=""), name="crisis_resource_named"),
        ]

    def __str__(self) -> str:
        return self.slug

    def clean(self) -> None:
        if self.country != INTERNATIONAL and self.country not in COUNTRY_CODES:
            raise ValidationError({"country": _two_letters})
        if self.dial and re.sub(r"\D", "", self.dial) not in re.sub(r"\D", "", self.phone):
            raise ValidationError({"dial": _("The number to dial is not the number shown.")})
        if self.sms and re.sub(r"\D", "", self.sms) not in re.sub(r"\D", "", self.text):
            raise ValidationError({"sms": _("The number to text is not the number shown.")})
        if self.verified_on and self.verified_on > today():
            raise ValidationError({"verified_on": _("This day is still to come. Give the day of the check.")})
        if self.opening not in {"", ALWAYS} and not self.time_zone:
            raise ValidationError({"time_zone": _("Hours need the time zone in which they are meant.")})
        if not (self.phone or self.text or self.chat_url or self.web_url):
            raise ValidationError({"phone": _("Give at least one way to reach the service.")})

    @property
    def country_name(self) -> str:
        return country_name(self.country)

    @property
    def region_name(self) -> str:
        return str(_("the European Union")) if (self.country, self.region) == (INTERNATIONAL, "EU") else self.region

    @property
    def language_tags(self) -> list[str]:
        return self.languages.split(";") if self.languages else []

    @property
    def language_names(self) -> list[str]:
        return language_names(self.language_tags)

    @property
    def is_fresh(self) -> bool:
        return is_fresh(self.verified_on)

    @property
    def openness(self) -> Openness:
        return openness(self.opening, self.time_zone)

    @property
    def last_checked(self) -> str:
        return last_checked(self.verified_on, source_count=self.source_count, as_of=self.as_of)

    @property
    def traces(self) -> list[Trace]:
        reached = {"phone": self.phone, "text": self.text, "chat": self.chat_url, "web": self.web_url}
        return traces_of({way for way, address in reached.items() if address}, free=self.free)


class Pin(models.Model):
    """Shows a service in a place. A place is named by its public id: this app does not know what a thread is."""

    resource = models.ForeignKey(Resource, models.PROTECT, related_name="pins", verbose_name=_("service"))
    scope = models.CharField(_("where"), max_length=10, choices=Scope, default=Scope.EVERYWHERE)
    place = models.CharField(
        _("place"), max_length=22, blank=True, help_text=_("The id of the category or thread; empty for every page.")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("pin")
        verbose_name_plural = _("pins")
        ordering: ClassVar = ["scope", "place", "position", "pk"]
        indexes: ClassVar = [models.Index(fields=["scope", "place"], name="crisis_pin_place")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["resource", "scope", "place"], name="crisis_pin_once_a_place"),
            models.CheckConstraint(condition=models.Q(scope__in=Scope.values), name="crisis_pin_scope_known"),
            models.CheckConstraint(
                condition=models.Q(scope=Scope.EVERYWHERE, place="")
                | (~models.Q(scope=Scope.EVERYWHERE) & ~models.Q(place="")),
                name="crisis_pin_place_iff_not_everywhere",
                violation_error_message=_("A category or thread needs its id; every page needs none."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.resource} {self.scope} {self.place}".strip()
