"""Under a raid: no new accounts, or a first look at everything, each for some hours (threats.md T7).

Made for one tired volunteer at night: one press, an end that comes by itself, and nothing that hides a word that was
there. A guest can always write: whoever flees tonight must not find a closed door because somebody else is cruel.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import Invalid
from moderation import audit
from moderation.models import RaidSwitch, Switch
from moderation.services.roles import require_moderator

if TYPE_CHECKING:
    from accounts.models import User

MOST_HOURS = 7 * 24
HOURS_UNREADABLE = _("Choose between one hour and seven days.")


class SwitchUnfit(Invalid):
    code = "raid-switch-unfit"
    message = _("Something needs changing before this can be set.")


@transaction.atomic
def set_switch(switch: str, *, actor: User, hours: int) -> RaidSwitch:
    """On from now for so many hours, whatever was set before. It ends by itself."""
    require_moderator(actor)
    fields = {}
    if switch not in Switch.values:
        fields["switch"] = [_("Choose what should be set.")]
    if not 1 <= hours <= MOST_HOURS:
        fields["hours"] = [HOURS_UNREADABLE]
    if fields:
        raise SwitchUnfit(fields=fields)
    until = timezone.now().replace(second=0, microsecond=0) + dt.timedelta(hours=hours)
    row, _is_new = RaidSwitch.objects.update_or_create(switch=switch, defaults={"until": until, "moderator": actor})
    audit.append("raid_switch_set", moderator=actor, switch=switch, hours=hours)
    return row


@transaction.atomic
def end_switch(switch: str, *, actor: User) -> None:
    """Now, and not at its hour. That it is over already is no error."""
    require_moderator(actor)
    if RaidSwitch.objects.filter(switch=switch).delete()[0]:
        audit.append("raid_switch_ended", moderator=actor, switch=switch)


def everything_waits() -> bool:
    return RaidSwitch.on(Switch.HOLD_EVERYTHING) is not None


def may_sign_up() -> bool:
    """What accounts asks before a new one is made (SIGN_UPS_ASK in config/settings.py)."""
    return RaidSwitch.on(Switch.NO_SIGN_UPS) is None
