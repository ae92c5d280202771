"""A section's Markdown, with its references to figures, turned into blocks of the report.

`parse` lists what a text refers to and what is wrong with it, `render` gives the blocks with the figures in
place, `highlight` gives the blocks of a draft in which an unknown reference is marked. Figures arrive as
printed words: nothing here computes or rounds.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from markdown_it.token import Token

from indicators.tables import Exhibits, Listing, Table
from narratives.documents import Block, Bullets, ChartBlock, Paragraph, Run, TableBlock, source_line
from narratives.renderings.characters import hidden_in, mixed_words, name, visible
from narratives.renderings.syntax import FIGURE, tokens
from narratives.renderings.walk import EXHIBIT, Walk

MAX_LENGTH = 100_000
MAX_LINES = 5_000
MAX_DEPTH = 12
MAX_COMPLAINTS = 50
BRACES = re.compile(r"\{\{[^{}\n]{0,80}(?:\}\})?")
TAG = re.compile(r"</?[A-Za-z][^<>\n]{0,200}>|<!--")


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a text refers to, each key once in order of first appearance, and what is wrong with it.

    `is_refused` is true when the text is too long or too deep to be read at all; `complaints` says so.
    """

    references: tuple[str, ...] = ()
    exhibits: tuple[str, ...] = ()
    complaints: tuple[str, ...] = ()
    is_refused: bool = False


class UnfitText(ValueError):
    """A text too long or too deeply nested to be rendered. `complaints` are sentences for its author."""

    def __init__(self, complaints: tuple[str, ...]) -> None:
        self.complaints = complaints
        super().__init__(" ".join(complaints))


class UnknownReference(LookupError):
    """A text refers to figures or exhibits that were not given. `keys` lists all, exhibits as exhibit.KEY."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        self.keys = keys
        super().__init__(f"Unknown: {', '.join(keys)}")


def parse(text: str) -> Parsed:
    """References, exhibits and complaints of a text. Never raises; complaints are sentences with the line."""
    try:
        read = _tokens(text)
    except UnfitText as unfit:
        return Parsed(complaints=unfit.complaints, is_refused=True)
    walk = Walk(lambda key: Run("", figure=key), lambda key: ())
    walk.read(read)
    return Parsed(
        tuple(dict.fromkeys(walk.references)),
        tuple(dict.fromkeys(walk.exhibits)),
        _shortened(tuple(dict.fromkeys((*_complaints(text), *walk.complaints)))),
    )


def render(text: str, figures: Mapping[str, str], exhibits: Mapping[str, Exhibits]) -> tuple[Block, ...]:
    """The blocks of a text, each figure's printed words in place and each exhibit unnumbered where it stands.

    Raises UnknownReference with every key that is not given (or given as blank), UnfitText for a text over
    the limits.
    """
    unknown: list[str] = []

    def figure(key: str) -> Run:
        words = figures.get(key, "")
        if not words.strip():
            unknown.append(key)
        return Run(visible(words), figure=key)

    def exhibit(key: str) -> tuple[Block, ...]:
        if key not in exhibits:
            unknown.append(EXHIBIT + key)
            return ()
        return _placed(exhibits[key])

    walk = Walk(figure, exhibit)
    walk.read(_tokens(text))
    if unknown:
        raise UnknownReference(tuple(dict.fromkeys(unknown)))
    return tuple(walk.blocks)


def highlight(
    text: str, figures: Mapping[str, str], exhibits: Mapping[str, Exhibits] | None = None
) -> tuple[Block, ...]:
    """The blocks of a draft: an unknown reference reads "[unknown figure: KEY]" in bold. Never raises.

    Without `exhibits` their places are shown by name. A text over the limits comes back as plain lines below
    the complaint, cut where the limit is.
    """

    def figure(key: str) -> Run:
        words = figures.get(key, "")
        if words.strip():
            return Run(visible(words), figure=key)
        return Run(f"[unknown figure: {key}]", is_strong=True)

    def exhibit(key: str) -> tuple[Block, ...]:
        if exhibits is None:
            return (Paragraph((Run(f"[exhibit: {key}]", is_emphasis=True),)),)
        if key in exhibits:
            return _placed(exhibits[key])
        return (Paragraph((Run(f"[unknown exhibit: {key}]", is_strong=True),)),)

    walk = Walk(figure, exhibit)
    try:
        walk.read(_tokens(text))
    except UnfitText as unfit:
        lines = [line for line in text[:MAX_LENGTH].splitlines() if line.strip()][:MAX_LINES]
        plain = (Paragraph((Run(visible(line)),)) for line in lines)
        return (Paragraph((Run(" ".join(unfit.complaints), is_strong=True),)), *plain)
    return tuple(walk.blocks)


def _placed(exhibit: Exhibits) -> tuple[Block, ...]:
    if isinstance(exhibit, Listing):
        return tuple(_listed(exhibit))
    return (TableBlock(exhibit) if isinstance(exhibit, Table) else ChartBlock(exhibit),)


def _listed(listing: Listing) -> Iterator[Block]:
    """A list as the words it is: what leads to it, its sentences with their figures bound, and what is beneath."""
    yield Paragraph((Run(f"{listing.title}:"),))
    yield Bullets(tuple(tuple(Run(piece.text, figure=piece.figure) for piece in one) for one in listing.entries))
    for words in (*listing.notes, *([source_line(listing.source)] if listing.source else [])):
        yield Paragraph((Run(words, is_emphasis=True),))


def _tokens(text: str) -> list[Token]:
    """The tokens of a text within the limits; its length is looked at before anything else."""
    if len(text) > MAX_LENGTH:
        raise UnfitText(
            (f"The text has {len(text):,} characters; a section holds at most {MAX_LENGTH:,}. Shorten it.",)
        )
    lines = text.count("\n") + 1
    if lines > MAX_LINES:
        raise UnfitText((f"The text has {lines:,} lines; a section holds at most {MAX_LINES:,}. Shorten it.",))
    read = tokens(visible(text))
    for token in read:
        if token.level > MAX_DEPTH and token.map:
            place = f"Line {token.map[0] + 1}"
            raise UnfitText((f"{place}: lists and quotations stand too deep inside each other. Take some out.",))
    return read


def _complaints(text: str) -> Iterator[str]:
    for number, line in enumerate(text.splitlines(), start=1):
        for complaint in _line_complaints(line):
            yield f"Line {number}: {complaint}"


def _line_complaints(line: str) -> Iterator[str]:
    for character in hidden_in(line):
        yield f"a hidden character ({name(character)}) stands in the text. Delete it."
    for word in mixed_words(line):
        yield f'"{word}" mixes letters of two alphabets that look alike. Type the word again.'
    start = line.lstrip(" \t>")
    if start.startswith(("```", "~~~")) or "`" in line:
        yield "code is not part of a report. It is shown as the characters typed."
    if start.startswith("|"):
        yield "a table cannot be typed. Place an exhibit instead; the line is shown as the characters typed."
    if TAG.search(line):
        yield "HTML is not part of a report. It is shown as the characters typed."
    for match in BRACES.finditer(line):
        if not FIGURE.match(line, match.start()):
            yield f'"{match.group(0)}" is not a reference to a figure. It is shown as the characters typed.'


def _shortened(complaints: tuple[str, ...]) -> tuple[str, ...]:
    surplus = len(complaints) - MAX_COMPLAINTS
    if surplus <= 0:
        return complaints
    return (*complaints[:MAX_COMPLAINTS], f"And {surplus:,} more places like these.")
