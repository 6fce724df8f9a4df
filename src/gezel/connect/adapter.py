"""How allauth behaves in this house."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Accounts come from an import or an invitation, not from a stranger at the door."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
