"""Small help for the public part's templates."""

from django import template

from monitoring.models import Page
from ratings.models import Rating
from ratings.names import subject_words
from ratings.rules import Subject
from ratings.screens.rating import period_text

from ..masking import masked

register = template.Library()


@register.filter
def hidden(text: object) -> str:
    """The text without phones and mail addresses."""
    return masked(str(text))


@register.filter
def page_title(page: Page) -> str:
    """What the page is called, without phones and mail addresses."""
    return masked(str(page))


@register.filter
def rating_words(rating: Rating) -> str:
    """«Светофор, 26.10.2024»: the methodology and the period."""
    return f"{rating.methodology.name}, {period_text(rating)}"


@register.filter
def subject_head(subject: Subject) -> str:
    """Who is rated, as the head of a column."""
    return subject_words(subject)
