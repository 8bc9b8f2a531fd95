"""The same addresses without the answer of our own to what nobody caught."""

from gospub.urls import urlpatterns

__all__ = ["urlpatterns"]
