from accounts.models.recovery import RecoveryWords
from accounts.models.user import User, UserManager

__all__ = ["RecoveryWords", "User", "UserManager"]
