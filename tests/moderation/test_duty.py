"""Looking after whoever looks after others."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.test import Client

from common.errors import NotAllowed
from forum.models import Category, ContentNote
from forum.services.posts import start_thread
from moderation.models import Case, Duty, DutyDay
from moderation.services.claims import hand_over, take_next
from moderation.services.duty import DutyUnreadable, EnoughForToday, OffDuty, cases_today, choose_duty
from tests.personas import GUEST, sign_in, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
DUTY = "/admin/moderation/case/duty/"


def chosen(
    moderator: User, *, avoided_notes: tuple[str, ...] = (), enough: int = 40, off_until: dt.date | None = None
) -> Duty:
    return choose_duty(moderator, actor=moderator, avoided_notes=avoided_notes, enough=enough, off_until=off_until)


def test_what_a_moderator_avoids_is_left_to_others(moderator: User, category: Category) -> None:
    note = ContentNote.objects.create(title="court")
    noted = start_thread(category, actor=GUEST, title="A", text="B", notes=[note]).post
    chosen(moderator, avoided_notes=(note.public_id,))
    assert take_next(actor=moderator) is None
    other = written_by_guest(category).post
    taken = take_next(actor=moderator)
    assert taken is not None
    assert taken.post_id == other.pk
    assert Case.objects.get(post=noted).claimed_by is None


def test_after_enough_cases_it_asks_once_softly(moderator: User, category: Category) -> None:
    chosen(moderator, enough=2)
    for _number in range(3):
        written_by_guest(category)
    for _number in range(2):
        case = take_next(actor=moderator)
        assert case is not None
        hand_over(case, actor=moderator)
    with pytest.raises(EnoughForToday):
        take_next(actor=moderator)
    assert take_next(actor=moderator, goes_on=True) is not None
    assert cases_today(moderator) == 3


def test_tomorrow_is_another_day(moderator: User, category: Category) -> None:
    written_by_guest(category)
    chosen(moderator, enough=1)
    with time_machine.travel(NOW, tick=False) as clock:
        DutyDay.objects.create(moderator=moderator, day=NOW.date(), cases=1)
        with pytest.raises(EnoughForToday):
            take_next(actor=moderator)
        clock.shift(dt.timedelta(days=1))
        assert take_next(actor=moderator) is not None


def test_off_duty_nothing_comes_until_the_day(moderator: User, category: Category) -> None:
    written_by_guest(category)
    with time_machine.travel(NOW, tick=False) as clock:
        chosen(moderator, off_until=NOW.date() + dt.timedelta(days=2))
        with pytest.raises(OffDuty):
            take_next(actor=moderator, goes_on=True)
        assert Case.objects.get().claimed_by is None
        clock.shift(dt.timedelta(days=2))
        assert take_next(actor=moderator) is not None


@pytest.mark.parametrize(
    "wrong", [{"enough": 0}, {"enough": 501}, {"avoided_notes": ("unknown",)}, {"off_until": dt.date(2020, 1, 1)}]
)
def test_what_makes_no_sense_is_refused(moderator: User, wrong: dict[str, object]) -> None:
    with pytest.raises(DutyUnreadable):
        chosen(moderator, **wrong)  # type: ignore[arg-type]  # that is the point
    assert not Duty.objects.exists()


def test_nobody_chooses_for_another(moderator: User, member: User) -> None:
    for somebody, actor in ((moderator, member), (member, member)):
        with pytest.raises(NotAllowed):
            choose_duty(somebody, actor=actor, avoided_notes=[], enough=3, off_until=None)
    assert not Duty.objects.exists()


def test_on_the_page_and_by_api(client: Client, moderator: User, category: Category) -> None:
    written_by_guest(category)
    desk = sign_in(client, moderator)
    note = ContentNote.objects.create(title="court").public_id
    assert desk.post(DUTY, {"avoided_notes": [note], "enough": "1", "off_until": ""}).status_code == 302
    assert "checked" in desk.get(DUTY).content.decode()
    assert desk.post("/admin/moderation/case/next/").status_code == 302
    hand_over(Case.objects.get(), actor=moderator)
    assert "A break is part of the work" in desk.post("/admin/moderation/case/next/").content.decode()
    told = desk.get("/api/v1/desk/duty/").json()
    assert told == {"avoided_notes": [note], "enough": 1, "off_until": None, "cases_today": 1}
    assert desk.post("/api/v1/desk/cases/next/", {}, "application/json").json()["code"] == "enough-for-today"
    body = {**{name: told[name] for name in ("avoided_notes", "off_until")}, "enough": 900}
    assert desk.put("/api/v1/desk/duty/", body, "application/json").status_code == 400
    assert desk.post(DUTY, {"enough": "900"}).status_code == 400
