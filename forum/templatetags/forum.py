"""What the screens of figures need from templates."""

from django import template

from ..figures import sector_words as words

register = template.Library()


@register.filter
def sector_words(sector: str | None) -> str:
    """A sector's name; the region as a whole, or those without a sector, in words."""
    return words(sector)
