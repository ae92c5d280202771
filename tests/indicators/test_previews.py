"""The preview of an import as it is printed: what moves, and by how much."""

import pytest

from indicators.previews import move_of

MOVE = {"name": "Rate", "place": "Smallshire", "window": "quarter", "start": "2020-07-01", "end": "2020-09-30"}


@pytest.mark.parametrize(
    ("old", "new", "told", "texts"),
    [
        ("16.7", "233.33333333", {"unit": "percent", "decimals": 1}, ("16.7%", "233.3%")),
        ("16.71", "16.74", {"unit": "percent", "decimals": 1}, ("16.71%", "16.74%")),
        ("1250", "1251", {"unit": "count", "decimals": 0}, ("1,250", "1,251")),
        ("54.8", None, {"unit": "million-pounds", "decimals": 1}, ("£54.8m", "not available")),
        ("8.74", "7.87", {"unit": "seconds", "decimals": 2}, ("8.74 s", "7.87 s")),
        # Kept before a move told how its measure prints.
        ("16.7", "233.33", {}, ("16.70", "233.33")),
    ],
)
def test_print_a_move_as_its_measure_does_or_as_far_as_the_values_differ(old, new, told, texts):
    found = move_of({**MOVE, "old": old, "new": new, **told})
    assert (found.old, found.new, found.period) == (*texts, "July to September 2020")
