"""Whoever runs the site gives the desk, takes it away, and helps somebody who lost their second step, by command."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.core.management.base import CommandError
from pytest_django import Settings

from accounts.models import User
from accounts.services.closing import close_account
from accounts.services.recovery import keep_second_factor, recover_account, renew_recovery_words, second_factor_ends
from accounts.services.visits import visits_of
from forum.models import Category
from moderation.models import AuditEntry, Case
from moderation.policies import is_lead
from moderation.services.claims import take
from moderation.services.decisions import decide
from moderation.services.moderators import (
    LeavesNobody,
    create_first_moderator,
    create_moderator,
    has_moderator,
    remove_moderator,
)
from moderation.services.roles import NotAModerator
from tests.accounts.factors import give_password, set_up_app, with_app
from tests.house.doors import in_an_app, signed_in
from tests.personas import PASSWORD, written_by_guest

if TYPE_CHECKING:
    from tests.house.doors import Somebody

pytestmark = pytest.mark.django_db
DESK = "/admin/moderation/case/"


def said(command: str, *arguments: str) -> str:
    out = io.StringIO()
    call_command(command, *arguments, stdout=out)
    return out.getvalue()


def refused(command: str, *arguments: str) -> str:
    """What is said, in one sentence; and nothing was written."""
    before = written()
    with pytest.raises(CommandError) as error:
        said(command, *arguments)
    assert written() == before
    return str(error.value)


def written() -> tuple[object, ...]:
    accounts = User.objects.order_by("pk").values_list("pk", "password", "is_staff", "is_superuser", "groups")
    return [*accounts], [*AuditEntry.objects.values_list("event", flat=True)]


def logged() -> list[tuple[str, str, dict[str, object]]]:
    entries = AuditEntry.objects.exclude(moderator=None).select_related("moderator").order_by("number")
    return [(each.event, str(each.moderator), each.facts) for each in entries]


def opens_desk(somebody: Somebody) -> bool:
    return somebody.ask(DESK).status == 200


# --- Giving -----------------------------------------------------------------------------------------------------------


def test_a_new_one_gets_a_password_once_that_opens_the_desk() -> None:
    told = said("create_moderator", "desk two")
    assert told.startswith("name: desk two\npassword: ")
    somebody, answer = give_password("desk two", told.split("password: ")[1].strip())
    assert answer.status == 302
    assert opens_desk(somebody)
    assert logged() == [("desk_given", "desk two", {"by": "operator", "lead": False})]


def test_a_lead_leads() -> None:
    said("create_moderator", "desk two", "--lead")
    assert is_lead(User.objects.get())


@pytest.mark.parametrize("name", ["The Moderator", "moderator", "Hearth Team"])
def test_their_name_may_say_what_they_are(name: str) -> None:
    assert f"name: {name}" in said("create_moderator", name)


@pytest.mark.parametrize(
    ("name", "because"),
    [
        ("", "between 3 and 40 characters"),
        ("a b@c.de", "looks like an address"),
        ("x" * 300, "between 3 and 40 characters"),
        ("desk;two", "letters, digits, spaces and hyphens"),
        ("desk \x1b[2J", "letters, digits, spaces and hyphens"),
        ("desk 1984", "year of birth"),
        ("Anna Smith", "full name"),
    ],
)
def test_a_name_that_nobody_could_sign_up_with_is_refused(name: str, because: str) -> None:
    assert because in refused("create_moderator", name)


def test_a_line_break_in_a_name_is_a_space() -> None:
    assert "name: desk two\npassword" in said("create_moderator", "desk\ntwo\n")


def test_a_name_that_was_somebodys_lately_is_refused(member: User) -> None:
    close_account(member, password=PASSWORD, keep_words=True)
    assert refused("create_moderator", "quiet harbour") == "Somebody has this name already. Choose another."
    assert "Nobody here has this name." in refused("create_moderator", "quiet harbour", "--existing")


def test_a_member_who_has_the_name_gets_nothing_unasked(member: User) -> None:
    """It may be whoever guessed how the next moderator would be called."""
    assert "--existing" in refused("create_moderator", "Quiet-Harb0ur")
    assert not opens_desk(signed_in(member))


def test_a_member_who_is_meant_gets_the_desk_and_keeps_their_password(member: User) -> None:
    told = said("create_moderator", "Quiet Harbour", "--existing")
    assert told == "quiet harbour, whose account was there, works at the desk from now on. The password stays.\n"
    assert opens_desk(signed_in(member))
    assert logged() == [("desk_given", "quiet harbour", {"by": "operator", "lead": False})]


@pytest.mark.parametrize("role", ["member", "moderator"])
def test_every_visit_from_before_ends(request: pytest.FixtureRequest, role: str) -> None:
    """A phone somebody else holds, on which they were signed in as a member, opens no desk by it."""
    account = request.getfixturevalue(role)
    browser, app = signed_in(account), in_an_app(account)
    said("create_moderator", account.pseudonym, "--existing", "--lead")
    assert [each.ask("/api/v1/own-posts/").status for each in (browser, app)] == [401, 401]
    assert browser.ask(DESK).status == 302
    assert visits_of(account, this=None) == []
    assert opens_desk(signed_in(account))


def test_where_nothing_changes_no_visit_ends(moderator: User) -> None:
    me = signed_in(moderator)
    said("create_moderator", "desk one", "--existing")
    assert opens_desk(me)


def test_one_who_is_meant_and_is_not_there_is_not_made() -> None:
    assert refused("create_moderator", "quiet harbour", "--existing") == "Nobody here has this name."


def test_a_moderator_becomes_a_lead_and_twice_is_once(moderator: User) -> None:
    told = said("create_moderator", "desk one", "--lead")
    assert "decides what others pass on from now on. The password stays." in told
    before = written()
    for arguments in (["--lead"], []):
        assert "already. Nothing was changed." in said("create_moderator", "desk one", *arguments)
    assert written() == before
    assert is_lead(User.objects.get())
    assert User.objects.get().check_password(PASSWORD)


# --- Taking away ------------------------------------------------------------------------------------------------------


def test_whoever_is_removed_is_a_member_at_once(moderator: User, second: User, category: Category) -> None:
    written_by_guest(category)
    page, app = signed_in(moderator), in_an_app(moderator)
    case = take(Case.objects.get(), actor=moderator)

    assert "desk one is a member from now on." in said("remove_moderator", "desk one")

    assert not opens_desk(page)
    assert page.ask("/accounts/").status == 302, "their visit is over"
    assert app.ask("/api/v1/desk/cases/").status == 401
    gone = User.objects.get(pk=moderator.pk)
    assert visits_of(gone, this=None) == []
    case.refresh_from_db()
    assert case.claimed_by is None
    with pytest.raises(NotAModerator):
        decide(case, actor=gone, action="PUBLISH", seen=None)  # type: ignore[arg-type]
    again = signed_in(gone)
    assert again.ask("/mine/").status == 200, "the account is theirs"
    assert not opens_desk(again)
    assert again.ask(f"/api/v1/posts/{case.post.public_id}/").status == 404, "they see what members see"
    assert ("desk_taken", "desk one", {"by": "operator"}) in logged()


def test_nothing_that_opens_anything_stays(moderator: User, second: User) -> None:
    moderator.is_superuser = True
    moderator.save()
    moderator.user_permissions.add(Permission.objects.get(codename="see_every_post"))
    said("remove_moderator", "desk one")
    assert User.objects.get(pk=moderator.pk).get_all_permissions() == set()


def test_the_last_one_stays_unless_that_is_meant(moderator: User, member: User) -> None:
    keeps_the_machine = User.objects.create_user("sea anchor", PASSWORD, is_staff=True)
    assert not keeps_the_machine.has_perm("moderation.change_case"), "opens the desk and decides nothing"
    assert "Nobody would be left at the desk" in refused("remove_moderator", "desk one")
    assert opens_desk(signed_in(moderator))
    assert "Nobody leads any more" in said("remove_moderator", "desk one", "--leaves-nobody")


def test_a_start_makes_nobody_again_where_all_were_let_go() -> None:
    """Nor does it stop at the name that was the first one's."""
    assert create_first_moderator() is not None
    assert create_first_moderator() is None
    said("remove_moderator", "moderator", "--leaves-nobody")
    assert create_first_moderator() is None
    assert not has_moderator()


