"""Secrets and contacts are stored encrypted; the keys come from the environment."""

from functools import cache

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


@cache
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def encrypt(text: str) -> str:
    """With the first of the keys."""
    return _cipher(tuple(settings.DATA_KEYS)).encrypt(text.encode()).decode()


def decrypt(text: str) -> str:
    """With whichever of the keys fits; cryptography's InvalidToken where none does."""
    return _cipher(tuple(settings.DATA_KEYS)).decrypt(text.encode()).decode()
