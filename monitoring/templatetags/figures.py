"""Numbers as the screens show them."""

from django import template

register = template.Library()
