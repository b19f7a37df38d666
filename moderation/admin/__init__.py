from moderation.admin import cases, decisions, raid, sanctions

__all__ = ["cases", "decisions", "raid", "sanctions"]
