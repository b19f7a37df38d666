from moderation.admin import cases, decisions

__all__ = ["cases", "decisions"]
