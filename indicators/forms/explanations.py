"""The form of an explanation: why numbers differ."""

from typing import cast

from django import forms
from django.http import QueryDict


class ExplanationForm(forms.Form):
    """Why numbers differ: the reason, and the comparisons with the two numbers that were seen of each."""

    reason = forms.CharField(max_length=2000)

    def seen(self) -> list[str]:
        """Return the comparisons, each as `seen_as` writes it."""
        return list(dict.fromkeys(cast(QueryDict, self.data).getlist("seen")))
