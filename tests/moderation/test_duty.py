"""Looking after whoever looks after others."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.test import Client

from common.days import today
from common.errors import NotAllowed
from forum.models import Category, ContentNote
from forum.services.posts import start_thread
from forum.services.visibility import publish_post
from moderation.models import AuditEntry, Case, CaseState, Duty, DutyDay, Seen
from moderation.services.claims import hand_over, take, take_next, take_over
from moderation.services.duty import DutyUnreadable, EnoughForToday, OffDuty, cases_today, choose_duty
from moderation.services.reports import report_post
from moderation.states import LEASE
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


@pytest.mark.parametrize("door", ["admin", "api"])
@pytest.mark.parametrize("is_taken", [True, False])
def test_a_case_opened_from_the_list_counts_too_and_once(
    client: Client, moderator: User, category: Category, door: str, is_taken: bool
) -> None:
    desk = sign_in(client, moderator)
    for number in (1, 2):
        written_by_guest(category, title=str(number))
        case = Case.objects.latest("pk") if number == 1 else Case.objects.get(state=CaseState.OPEN)
        page, address = f"/admin/moderation/case/{case.pk}/change/", f"/api/v1/desk/cases/{case.public_id}"
        for _time in range(2 if is_taken else 0):
            if door == "admin":
                desk.post(page, {"do": "take"})
            else:
                assert desk.put(f"{address}/claim/").status_code == 200
        assert cases_today(moderator) == (number if is_taken else number - 1)
        seen = str(Seen.of(Case.objects.select_related("post").get(pk=case.pk)))
        if door == "admin":
            desk.post(page, {"seen": seen, "action": "PUBLISH", "word": "", "reason": ""})
        else:
            headers = {"If-Match": f'"{seen}"', "Idempotency-Key": f"key-of-{number}-0123456789"}
            sent = desk.post(f"{address}/decisions/", {"action": "PUBLISH"}, "application/json", headers=headers)
            assert sent.status_code == 201
        assert Case.objects.get(pk=case.pk).state == CaseState.CLOSED
        assert cases_today(moderator) == number
    chosen(moderator, enough=2)
    written_by_guest(category)
    with pytest.raises(EnoughForToday):
        take_next(actor=moderator)


def test_the_same_case_counts_once_also_late_and_given_back(moderator: User, lead: User, category: Category) -> None:
    written_by_guest(category)
    case = Case.objects.get()
    with time_machine.travel(NOW, tick=False) as clock:
        take(case, actor=moderator)
        clock.shift(LEASE + dt.timedelta(minutes=1))
        take(case, actor=moderator)
        hand_over(case, actor=moderator)
        take(case, actor=moderator)
        assert cases_today(moderator) == 1
        take_over(case, actor=lead)
        assert (cases_today(moderator), cases_today(lead)) == (1, 1)


def test_tomorrow_is_another_day(moderator: User, category: Category) -> None:
    written_by_guest(category)
    chosen(moderator, enough=1)
    with time_machine.travel(NOW, tick=False) as clock:
        DutyDay.objects.create(moderator=moderator, day=NOW.date(), cases=1)
        with pytest.raises(EnoughForToday):
            take_next(actor=moderator)
        clock.shift(dt.timedelta(days=1))
        assert take_next(actor=moderator) is not None


def test_off_duty_nothing_is_promised_beside_a_life_that_waits(
    client: Client, moderator: User, category: Category
) -> None:
    report_post(publish_post(written_by_guest(category).post, actor=None), actor="member:7", reason="DANGER")
    chosen(moderator, off_until=today() + dt.timedelta(days=2))
    page = sign_in(client, moderator).post("/admin/moderation/case/next/", follow=True).content.decode()
    assert "A case about a life waits" in page
    assert "no case is given to you" in page
    for promise in ("Nothing here needs you", "somebody else is looking"):
        assert promise not in page


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
    chosen_now = {"avoided_notes": [note], "enough": 1, "off_until": None, "words_at_once": False, "uses_keys": False}
    assert told == {**chosen_now, "cases_today": 1, "life_waits": False}
    assert desk.post("/api/v1/desk/cases/next/", {}, "application/json").json()["code"] == "enough-for-today"
    body = {**{name: told[name] for name in ("avoided_notes", "off_until")}, "enough": 900}
    assert desk.put("/api/v1/desk/duty/", body, "application/json").status_code == 400
    assert desk.post(DUTY, {"enough": "900"}).status_code == 400


# --- A life ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def life(category: Category) -> Case:
    """About a life, with a note."""
    note = ContentNote.objects.create(title="court")
    post = start_thread(category, actor=GUEST, title="A", text="B", notes=[note]).post
    report_post(post, actor="a reader", reason="DANGER")
    return Case.objects.get(post=post)


def told(desk: Client, address: str = "/admin/moderation/case/") -> bool:
    page = desk.get(address).content.decode()
    return "A case about a life waits" in page and "lane=0" in page


def avoided(case: Case) -> tuple[str, ...]:
    return (case.post.carried_notes.get().note.public_id,)


def test_a_life_with_a_note_that_one_avoids_is_not_given_and_is_told(
    client: Client, moderator: User, second: User, category: Category, life: Case
) -> None:
    desk = sign_in(client, moderator)
    assert not told(desk), "it would be given"
    chosen(moderator, avoided_notes=avoided(life))
    assert told(desk)
    assert "A case about a life waits" in desk.post("/admin/moderation/case/next/", follow=True).content.decode()
    other = written_by_guest(category).post
    page = desk.post("/admin/moderation/case/next/", follow=True).content.decode()
    assert Case.objects.get(post=other).claimed_by == moderator
    assert "A case about a life waits" in page
    assert desk.get("/api/v1/desk/duty/").json()["life_waits"] is True

    given = take_next(actor=second)
    assert given is not None
    assert given.pk == life.pk
    assert not told(desk), "somebody looks at it"


def test_it_can_be_taken_by_hand_and_stands_in_no_log_when_it_is_not(
    client: Client, moderator: User, life: Case
) -> None:
    chosen(moderator, avoided_notes=avoided(life))
    entries = AuditEntry.objects.count()
    assert take_next(actor=moderator) is None
    assert AuditEntry.objects.count() == entries
    desk = sign_in(client, moderator)
    desk.post(f"/admin/moderation/case/{life.pk}/change/", {"do": "take"})
    assert Case.objects.get().claimed_by == moderator


@pytest.mark.parametrize("off", [True, False], ids=["off duty", "enough for today"])
def test_in_a_break_too_a_life_is_told(client: Client, moderator: User, life: Case, off: bool) -> None:
    chosen(moderator, enough=1, off_until=today() + dt.timedelta(days=1) if off else None)
    DutyDay.objects.create(moderator=moderator, day=today(), cases=1)
    desk = sign_in(client, moderator)
    page = desk.post("/admin/moderation/case/next/", follow=True).content.decode()
    assert "A case about a life waits" in page
    assert Case.objects.get().claimed_by is None
    assert told(desk, DUTY)


def test_nothing_is_told_of_what_is_about_no_life(client: Client, moderator: User, category: Category) -> None:
    written_by_guest(category)
    chosen(moderator, enough=1)
    DutyDay.objects.create(moderator=moderator, day=today(), cases=1)
    assert not told(sign_in(client, moderator))


def test_a_lead_is_told_of_one_that_was_passed_on(client: Client, lead: User, second: User, life: Case) -> None:
    Case.objects.update(state=CaseState.ESCALATED)
    for moderator in (lead, second):
        chosen(moderator, avoided_notes=avoided(life))
        assert told(sign_in(client, moderator)) is (moderator == lead)


def test_keys_and_open_words_are_chosen_by_both_doors(client: Client, moderator: User, category: Category) -> None:
    written_by_guest(category)
    desk = sign_in(client, moderator)
    page = f"/admin/moderation/case/{Case.objects.get().pk}/change/"
    said = desk.get(page).content.decode()
    assert 'class="context keys"' in said
    assert "<kbd>h</kbd> hide" in said
    assert "<kbd>l</kbd>" not in said, "what waits for a first look is not left waiting"
    assert desk.post(DUTY, {"enough": "40", "words_at_once": "on"}).status_code == 302
    assert 'class="context keys"' not in desk.get(page).content.decode()
    told = desk.get("/api/v1/desk/duty/").json()
    assert (told["words_at_once"], told["uses_keys"]) == (True, False)
    body = {name: told[name] for name in ("avoided_notes", "enough", "off_until", "words_at_once")}
    kept = desk.put("/api/v1/desk/duty/", {**body, "uses_keys": True}, "application/json")
    assert kept.json()["uses_keys"] is True
