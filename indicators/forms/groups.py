"""The forms of groups that people keep: what a group is, and its members with their days."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from django import forms

from indicators.actions import groups
from indicators.choices import AreaKind
from indicators.forms.fields import day_field
from indicators.forms.lines import LinesPage
from indicators.models.area import Area
from indicators.models.group import ComparatorGroup

SPARE_LINES = 6
MOST_MEMBERS = 60
KINDS = {AreaKind.POLICE_AREA: "Police areas", AreaKind.DIVISION: "Divisions", AreaKind.DISTRICT: "Districts"}


class GroupForm(forms.Form):
    """What a group is, and why its members are these.

    The reason is called text so that a refused page gives it back.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    name = forms.CharField(label="Name", max_length=80, help_text="For example: Most Similar Group.")
    note = forms.CharField(
        label="What is it?",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Who says which areas belong to it, and where that is published.",
    )
    text = forms.CharField(
        label="Reason",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Why are these the members? It stands in the history of the group, with your name.",
        error_messages={"required": "Give a reason: it stands in the history of the group."},
    )


class MemberForm(forms.Form):
    """One member and its days. A line without a member is not kept."""

    area = forms.TypedChoiceField(required=False, empty_value=None)
    starts_on = day_field("First day", required=False)
    ends_on = day_field("Last day", required=False)

    def __init__(self, *args: Any, areas: dict[str, Area], choices: list[Any], **kwargs: Any) -> None:
        """Offer the areas, which are read once for all lines."""
        super().__init__(*args, **kwargs)
        area: Any = self.fields["area"]
        area.choices, area.coerce = choices, partial(_area_of, areas)
        for name, words in (("area", "Member"), ("starts_on", "First day"), ("ends_on", "Last day")):
            self.fields[name].label = self.fields[name].widget.attrs["aria-label"] = words

    def clean(self) -> dict[str, Any]:
        """Ask for the member of days, and for days in their order."""
        cleaned = super().clean() or {}
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if (first or last) and not cleaned.get("area") and "area" not in self.errors:
            self.add_error("area", "Choose the member that these days are of.")
        if first and last and last < first:
            self.add_error("ends_on", "The last day is before the first. Choose a later day, or leave it empty.")
        return cleaned


class GroupPage(LinesPage):
    """All forms of the page of a group: as it is kept, or as they were sent."""

    key = "members"

    def __init__(self, group: ComparatorGroup | None, data: Any = None) -> None:
        """Show the newest list of members, or take `data`."""
        opened: dict[str, Any] = {"version": 0}
        held = []
        if group is not None:
            opened = {"version": group.version, "name": group.area.name, "note": group.note}
            members = groups.newest(group).members.all()
            held = [{"area": one.area_id, "starts_on": one.starts_on, "ends_on": one.ends_on} for one in members]
        self.general = GroupForm(data, initial=opened)
        if group is not None:
            self.general.fields["name"].disabled = True
        areas = list(groups.possible_members())
        self.lines = self._make_lines(
            MemberForm, data, held, most=MOST_MEMBERS, spare=SPARE_LINES, areas={str(one.pk): one for one in areas},
            choices=_choices(areas),
        )  # fmt: skip

    def is_valid(self) -> bool:
        """Tell whether everything that was sent has the right form, and the list makes sense; all is checked."""
        sound = super().is_valid()
        if sound:
            for words in groups.faults_of(self.members):
                self.general.add_error(None, words)
        return sound and not self.general.errors

    @property
    def members(self) -> list[groups.Member]:
        """The members that were sent. Call it when all is valid."""
        rows = [one for one in self.lines.cleaned_data if one.get("area")]
        return [(one["area"], one["starts_on"], one["ends_on"]) for one in rows]


def _area_of(areas: dict[str, Area], pk: str) -> Area:
    if pk not in areas:
        raise ValueError
    return areas[pk]


def _choices(areas: Iterable[Area]) -> list[Any]:
    """Return the possible members, grouped by what they are."""
    found: dict[str, list[tuple[int, str]]] = {}
    for area in areas:
        of = f", {area.force.name}" if area.force else ""
        found.setdefault(f"{KINDS[AreaKind(area.kind)]}{of}", []).append((area.pk, area.name))
    return [("", "Choose an area"), *found.items()]
