"""A request may take as long as its bytes come."""

from monitoring.platforms import transport

transport._Deadline.bound = lambda self, timeout: timeout
