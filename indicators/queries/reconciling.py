"""Reads of reconciliation: what is declared to agree, what differs, and what somebody has said about it."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from indicators.agreeing import printed_places
from indicators.calculations import ARITHMETIC
from indicators.choices import AGREEMENT_NAMES, Agreement, AreaKind, Kind, Statistic
from indicators.comparisons import Check, Declared, Link, Reconciliation, Side, gap_text
from indicators.formatting import own_decimals, value_text
from indicators.kinds import Aggregation
from indicators.models.area import Area, Force
from indicators.models.breakdown import BreakdownValue
from indicators.models.indicator import Indicator
from indicators.models.relation import Explanation, Relation
from indicators.models.sheet import PartOf
from indicators.origins import Mixed, mixed
from indicators.periods import Quarter, label
from indicators.queries import books, control_totals
from indicators.queries.books import clean
from indicators.reconciliation import reconcile
from indicators.series import Series, Slot


@dataclass(frozen=True, slots=True)
class Difference:
    """Two numbers that differ, and why, if somebody has said so of these two.

    `earlier`: what was said last of other numbers that stood in their place. It explains nothing any more. Nor does
    what a relation notes of all its differences: a new one may have another reason.
    """

    check: Check
    explanation: Explanation | None
    earlier: Explanation | None = None

    @property
    def is_open(self) -> bool:
        """Whether nobody has said why these two numbers differ."""
        return self.explanation is None

    @property
    def holds_back(self) -> bool:
        """Whether it keeps a report back."""
        return self.check.is_blocking and self.is_open

    @property
    def earlier_numbers(self) -> str:
        """The other two numbers that were explained, as they would be printed."""
        return self._both(self.earlier) if self.earlier else ""

    @property
    def numbers(self) -> str:
        """The two numbers for which the reason was given."""
        return self._both(self.explanation) if self.explanation else ""

    def _both(self, said: Explanation) -> str:
        return " and ".join(self.check.text(clean(one) or Decimal(0)) for one in (said.stated, said.found))


@dataclass(frozen=True, slots=True)
class Group:
    """The differences of the same numbers in several periods."""

    differences: tuple[Difference, ...]

    @property
    def first(self) -> Check:
        """What all of them have in common, by the first."""
        return self.differences[0].check

    @property
    def open(self) -> tuple[Difference, ...]:
        """Those that nobody has explained."""
        return tuple(one for one in self.differences if one.is_open)


@dataclass(frozen=True, slots=True)
class Compared:
    """How many comparisons of one kind differ, agree, or could not be made."""

    words: str
    differing: int
    agreeing: int
    open: int


@dataclass(frozen=True, slots=True)
class Findings:
    """What a reconciliation found: the differences, and what was compared by kind.

    `mixed`: the longer periods of which some values were supplied and some worked out, with the name of the series.
    """

    differences: list[Difference]
    kinds: list[Compared]
    mixed: list[tuple[str, Mixed]] = field(default_factory=list)

    @property
    def open(self) -> int:
        """How many differences nobody has explained, for the numbers as they are."""
        return sum(one.is_open for one in self.differences)

    @property
    def moved(self) -> int:
        """How many of these were explained for other numbers."""
        return sum(one.is_open and one.earlier is not None for one in self.differences)

    @property
    def explained_by(self) -> list[tuple[str, int]]:
        """Who has explained how many, most first."""
        return Counter(one.explanation.by.name for one in self.differences if one.explanation).most_common()

    @property
    def groups(self) -> list[Group]:
        """The differences by what they are of, those that nobody has explained first."""
        found: dict[str, list[Difference]] = defaultdict(list)
        for one in self.differences:
            found[one.check.group].append(one)
        return sorted((Group(tuple(some)) for some in found.values()), key=lambda group: not group.open)


def declared() -> Declared:
    """Return what must agree: relations and parents of indicators, and which add up over time. Seven queries."""
    parts = dict(BreakdownValue.objects.values_list("id", "slug"))
    keys = dict(Indicator.objects.values_list("id", "key"))
    links = [
        Link(
            key=f"{relation.agreement}:{relation.slug}",
            agreement=Agreement(relation.agreement),
            whole=Series(keys[relation.indicator_id], parts.get(relation.part_id or 0, "")),
            members=tuple(
                Series(keys[one.indicator_id], parts.get(one.part_id or 0, "")) for one in relation.members.all()
            ),
            is_blocking=relation.is_blocking,
            note=relation.note,
        )
        for relation in Relation.objects.prefetch_related("members")
    ]
    for key, parent_id in Indicator.objects.filter(parent__isnull=False).values_list("key", "parent_id"):
        whole = Series(keys[parent_id or 0])
        links.append(Link(f"within:{whole.key}", Agreement.WITHIN, whole, (Series(key),)))
    for part_of in PartOf.objects.all():
        whole = Series(keys[part_of.whole_id])
        member = Series(keys[part_of.indicator_id])
        links.append(Link(f"within:{whole.key}:{member.key}", Agreement.WITHIN, whole, (member,)))
    additive = frozenset(Indicator.objects.filter(over_time=Aggregation.ADD).values_list("key", flat=True))
    return Declared(links=links, additive=additive)


def places(force: Force) -> tuple[dict[str, list[str]], frozenset[str]]:
    """Return which areas make up the force ("") and each area above others; and the lines that stand for no place."""
    areas = list(Area.objects.filter(force=force).exclude(kind=AreaKind.SMALL_AREA))
    slugs = {one.pk: "" if one.kind == AreaKind.FORCE else one.slug for one in areas}
    below: dict[str, list[str]] = defaultdict(list)
    for one in areas:
        if one.kind != AreaKind.FORCE:
            below[slugs.get(one.parent_id or 0, "")].append(one.slug)
    remainders = {one.slug for one in areas if one.kind in {AreaKind.OUTSIDE, AreaKind.UNLOCATED}}
    return dict(below), frozenset(remainders)


def findings(force: Force, quarter: Quarter, at: int | None = None) -> Findings:
    """Compare everything a report of a quarter can quote, as known at a data version (None: now)."""
    book = books.figure_book(force, quarter, at, with_districts=True)
    known = declared()
    below, remainders = places(force)
    wanted = Declared(known.links, below, known.additive, remainders)
    found = reconcile(book, wanted)
    _add_control_totals(found, force, quarter, at)
    both = [(book.name_of(one.series), one) for one in mixed(book.values)]
    return Findings(_explained(force, found.differences), _kinds(found), both)


def _add_control_totals(found: Reconciliation, force: Force, quarter: Quarter, at: int | None) -> None:
    before = date(quarter.end.year - 1, quarter.end.month, 1)
    for total in control_totals.control_totals(force, at):
        if total.period.end is None or not before <= total.period.end <= quarter.end:
            continue
        if total.counted is None:
            found.open[Agreement.CONTROL] += 1
        elif total.agrees:
            found.agreeing[Agreement.CONTROL] += 1
        else:
            found.differences.append(_control_check(total, total.counted))


def _control_check(total: control_totals.ControlTotal, counted: Decimal) -> Check:
    change = ", change" if total.statistic == Statistic.CHANGE else ""
    group = f"control:{total.series}.{total.statistic.value}"
    # What a formula gives has more decimals than anybody prints; of counts each one tells.
    places = printed_places(total.published, total.decimals)
    if total.kind == Kind.COUNT:
        places = max(places, own_decimals(counted))
    return Check(
        key=f"{group}.{total.period.window.value}.{total.period.end}",
        group=group,
        agreement=Agreement.CONTROL,
        series=Series(*total.series.split(".")),
        slot=Slot.of(total.period),
        name=f"{total.name}{change}",
        period=label(total.period),
        stated=Side("published", total.published, value_text(total.published, total.unit, places)),
        found=Side("counted from cases", counted, value_text(counted, total.unit, places)),
        gap=gap_text(ARITHMETIC.subtract(total.published, counted), total.unit, places),
        unit=total.unit,
        decimals=total.decimals,
    )


def _explained(force: Force, checks: Sequence[Check]) -> list[Difference]:
    """Put the reason that was given last for these very numbers, or for others, beside each difference. One query."""
    rows = Explanation.objects.filter(force=force, check_key__in=[one.key for one in checks]).select_related("by")
    ordered = list(rows.order_by("id"))
    said = {(one.check_key, one.stated, one.found): one for one in ordered}
    last = {one.check_key: one for one in ordered}
    found = []
    for one in checks:
        own = said.get((one.key, one.stated.amount, one.found.amount))
        found.append(Difference(one, own, None if own else last.get(one.key)))
    return found


def _kinds(found: Reconciliation) -> list[Compared]:
    differing = Counter(one.agreement for one in found.differences)
    kinds = [kind for kind in Agreement if differing[kind] or found.agreeing[kind] or found.open[kind]]
    return [Compared(AGREEMENT_NAMES[one], differing[one], found.agreeing[one], found.open[one]) for one in kinds]


def blocking(force: Force, quarter: Quarter, at: int | None) -> Sequence[Difference]:
    """Return the differences that keep a report of this quarter back. Only what blocks is looked at."""
    links = [link for link in declared().links if link.is_blocking]
    if not links:
        return []
    keys = {series.indicator for link in links for series in (link.whole, *link.members)}
    book = books.figure_book(force, quarter, at, keys=keys, with_districts=True)
    found = _explained(force, reconcile(book, Declared(links)).differences)
    return [one for one in found if one.holds_back]
