"""Figures from one day to another: counted by day, added up by month, asked for, followed by every file, and ended."""

from datetime import date

import pytest
from django.urls import reverse

from indicators.actions import aggregates, overlay, spans
from indicators.choices import ImportKind, Window
from indicators.figures import Figure, UnknownFigure
from indicators.models.aggregate import Aggregate
from indicators.models.area import Force
from indicators.models.case import CaseMonth
from indicators.models.data_version import DataVersion
from indicators.models.indicator import Indicator
from indicators.models.span import Span
from indicators.people import Person, Refused
from indicators.periods import Quarter
from indicators.queries.books import figure_book
from indicators.queries.cases import CaseKey, key_of, page
from indicators.queries.figure_cases import FigureAddress, figure_cases
from indicators.queries.spans import listed
from portal.models.user import User
from tests.indicators import case_files
from tests.indicators.case_files import HILL, case, case_file, reference, small_force, tidy_file

pytestmark = pytest.mark.django_db

Q4 = Quarter.parse("2019-20-Q4")  # January to March 2020
FIRST, LAST = date(2020, 1, 15), date(2020, 3, 10)
KEY = "robbery.span-2020-01-15-to-2020-03-10"
# Of these days the second to the fifth lie in the span; of the year before the first and the third do.
DAYS = ["2020-01-14", "2020-01-15", "2020-01-31", "2020-02-29", "2020-03-10", "2020-03-11"]
DAYS_BEFORE = ["2019-01-15", "2019-01-14", "2019-02-01"]


@pytest.fixture
def force(db) -> Force:
    """Return a small force."""
    return small_force()


@pytest.fixture
def ada(force) -> Person:
    """Return an analyst."""
    return case_files.analyst()


def on(day: str, number: int, area: str = HILL, month: str = "") -> str:
    """Return a robbery with its day."""
    fields = case(number, month or day[:7], "Robbery", area).split(",")
    fields[-3] = day
    return ",".join(fields)


def load_days(force: Force, by: Person, days: list[str], start: int = 0, area: str = HILL) -> None:
    """Load a robbery on each of some days."""
    case_files.load(force, by, case_file(*(on(day, at, area) for at, day in enumerate(days, start=start))))


def figure(force: Force, key: str = KEY, at: int | None = None) -> Figure:
    """Return a figure as the quarter's pages see it."""
    return figure_book(force, Q4, at, with_districts=True).figure(key)


def ask(force: Force, by: Person, first: date = FIRST, last: date = LAST, *keys: str) -> Span:
    """Keep figures of some days up."""
    return spans.ask(force, first, last, list(keys), by=by, reason="For the panel")


@pytest.fixture
def loaded(force, ada) -> Force:
    """Return the force with both years of robberies."""
    load_days(force, ada, [*DAYS, *DAYS_BEFORE])
    load_days(force, ada, ["2019-03-31"], start=50)  # March 2019 holds one, after the span
    return force


def test_count_the_days_of_a_span_and_of_the_year_before(loaded, ada):
    ask(loaded, ada)
    found = figure(loaded)
    assert (found.aspect("value"), found.aspect("previous"), found.aspect("absolute")) == ("4", "2", "+2")
    assert found.aspect("period") == "15 January to 10 March 2020"
    assert found.aspect("previous_period") == "15 January to 10 March 2019"
    assert figure(loaded, found.key).current == found.current
    assert figure(loaded, "robbery.hill.span-2020-01-15-to-2020-03-10").aspect("value") == "4"
    assert figure(loaded, "robbery.coast.span-2020-01-15-to-2020-03-10").aspect("value") == "0"
    assert aggregates.differences(loaded) == 0


def test_figures_of_a_span_follow_later_files_and_earlier_versions_keep_theirs(loaded, ada):
    ask(loaded, ada)
    before = DataVersion.objects.filter(force=loaded).count()
    load_days(loaded, ada, ["2020-03-01", "2020-03-10", "2020-03-12"], start=20)  # another March
    assert figure(loaded).aspect("value") == "5"
    assert figure(loaded, at=before).aspect("value") == "4"
    assert aggregates.differences(loaded) == 0


def test_days_that_are_asked_for_before_their_file_comes_name_what_is_missing(force, ada):
    load_days(force, ada, ["2020-01-20", "2020-02-20"])
    ask(force, ada)
    assert figure(force).aspect("value") == "not available: 1 of 3 months missing (March 2020)"
    load_days(force, ada, ["2020-03-10", "2020-03-11"], start=10)
    assert figure(force).aspect("value") == "3"
    assert aggregates.differences(force) == 0


