"""How django-allauth behaves here."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedSignUp(DefaultAccountAdapter):
    """Accounts are given by an operator; nobody signs up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
