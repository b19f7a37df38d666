from moderation.models.access_request import Access, AccessRequest
from moderation.models.audit_entry import AuditEntry, AuditHead, RedactedBecause
from moderation.models.case import Case, HandedOver, Seen, UnansweredStory
from moderation.models.decision import Action, Decision
from moderation.models.duty import Duty, DutyDay
from moderation.models.hold import Hold, HoldKind
from moderation.models.raid_switch import RaidSwitch, Switch
from moderation.models.report import Judgement, Report, ReportReason
from moderation.models.sanction import Level, Sanction
from moderation.models.signal import Screener, Signal
from moderation.states import CaseState, Lane

__all__ = [
    "Access",
    "AccessRequest",
    "Action",
    "AuditEntry",
    "AuditHead",
    "Case",
    "CaseState",
    "Decision",
    "Duty",
    "DutyDay",
    "HandedOver",
    "Hold",
    "HoldKind",
    "Judgement",
    "Lane",
    "Level",
    "RaidSwitch",
    "RedactedBecause",
    "Report",
    "ReportReason",
    "Sanction",
    "Screener",
    "Seen",
    "Signal",
    "Switch",
    "UnansweredStory",
]
