from moderation.models.audit_entry import AuditEntry, AuditHead, RedactedBecause
from moderation.models.batch import Act, Batch, BatchItem
from moderation.models.case import Case, HandedOver, Seen, UnansweredStory
from moderation.models.decision import DECIDABLE, Action, Decision
from moderation.models.duty import Duty, DutyDay
from moderation.models.report import Judgement, Report, ReportReason
from moderation.models.sanction import Level, Sanction
from moderation.models.signal import Screener, Signal
from moderation.states import CaseState, Lane

__all__ = [
    "DECIDABLE",
    "Act",
    "Action",
    "AuditEntry",
    "AuditHead",
    "Batch",
    "BatchItem",
    "Case",
    "CaseState",
    "Decision",
    "Duty",
    "DutyDay",
    "HandedOver",
    "Judgement",
    "Lane",
    "Level",
    "RedactedBecause",
    "Report",
    "ReportReason",
    "Sanction",
    "Screener",
    "Seen",
    "Signal",
    "UnansweredStory",
]
