"""Pages of a form with lines: a general form, and a table of small forms below it."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.forms import formset_factory

from indicators.people import Verdict

DAMAGED = "The lines of this page did not arrive whole. Nothing was saved: open the page again and enter them there."


def told(sent: Iterable[forms.BaseForm]) -> list[tuple[str, str]]:
    """Return every field that cannot be taken, as its id with its name and why."""
    fields = [field for form in sent if form.is_bound for field in form]
    return [
        (field.id_for_label or field.auto_id, f"{field.label}: {error}") for field in fields for error in field.errors
    ]


class LinesPage:
    """All forms of such a page: `general`, and `lines` with what is held and some spare ones, or as they were sent.

    `key` names the lines in the page; faults of the page as a whole lead there.
    """

    general: forms.Form
    lines: Any
    key = "lines"

    def _make_lines(
        self, form: type[forms.Form], data: Any, held: Sequence[dict[str, Any]], *, most: int, spare: int, **given: Any
    ) -> Any:
        """Return the lines of what is held, or those of `data`; what is held is always taken, however much it is."""
        limit = max(most, len(held))
        many = formset_factory(form, extra=spare, max_num=limit, absolute_max=limit)
        words = {"missing_management_form": DAMAGED, "too_many_forms": f"Enter {limit} lines at most."}
        # What was sent is taken as it stands: a line that is as before is not an empty one.
        initial = held if data is None else []
        return many(data, prefix=self.key, initial=initial, form_kwargs=given, error_messages=words)

    def is_valid(self) -> bool:
        """Tell whether everything that was sent has the right form; all forms are checked."""
        return all([self.general.is_valid(), self.lines.is_valid()])

    @property
    def errors(self) -> list[tuple[str, str]]:
        """What cannot be taken: the id of its field, or of the lines, with why."""
        sent = [form for form in (self.general, *self.lines.forms) if form.is_bound]
        whole = [*(words for form in sent for words in form.non_field_errors()), *self._of_the_lines()]
        found = [(field.id_for_label, error) for form in sent for field in form for error in field.errors]
        return [*((self.key, words) for words in whole), *found]

    def status(self, refused: Verdict | None = None) -> int:
        """Return the status of the answer that shows the page; what was `refused` then stands among its errors."""
        if refused is not None:
            self.general.add_error(None, refused.reason)
            return 409 if refused.is_conflict else 422
        return 422 if self.errors else 200

    def _of_the_lines(self) -> list[str]:
        return list(self.lines.non_form_errors()) if self.lines.is_bound else []
