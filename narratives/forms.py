"""Outside text into clean values. Every form that changes a section carries the version it was made for."""

from django import forms

from narratives.renderings.markdown import parse

LARGEST_VERSION = 2**31 - 2


def _version() -> forms.IntegerField:
    return forms.IntegerField(
        min_value=0,
        max_value=LARGEST_VERSION,
        widget=forms.HiddenInput,
        error_messages={"required": "The form came without the version of the section it was made for."},
    )


class DecisionForm(forms.Form):
    """A decision about the version of a section that was on the page."""

    version = _version()


class ChangesForm(forms.Form):
    """What has to change before the section can be approved."""

    version = _version()
    reason = forms.CharField(
        label="What has to change?",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="The writers see this. It stands in the history of the section.",
        error_messages={"required": "Say what has to change, so that the writers know what to do."},
    )


class SectionForm(forms.Form):
    """The text of a section, as it is typed: nothing is stripped from it."""

    version = _version()
    text = forms.CharField(
        label="Text",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 22, "spellcheck": "true"}),
        help_text="Empty lines make paragraphs, ## makes a heading, - begins a point of a list, **bold**, *italic*. "
        "Figures are placed by their key in double braces, from the list on this page.",
    )

    def clean_text(self) -> str:
        """Refuse a text that is too long or too deep to be read at all."""
        text: str = self.cleaned_data["text"]
        parsed = parse(text)
        if parsed.is_refused:
            raise forms.ValidationError([f"{words} Nothing was saved." for words in parsed.complaints])
        return text
