from moderation.models.access_request import Access, AccessRequest
from moderation.models.appeal import Appeal, Outcome
from moderation.models.audit_entry import AuditEntry, AuditHead, RedactedBecause
from moderation.models.batch import Act, Batch, BatchItem
from moderation.models.canned import CannedReply, CannedVersion, ShippedReply
from moderation.models.case import Case, HandedOver, News, Seen, UnansweredStory
from moderation.models.decision import DECIDABLE, MOVING, RESTRICTING, Action, Decision
from moderation.models.duty import Duty, DutyDay
from moderation.models.effect import Audience, CaseNote, DecisionEffect, EffectKind, FollowUp
from moderation.models.figures import Agreement, FirstLooks, SecondLook, Verdict, Waited
from moderation.models.hold import Hold, HoldKind
from moderation.models.raid_switch import RaidSwitch, Switch
from moderation.models.report import Judgement, Report, ReportReason
from moderation.models.sanction import Level, Sanction
from moderation.models.signal import REWRITTEN, Screener, Signal
from moderation.models.statement import APPEAL_DAYS, Automation, Statement
from moderation.models.undoing import Undoing, UndoneDecision
from moderation.states import CaseState, Lane

__all__ = [
    "APPEAL_DAYS",
    "DECIDABLE",
    "MOVING",
    "RESTRICTING",
    "REWRITTEN",
    "Access",
    "AccessRequest",
    "Act",
    "Action",
    "Agreement",
    "Appeal",
    "Audience",
    "AuditEntry",
    "AuditHead",
    "Automation",
    "Batch",
    "BatchItem",
    "CannedReply",
    "CannedVersion",
    "Case",
    "CaseNote",
    "CaseState",
    "Decision",
    "DecisionEffect",
    "Duty",
    "DutyDay",
    "EffectKind",
    "FirstLooks",
    "FollowUp",
    "HandedOver",
    "Hold",
    "HoldKind",
    "Judgement",
    "Lane",
    "Level",
    "News",
    "Outcome",
    "RaidSwitch",
    "RedactedBecause",
    "Report",
    "ReportReason",
    "Sanction",
    "Screener",
    "SecondLook",
    "Seen",
    "ShippedReply",
    "Signal",
    "Statement",
    "Switch",
    "UnansweredStory",
    "Undoing",
    "UndoneDecision",
    "Verdict",
    "Waited",
]
