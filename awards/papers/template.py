"""A region's own Word template filled in. A template is code: it runs in a sandbox, in a child process with limits, and
data never becomes markup."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from docx.oxml.ns import qn
from docxtpl import DocxTemplate
from jinja2 import TemplateError
from jinja2.sandbox import SandboxedEnvironment


@dataclass(frozen=True, slots=True)
class Filled:
    """The document, or why there is none."""

    content: bytes = b""
    problem: str = ""


def fill_template(template: bytes, context: Mapping[str, Any]) -> Filled:
    """The template with the context's values in its marks."""
    book = DocxTemplate(io.BytesIO(template))
    try:
        book.render(dict(context), SandboxedEnvironment(autoescape=True), autoescape=True)
    except (TemplateError, ValueError, TypeError, KeyError) as error:
        return Filled(problem=f"{error}" or type(error).__name__)
    _speak_russian(book)
    file = io.BytesIO()
    book.save(file)
    return Filled(file.getvalue())


def _speak_russian(book: DocxTemplate) -> None:
    """Word checks the spelling by this: new documents say that they are English."""
    for language in book.docx.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "ru-RU")
