"""What a requirement rests on, for the checklist of a page."""

from django import template

from compliance.checks import bases

register = template.Library()


@register.filter
def basis(name: str) -> str:
    """The basis of a requirement by its name; "" where none is on record."""
    found = bases().get(name)
    return found.basis if found else ""