def test_cases_without_a_day_leave_their_part_month_uncounted_and_their_whole_month_counted(loaded, ada):
    case_files.load(loaded, ada, case_file(on("", 30, month="2020-02"), on("2020-02-02", 31)))
    ask(loaded, ada)
    assert figure(loaded).aspect("value") == "5"  # three of January and March, and both of February
    case_files.load(loaded, ada, case_file(on("", 40, month="2020-03"), on("2020-03-02", 41)))
    words = "not available: 1 case of its first or last month has no day"
    assert figure(loaded).aspect("value") == words
    assert figure(loaded, "robbery.coast.span-2020-01-15-to-2020-03-10").aspect("value") == "0"


def test_cases_that_are_set_aside_are_in_no_span_and_told(loaded, ada):
    ask(loaded, ada)
    at = CaseKey(date(2020, 3, 1), key_of(reference(4)), 0)  # of 10 March
    overlay.agree(overlay.ask(loaded, at, by=ada, reason="Twice"), by=case_files.analyst("Ben Analyst"))
    assert figure(loaded).aspect("value") == "3" and "1 case is set aside" in figure(loaded).notes
    assert aggregates.differences(loaded) == 0


def test_step_down_from_a_span_finds_the_cases_of_its_days(loaded, ada):
    ask(loaded, ada)
    asked = FigureAddress(Indicator.objects.get(key="robbery"), Window.SPAN, LAST, start=FIRST)
    found = figure_cases(loaded, asked)
    assert found is not None and found.tally.total == 4
    days = [one.occurred_on.isoformat() for one in page(loaded, found.wanted, found.tally).cases]
    assert sorted(days) == DAYS[1:5]


def test_rows_that_are_gone_leave_the_figures_that_were_counted(loaded, ada):
    ask(loaded, ada)
    CaseMonth.objects.filter(month=date(2020, 1, 1)).update(rows_removed_at="2021-06-01T00:00Z")
    load_days(loaded, ada, ["2020-03-01"], start=20)
    assert figure(loaded).aspect("value") == "4" and aggregates.differences(loaded) == 0
    with pytest.raises(Refused, match="January 2020 are no longer held day by day"):
        ask(loaded, ada, date(2020, 1, 20), LAST)


def test_spans_of_whole_months_add_supplied_months_up_and_part_months_do_not(force, ada):
    months = [("2020-01-01", "2020-01-31", 5), ("2020-02-01", "2020-02-29", 6), ("2020-04-01", "2020-04-30", 8),
              ("2020-05-01", "2020-05-31", 9)]  # fmt: skip
    rows = [("investigations", "smallshire", first, last, value) for first, last, value in months]
    case_files.load(force, ada, tidy_file(*rows), ImportKind.OBSERVATIONS)
    ask(force, ada, date(2020, 1, 1), date(2020, 2, 20))
    ask(force, ada, date(2020, 2, 1), date(2020, 5, 31), "investigations")
    key = "investigations.span-2020-02-01-to-2020-05-31"
    assert figure(force, key).aspect("value") == "not available: 1 of 4 months missing (March 2020)"
    with pytest.raises(UnknownFigure):
        figure(force, "investigations.cytd-2020-02-20")
    more = tidy_file(("investigations", "smallshire", "2020-03-01", "2020-03-31", 7))
    case_files.load(force, ada, more, ImportKind.OBSERVATIONS)
    assert figure(force, key).aspect("value") == "30"
    assert aggregates.differences(force) == 0


def test_a_year_to_a_day_stands_beside_the_year_to_the_month_and_beside_other_spans(loaded, ada):
    load_days(loaded, ada, ["2020-01-02", "2020-01-15"], start=70)  # another January
    ask(loaded, ada, date(2020, 1, 1), LAST)
    ask(loaded, ada)
    assert figure(loaded, "robbery.cytd").aspect("value") == "5"  # to 31 March: 2, 29 February, 10 and 11 March
    day = figure(loaded, "robbery.cytd-2020-03-10")
    assert (day.aspect("value"), day.aspect("period")) == ("4", "1 January to 10 March 2020")
    assert figure(loaded).aspect("value") == "3"
    with pytest.raises(UnknownFigure):
        figure(loaded, "robbery.span-2020-01-16-to-2020-03-10")


