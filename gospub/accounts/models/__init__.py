"""People who sign in, what each may do and until when, and the trail of what they did."""

from .audit import AuditEntry, AuditQuerySet
from .grants import Grant, Invitation, Role
from .users import User, UserManager

__all__ = ["AuditEntry", "AuditQuerySet", "Grant", "Invitation", "Role", "User", "UserManager"]
