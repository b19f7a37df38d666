from moderation.admin import cases, decisions, sanctions

__all__ = ["cases", "decisions", "sanctions"]
