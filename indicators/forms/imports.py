"""The forms of an import: a file and how it is read, and agreement to its preview."""

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms

from indicators import rules
from indicators.actions.imports import WideSheets
from indicators.choices import (
    ImportKind,
)
from indicators.forms.fields import reason_for
from indicators.models.area import Force
from indicators.models.feed import OfficialFeed
from indicators.models.profile import CaseProfile, SheetProfile
from indicators.people import Verdict


class KindForm(forms.Form):
    """What a file holds, and in which form: it decides what else has to be asked."""

    CASES, WIDE, TIDY, OFFICIAL = "cases", "wide", "tidy", "official"
    holds = forms.ChoiceField(
        label="What does the file hold?",
        choices=[
            (CASES, "Cases: one row for each crime or incident"),
            (WIDE, "Figures in your own spreadsheet, with months or years across or down"),
            (TIDY, "Figures in a tidy file: one row for each figure"),
            (OFFICIAL, "Official tables, as they were published"),
        ],
        widget=forms.RadioSelect,
    )
    when: ClassVar[dict[str, str]] = {
        CASES: "A crime or incident extract, or the public street-level files. CSV or Excel, or a zip of these.",
        WIDE: "A workbook as your team keeps it, years of history too. A profile, made once, says how it is read.",
        TIDY: "A file that a system has written with the columns of the portal. CSV or Excel.",
        OFFICIAL: "The workbook of police force area tables, or the CSV of recorded crime, unchanged.",
    }
    # The kind of import, and the fields of an upload that matter for it beside force and file.
    asks: ClassVar[dict[str, tuple[ImportKind, tuple[str, ...]]]] = {
        CASES: (ImportKind.CASES, ("profile",)),
        WIDE: (ImportKind.OBSERVATIONS, ("sheet_profile", "printed_in", "report_name")),
        TIDY: (ImportKind.OBSERVATIONS, ()),
        OFFICIAL: (ImportKind.OFFICIAL, ("feed",)),
    }

    @property
    def kinds(self) -> list[tuple[Any, str]]:
        """Every choice, with when to take it."""
        return [(radio, self.when[radio.data["value"]]) for radio in self["holds"]]


class UploadForm(forms.Form):
    """A file, the force it is for, and what it holds. With `holds` it asks for no more than such a file needs."""

    readers = ("profile", "feed", "sheet_profile", "printed_in", "report_name")
    force = forms.ModelChoiceField(Force.objects.order_by("name"), empty_label=None, label="Force")
    kind = forms.ChoiceField(
        choices=[(kind.value, kind.value) for kind in (ImportKind.CASES, ImportKind.OBSERVATIONS, ImportKind.OFFICIAL)],
        widget=forms.HiddenInput,
    )
    profile = forms.ModelChoiceField(
        CaseProfile.objects.filter(is_retired=False, version__gt=0).select_related("force"),
        required=False,
        empty_label="Public street-level format",
        label="How are the cases written?",
        help_text="Choose a profile for an extract from the force's own system.",
    )
    feed = forms.ModelChoiceField(
        OfficialFeed.objects.filter(is_retired=False, version__gt=0).select_related("force"),
        required=False,
        empty_label="No official tables",
        label="Which official publication is it?",
        help_text="The mapping says which columns feed which indicators.",
    )
    sheet_profile = forms.ModelChoiceField(
        SheetProfile.objects.filter(is_retired=False, version__gt=0).select_related("force"),
        required=False,
        empty_label="Tidy file: one row for each figure",
        label="How are the observations written?",
        help_text="Choose the profile that was made for sheets like this one.",
    )
    printed_in = forms.CharField(
        label="Printed in the report of this quarter",
        required=False,
        max_length=12,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10"}),
        help_text="Only for figures as an earlier report printed them, for example 2019-20-Q2. They are kept as first "
        "published, and change no figure of today. Leave it empty otherwise.",
    )
    report_name = forms.CharField(
        label="Name of that report", required=False, max_length=160,
        help_text="For example: Quarterly report of November 2019, appendix.",
    )  # fmt: skip
    file = forms.FileField(label="File", help_text="Nothing changes until you have seen the preview and confirmed it.")

    def __init__(self, data: Any = None, files: Any = None, *, holds: str = "") -> None:
        super().__init__(data, files)
        if holds in KindForm.asks:
            kind, asked = KindForm.asks[holds]
            self.fields["kind"].initial = kind.value
            for name in set(self.readers) - set(asked):
                del self.fields[name]
            if holds == KindForm.WIDE:
                profiles: Any = self.fields["sheet_profile"]
                profiles.required, profiles.empty_label = True, "Choose the profile"
                profiles.error_messages["required"] = (
                    "Choose the profile that reads this workbook. If there is none, begin one: the page says how."
                )

    def clean(self) -> dict[str, Any]:
        """Refuse a profile or mapping that does not read this file, and a report that prints nothing."""
        cleaned = super().clean() or {}
        force, kind = cleaned.get("force"), cleaned.get("kind")
        if cleaned.get("profile") and force and kind:
            self._require("profile", rules.can_read_by_profile(cleaned["profile"], force.pk, ImportKind(kind)))
        if force and kind:
            self._require("feed", rules.can_read_by_feed(cleaned.get("feed"), force.pk, ImportKind(kind)))
        printed_in, wide = cleaned.get("printed_in", ""), cleaned.get("sheet_profile")
        if wide and force and kind:
            verdict = rules.can_read_wide_sheets(wide, force.pk, ImportKind(kind))
            self._require("sheet_profile", verdict)
            if verdict and printed_in:
                self._require("printed_in", rules.can_read_wide_sheets(wide, force.pk, ImportKind(kind), printed_in))
        if printed_in and not wide:
            self.add_error("printed_in", "A tidy file names the report itself. Choose a profile, or leave this empty.")
        if cleaned.get("report_name") and not printed_in:
            self.add_error("printed_in", "Give the quarter of the report that you name, like 2019-20-Q2.")
        return cleaned

    def _require(self, field: str, verdict: Verdict) -> None:
        if not verdict:
            self.add_error(field, verdict.reason)

    @property
    def read_by(self) -> dict[str, Any]:
        """How the file is read: what `imports.receive` asks for. Call it when all is valid."""
        given = self.cleaned_data
        profile, printed = given.get("sheet_profile"), (given.get("printed_in", ""), given.get("report_name", ""))
        wide = WideSheets(profile, *printed) if profile else None
        return {"profile": given.get("profile"), "feed": given.get("feed"), "wide": wide}


class ExpectedUploadForm(forms.Form):
    """The file of an expected delivery; what it is for is known already."""

    file = forms.FileField(label="File", help_text="Nothing changes until you have seen the preview and confirmed it.")


class ConfirmForm(forms.Form):
    """Agreement to a preview. `may` says what a reason allows."""

    reason = forms.CharField(
        label="Reason",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        help_text="Needed where the preview names things to look at, or numbers that would no longer agree.",
        error_messages={"max_length": "The reason is too long. Shorten it and confirm again."},
    )

    def __init__(self, data: Any = None, *, may: Callable[[str], Verdict] | None = None, **more: Any) -> None:
        super().__init__(data, **more)
        self._may = may

    def clean_reason(self) -> str:
        """Ask for a reason where one is needed."""
        return reason_for(self.cleaned_data["reason"], self._may)
