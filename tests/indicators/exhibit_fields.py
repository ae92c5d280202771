"""What tests of the pages of exhibits read from a page: its words, and what its fields send as they stand."""

import re
from html import unescape

from indicators.forms.exhibit_pages import ExhibitPage


def words(answer) -> str:
    """Return the page's text: no tags, single spaces."""
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode())))


def fields_of(answer) -> dict[str, str]:
    """Return what the fields of an edit page send as they stand."""
    return sent_by(answer.context["page"])


def sent_by(page: ExhibitPage) -> dict[str, str]:
    """Return what the fields of a page send as they stand."""
    lines = [part.lines for part in page.parts]
    sent = {}
    for form in (page.general, page.text, *(inner for many in lines for inner in (many.management_form, *many.forms))):
        for field in form:
            value = field.value()
            if value is not None and value is not False and value != "":
                sent[field.html_name] = "on" if value is True else str(field.field.prepare_value(value))
    return sent