def test_a_start_goes_on_where_the_name_of_the_first_one_is_taken() -> None:
    """By an account that came in with a forum."""
    User.objects.create_user("moderator", PASSWORD, pseudonym="moderator")
    assert create_first_moderator() is None


def test_of_two_one_can_be_removed_and_the_other_not(moderator: User, second: User) -> None:
    remove_moderator("desk one")
    with pytest.raises(LeavesNobody):
        remove_moderator("desk two")


def test_while_a_lead_is_left_nothing_is_said_of_leads(moderator: User) -> None:
    create_moderator("desk two", is_lead=True)
    assert "leads" not in said("remove_moderator", "desk one")


@pytest.mark.parametrize("command", ["remove_moderator", "reset_second_step"])
def test_what_is_not_at_the_desk_is_said_so(command: str, member: User, moderator: User, second: User) -> None:
    assert refused(command, "nobody at all") == "Nobody here has this name."
    assert refused(command, "") == "Nobody here has this name."
    assert "has nothing of the desk" in refused(command, "quiet harbour")
    said("remove_moderator", "desk one")
    assert "has nothing of the desk" in refused(command, "desk one")


# --- A second step that is lost ---------------------------------------------------------------------------------------


@pytest.fixture
def asks_for_second_step(settings: Settings) -> None:
    settings.MODERATORS_NEED_SECOND_FACTOR = True


@pytest.mark.usefixtures("asks_for_second_step")
def test_whoever_lost_their_second_step_sets_up_another(moderator: User) -> None:
    with time_machine.travel("2026-03-02T10:00:00Z", tick=False) as clock:
        app = with_app(moderator)
        clock.shift(30)
        before = give_password(moderator.username)[0]
        before.ask("/accounts/second-step/code/", "POST", data={"code": app.code()})
        assert opens_desk(before)

        assert "desk one has no second step any more" in said("reset_second_step", "desk one")

        assert not opens_desk(before)
        assert before.ask("/accounts/").status == 302, "the visit is over"
        somebody = signed_in(moderator)
        assert not opens_desk(somebody), "a password alone opens no desk"
        set_up_app(somebody)
        clock.shift(30)
        after = give_password(moderator.username)[0]
        assert not opens_desk(after)
        assert ("second_step_reset", "desk one", {"by": "operator"}) in logged()


def test_what_the_words_asked_for_does_not_take_the_new_one_away(moderator: User) -> None:
    with time_machine.travel("2026-03-02T10:00:00Z", tick=False):
        with_app(moderator)
        words = renew_recovery_words(moderator, actor=moderator)
        with pytest.raises(Exception, match="second-factor-waits"):
            recover_account(
                "desk one", words=words, new_password="nine slow boats", network="a", is_second_factor_lost=True
            )
        assert second_factor_ends(moderator) is not None
        said("reset_second_step", "desk one")
        assert second_factor_ends(moderator) is None
        assert not keep_second_factor(moderator)
