"""allauth's sign-up at an address that nobody has closed: what its adapter must refuse by itself."""

from allauth.account.views import signup
from django.urls import path

from gospub.urls import urlpatterns as guarded

urlpatterns = [path("signup/", signup, name="account_signup"), *guarded]