def test_parts_of_a_breakdown_and_chosen_indicators_alone_are_worked_out(loaded, ada):
    ask(loaded, ada, FIRST, LAST, "robbery")
    held = Aggregate.objects.filter(window=Window.SPAN, until_version__isnull=True)
    assert set(held.values_list("indicator__key", flat=True)) == {"robbery"}
    assert set(held.values_list("area__name", flat=True)) >= {"Hill", "East", loaded.name}


def test_ended_days_have_no_figure_any_longer(loaded, ada):
    span = ask(loaded, ada)
    before = DataVersion.objects.filter(force=loaded).count()
    spans.end(span, by=ada, reason="The panel is over")
    with pytest.raises(UnknownFigure):
        figure(loaded)
    assert figure(loaded, at=before).aspect("value") == "4"
    with pytest.raises(Refused, match="not kept up any longer"):
        spans.end(span, by=ada, reason="Again")
    assert ask(loaded, ada).pk != span.pk and figure(loaded).aspect("value") == "4"


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ((2020, 3, 10), (2020, 1, 15), "before the first"),
        ((2020, 1, 1), (2020, 3, 31), "its key ends with “quarter-2020-03”"),
        ((2019, 4, 1), (2020, 2, 29), "its key ends with “fytd-2020-02”"),
        ((2020, 1, 1), (2020, 2, 29), "its key ends with “cytd-2020-02”"),
        ((2010, 1, 2), (2020, 3, 30), "more than 60 months"),
    ],
)
def test_days_that_make_no_span_are_refused_in_words(force, ada, first, last, words):
    with pytest.raises(Refused, match=words):
        ask(force, ada, date(*first), date(*last))
    assert not Span.objects.exists() and not DataVersion.objects.exists()


def test_the_same_days_twice_without_a_reason_or_by_others_are_refused(force, ada):
    ask(force, ada)
    with pytest.raises(Refused, match="kept up already"):
        ask(force, ada)
    with pytest.raises(Refused, match="There is no indicator “robery”"):
        ask(force, ada, FIRST, FIRST, "robery")
    with pytest.raises(Refused, match="Say why"):
        spans.ask(force, FIRST, FIRST, [], by=ada, reason=" ")
    with pytest.raises(Refused, match="Only an analyst"):
        ask(force, Person(id=ada.id, name="Otto", email=ada.email, roles=frozenset()), FIRST, FIRST)
    assert Span.objects.count() == 1


def test_pages_ask_for_days_list_them_with_their_key_and_end_them(client, loaded, ada):
    client.force_login(User.objects.get(pk=ada.id))
    sent = {"force": loaded.slug, "first": "15/1/2020", "last": "14/1/2020", "indicators": ["robbery"], "text": "Panel"}
    answer = client.post(reverse("span-new"), sent)
    assert answer.status_code == 422 and b"The last day is before the first" in answer.content
    assert client.post(reverse("span-new"), sent | {"last": "10/3/2020"}).status_code == 302
    assert client.post(reverse("span-new"), sent | {"last": "10/3/2020"}).status_code == 409
    (one,) = listed()
    assert (one.names, one.key, one.values, one.every) == (["robbery"], "span-2020-01-15-to-2020-03-10", 1, 1)
    text = client.get(reverse("spans")).content.decode()
    assert "{{ …span-2020-01-15-to-2020-03-10.value }}" in text
    assert "15 January to 10 March 2020" in text and "1 of 1 have a value" in text and "Panel" in text
    assert client.post(reverse("span-end", args=[one.span.pk]), {"reason": "Over"}).status_code == 302
    assert "Kept up no longer" in client.get(reverse("spans")).content.decode()


def test_pages_of_a_figure_lead_from_a_span_to_its_cases(client, loaded, ada):
    ask(loaded, ada)
    client.force_login(User.objects.get(pk=ada.id))
    shown = client.get(reverse("figure", args=[KEY]), {"quarter": Q4.key})
    assert shown.status_code == 200 and "15 January to 10 March 2020" in shown.content.decode()
    way = f"{reverse('indicator-cases', args=['robbery'])}?force={loaded.slug}&window=span&end=2020-03-10"
    text = client.get(f"{way}&start=2020-01-15").content.decode()
    assert '<h1 class="govuk-heading-l">4 cases</h1>' in text
    assert client.get(way).status_code == 404
