"""The forms of a feed: beginning one with a release, and choosing which columns feed which indicators."""

from typing import Any

from django import forms

from indicators.choices import AreaKind, SourceKind, Statistic
from indicators.forms.lines import LinesPage
from indicators.models.area import Area, Force
from indicators.models.breakdown import BreakdownValue
from indicators.models.feed import OfficialFeed
from indicators.models.indicator import Indicator
from indicators.models.source import DataSource
from indicators.readers.official_mappings import MOST_LINES, STATISTICS

Choice = tuple[str, str]

SPARE_LINES = 8
BETWEEN = " | "
LARGEST_RELEASE = 20 * 1024**2


class ReleaseForm(forms.Form):
    """A published file to look at."""

    file = forms.FileField(
        label="A published release",
        help_text="The workbook of police force area tables, or the CSV file of recorded crime. At most 20 MB.",
    )

    def clean_file(self) -> Any:
        """Refuse a file that is larger than a release is."""
        file = self.cleaned_data["file"]
        if file and file.size > LARGEST_RELEASE:
            raise forms.ValidationError("This file is larger than 20 MB. Send the published file as it is.")
        return file


class NewFeedForm(ReleaseForm):
    """What a feed is for, and the release it begins with."""

    field_order = ("force", "source", "name", "file")
    force = forms.ModelChoiceField(Force.objects.order_by("name"), empty_label=None, label="Force")
    source = forms.ModelChoiceField(
        DataSource.objects.filter(kind=SourceKind.OBSERVATIONS).order_by("name"), empty_label=None, label="Source"
    )
    name = forms.CharField(
        max_length=80,
        label="Name of the publication",
        help_text="For example: Crime in England and Wales, area tables.",
    )


class FeedForm(forms.Form):
    """What a feed says as a whole. The version is the one that was opened."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    name = forms.CharField(max_length=80, label="Name of the publication")
    own = forms.ModelChoiceField(
        Area.objects.filter(kind=AreaKind.POLICE_AREA).order_by("name"),
        required=False,
        empty_label="Not in this publication",
        label="Which of its areas is this force?",
    )
    file = forms.FileField(
        required=False,
        label="Another release",
        help_text="Only to take up its areas, titles and columns. No figure is loaded.",
    )


class LineForm(forms.Form):
    """One column and what it feeds. A line without a column is not kept."""

    column = forms.ChoiceField(required=False)
    holds = forms.ChoiceField(
        choices=[(key.value, words) for key, words in STATISTICS.items()], initial=Statistic.LEVEL
    )
    feeds = forms.ChoiceField(required=False)

    def __init__(self, *args: Any, columns: list[Choice], targets: list[Choice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["column"].choices = [("", "Choose a column"), *columns]  # type: ignore[attr-defined]
        self.fields["feeds"].choices = [("", "Choose an indicator"), *targets]  # type: ignore[attr-defined]
        for name, words in (("column", "Column"), ("holds", "What it holds"), ("feeds", "Indicator that it feeds")):
            self.fields[name].widget.attrs["aria-label"] = words

    def clean(self) -> dict[str, Any]:
        """Ask for the indicator of a chosen column, and the other way round."""
        cleaned = super().clean() or {}
        if cleaned.get("column") and not cleaned.get("feeds"):
            self.add_error("feeds", "Choose the indicator that this column feeds.")
        if cleaned.get("feeds") and not cleaned.get("column"):
            self.add_error("column", "Choose the column that feeds this indicator.")
        return cleaned


class FeedPage(LinesPage):
    """All forms of the page of a feed: as it is saved, or as they were sent."""

    def __init__(self, feed: OfficialFeed, data: Any = None, files: Any = None) -> None:
        """Show the saved feed, or take `data`."""
        opened = {"version": feed.version, "name": feed.name, "own": feed.own_id}
        self.general = FeedForm(data, files, initial=opened)
        lines = feed.definition.get("lines", [])
        found = [(table["title"], label) for table in feed.found.get("tables", []) for label in table["columns"]]
        known = dict.fromkeys([*found, *((line["table"], line["column"]) for line in lines)])
        self._columns = {_shown(*place): place for place in known}
        held = [
            {
                "column": _shown(line["table"], line["column"]),
                "holds": line["statistic"],
                "feeds": fed(line["indicator"], line["part"]),
            }
            for line in lines
        ]
        words = {"columns": [(shown, shown) for shown in self._columns], "targets": series_choices()}
        self.lines = self._make_lines(LineForm, data, held, most=MOST_LINES, spare=SPARE_LINES, **words)

    def definition(self) -> dict[str, Any]:
        """Return the mapping that was sent. Call it when all is valid."""
        lines = []
        for one in self.lines.cleaned_data:
            if one.get("column"):
                table, column = self._columns[one["column"]]
                indicator, _, part = one["feeds"].partition(BETWEEN)
                line = {"table": table, "column": column, "indicator": indicator, "part": part}
                lines.append(line | {"statistic": one["holds"]})
        return {"lines": lines}


def _shown(table: str, column: str) -> str:
    return f"{table}{BETWEEN}{column}" if table else column


def fed(indicator: str, part: str) -> str:
    return f"{indicator}{BETWEEN}{part}" if part else indicator


def series_choices() -> list[Choice]:
    """Return what a column may feed: each indicator, and each of its parts."""
    parts: dict[int | None, list[tuple[str, str]]] = {}
    for breakdown_id, slug, name in BreakdownValue.objects.values_list("breakdown_id", "slug", "name"):
        parts.setdefault(breakdown_id, []).append((slug, name))
    found = []
    for key, name, breakdown_id in Indicator.objects.order_by("name").values_list("key", "name", "breakdown_id"):
        found.append((key, name))
        found += [(fed(key, slug), f"{name}: {words}") for slug, words in parts.get(breakdown_id, [])]
    return found
