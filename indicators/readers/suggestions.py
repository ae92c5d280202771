"""What the columns and values of an extract probably mean, by their names. A person looks at every suggestion."""

import re
from collections.abc import Collection, Iterable, Sequence

from indicators.choices import AreaKind
from indicators.readers.areas import CODE
from indicators.readers.texts import nearest

# What a column can hold -> what systems call it, the most telling name first; all in lower case without marks.
SYNONYMS: dict[str, tuple[str, ...]] = {
    "Crime ID": (
        "crime id", "crime reference", "crime number", "crime no", "crime ref", "crime urn", "incident number",
        "reference number", "reference", "ref no", "urn", "case number",
    ),
    "Month": ("month", "recorded month", "month recorded", "reporting month", "year month"),
    "Date": (
        "recorded date", "date recorded", "crime recorded date", "created date", "date created", "reported date",
        "date reported", "incident date", "offence date", "date",
    ),
    "Crime type": (
        "crime type", "ho class description", "ho offence class", "ho class", "home office class", "crime category",
        "offence group", "offence class", "offence type", "offence description", "offence", "category",
        "classification",
    ),
    "Offence": ("offence", "offence description", "offence title", "sub category"),
    "LSOA code": (
        "lsoa code", "lsoa", "lower super output area", "lpa", "local policing area", "district", "local authority",
        "borough", "division", "beat", "neighbourhood", "area", "ward",
    ),
    "LSOA name": ("lsoa name", "area name"),
    "Longitude": ("longitude", "long", "lng", "lon"),
    "Latitude": ("latitude", "lat"),
    "Location": ("location", "street", "address", "location description"),
    "Last outcome category": ("last outcome category", "outcome", "outcome description", "disposal", "crime status"),
    "Context": ("context", "note", "notes", "remarks"),
    "Reported by": ("reported by",),
    "Falls within": ("falls within", "force"),
}  # fmt: skip
MARKERS = {"flag", "flags", "marker", "markers", "keyword", "keywords", "qualifier", "indicator"}
YES = {"y", "yes", "true", "1", "t"}
NO = {"n", "no", "false", "0", "f"}
NOWHERE = {"unknown", "not known", "not stated", "no location", "not recorded", "none", "n a", "null", "unallocated"}
ELSEWHERE = {"outside", "outside force", "out of force", "other force", "outside force area"}
_MARKS = re.compile(r"[^a-z0-9]+")
_HUMPS = re.compile(r"(?<=[a-z])(?=[A-Z])")


def plain(name: str) -> str:
    """Return a name in lower case with single spaces for everything else: "CrimeRef_No." is "crime ref no"."""
    return _MARKS.sub(" ", _HUMPS.sub(" ", name).casefold()).strip()


def suggest(header: Sequence[str]) -> dict[str, str]:
    """Return what the columns of a header probably hold, as {held: the column's own name}; what is unclear is left out.

    A name that is a synonym goes before one that holds it among other words; no column is suggested twice.
    """
    names = {name: plain(name) for name in header if name.strip()}
    found: dict[str, str] = {}
    for is_exact in (True, False):
        for held, synonyms in SYNONYMS.items():
            if held in found:
                continue
            free = [name for name in names if name not in found.values() and not is_marker(name)]
            meant = _named(free, names, synonyms, is_exact)
            if meant:
                found[held] = meant
    # Two columns for the offence only where one says what the other leaves open.
    if "Crime type" not in found and "Offence" in found:
        found["Crime type"] = found.pop("Offence")
    return found


def _named(free: Iterable[str], names: dict[str, str], synonyms: Sequence[str], is_exact: bool) -> str:
    columns = list(free)
    for synonym in synonyms:
        for name in columns:
            if names[name] == synonym or (not is_exact and f" {synonym} " in f" {names[name]} "):
                return name
    return ""


def is_marker(name: str) -> bool:
    """Tell whether a column probably holds a marker."""
    return bool(MARKERS.intersection(plain(name).split()))


def suggest_area(text: str, districts: dict[str, str], lines: dict[AreaKind, str]) -> str:
    """Return the slug of the area that a text probably means; "" when that is unclear.

    `districts`: name -> slug; `lines`: the slugs of the two lines that keep sums whole.
    """
    short = plain(text)
    if short in NOWHERE:
        return lines.get(AreaKind.UNLOCATED, "")
    if short in ELSEWHERE:
        return lines.get(AreaKind.OUTSIDE, "")
    same = [slug for name, slug in districts.items() if plain(name) == short]
    return same[0] if same else districts.get(nearest(text, districts), "")


def suggest_offence(text: str, categories: Collection[tuple[str, str]]) -> tuple[str, str] | None:
    """Return the crime type and offence that a text probably means; None when that is unclear.

    First by a name that differs little, then by the longest name of which every word stands in the text.
    """
    named = {offence or crime_type: (crime_type, offence) for crime_type, offence in categories}
    close = named.get(text) or named.get(nearest(text, named))
    if close:
        return close
    words = set(plain(text).split())
    inside = [name for name in named if words.issuperset(plain(name).split())]
    return named[max(inside, key=len)] if inside else None


def suggest_flag(column: str, text: str, flags: Collection[str]) -> str | None:
    """Return the flag that the value of a marker probably means, "" for none, None when that is unclear."""
    short = plain(text)
    if short in NO:
        return ""
    words = " ".join(word for word in plain(column).split() if word not in MARKERS)
    by_value = nearest(text, flags)
    by_column = next((flag for flag in flags if words and (words in plain(flag) or plain(flag) in words)), "")
    return (by_column or nearest(words, flags) or None) if short in YES else (by_value or None)


def needs_a_line(text: str, areas: Collection[str], districts: Collection[str]) -> bool:
    """Tell whether the text of an area means nothing without a line in the value map."""
    return bool(text) and text not in areas and text not in districts and not CODE.fullmatch(text)
