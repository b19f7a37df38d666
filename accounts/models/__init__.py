from accounts.models.recovery import RecoveryWords
from accounts.models.sealed_record import SealedRecord
from accounts.models.user import User, UserManager

__all__ = ["RecoveryWords", "SealedRecord", "User", "UserManager"]
