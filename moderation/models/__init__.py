from moderation.models.appeal import Appeal, Outcome
from moderation.models.audit_entry import AuditEntry, AuditHead, RedactedBecause
from moderation.models.case import Case, HandedOver, Seen, UnansweredStory
from moderation.models.decision import RESTRICTING, Action, Decision
from moderation.models.duty import Duty, DutyDay
from moderation.models.raid_switch import RaidSwitch, Switch
from moderation.models.report import Judgement, Report, ReportReason
from moderation.models.sanction import Level, Sanction
from moderation.models.signal import Screener, Signal
from moderation.models.statement import APPEAL_DAYS, Automation, Statement
from moderation.states import CaseState, Lane

__all__ = [
    "APPEAL_DAYS",
    "RESTRICTING",
    "Action",
    "Appeal",
    "AuditEntry",
    "AuditHead",
    "Automation",
    "Case",
    "CaseState",
    "Decision",
    "Duty",
    "DutyDay",
    "HandedOver",
    "Judgement",
    "Lane",
    "Level",
    "Outcome",
    "RaidSwitch",
    "RedactedBecause",
    "Report",
    "ReportReason",
    "Sanction",
    "Screener",
    "Seen",
    "Signal",
    "Statement",
    "Switch",
    "UnansweredStory",
]
