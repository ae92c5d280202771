"""The walk over a parsed text that makes its blocks and notes, on the way, what it met."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from narratives.documents import Block, Bullets, Paragraph, Quote, Run, Subheading
from narratives.renderings.characters import hidden_in, name, visible

EXHIBIT = "exhibit."
LISTS = ("bullet_list", "ordered_list")
BREAKS = {"softbreak": " ", "hardbreak": "\n"}
HEADING_LEVELS = ("h2", "h3")


@dataclass(frozen=True, slots=True)
class Style:
    """The style in force at one place of a line."""

    is_strong: bool = False
    is_emphasis: bool = False
    href: str = ""


class Walk:
    """Turns tokens into blocks; `figure` and `exhibit` say what stands where a reference stood."""

    def __init__(self, figure: Callable[[str], Run], exhibit: Callable[[str], tuple[Block, ...]]) -> None:
        self._figure = figure
        self._exhibit = exhibit
        self._line = 0
        self.blocks: list[Block] = []
        self.references: list[str] = []
        self.exhibits: list[str] = []
        self.complaints: list[str] = []

    def read(self, tokens: list[Token]) -> None:
        """Read a whole text; the outcome stands in the attributes."""
        for node in SyntaxTreeNode(tokens).children:
            placed = _placement(node)
            if placed:
                self.exhibits.append(placed)
                self.blocks.extend(self._exhibit(placed))
            else:
                self.blocks.extend(self._block(node))

    def _complain(self, words: str) -> None:
        self.complaints.append(f"Line {self._line}: {words}")

    def _block(self, node: SyntaxTreeNode) -> Iterator[Block]:
        self._line = node.map[0] + 1 if node.map else self._line
        if node.type == "heading":
            yield from self._heading(node)
        elif node.type in LISTS:
            start = int(node.attrs.get("start", 1))
            yield Bullets(tuple(self._entries(node)), node.type == "ordered_list", start)
        elif node.type == "blockquote":
            for child in node.children:
                if child.type == "paragraph":
                    yield Quote(self._runs(child))
                else:
                    yield from self._block(child)
        else:
            yield Paragraph(self._runs(node))

    def _heading(self, node: SyntaxTreeNode) -> Iterator[Subheading]:
        if node.tag not in HEADING_LEVELS:
            self._complain("a heading in a section has two or three #. It is shown like those.")
        runs = self._runs(node)
        if any(run.figure for run in runs):
            self._complain("a figure stands in a heading. Put it in a sentence.")
        words = "".join(run.text for run in runs).replace("\n", " ").strip()
        if words:  # an empty heading says nothing and breaks a page for those who hear it
            yield Subheading(words)

    def _entries(self, node: SyntaxTreeNode) -> Iterator[tuple[Run, ...]]:
        """The entries of a list; those of a list inside it follow on the same level."""
        for entry in node.children:
            text: list[Run] = []
            inner: list[tuple[Run, ...]] = []
            for child in entry.children:
                self._line = child.map[0] + 1 if child.map else self._line
                if child.type in LISTS:
                    self._complain("a list stands inside a list. It is shown as one list.")
                    inner.extend(self._entries(child))
                else:
                    text.extend((Run("\n"), *self._nested_runs(child)) if text else self._nested_runs(child))
            yield _merged(text)
            yield from inner

    def _nested_runs(self, node: SyntaxTreeNode) -> Iterator[Run]:
        if node.type == "blockquote" or node.type in (*LISTS, "list_item"):
            self._complain("a quotation stands inside a list. It is shown as part of the entry.")
            for index, child in enumerate(node.children):
                if index:
                    yield Run("\n")
                yield from self._nested_runs(child)
        else:
            yield from self._runs(node)

    def _runs(self, node: SyntaxTreeNode) -> tuple[Run, ...]:
        """The runs of a paragraph or heading, whose only child is its line of text."""
        self._line = node.map[0] + 1 if node.map else self._line
        return _merged([run for child in node.children for run in self._inline(child, Style())])

    def _inline(self, node: SyntaxTreeNode, style: Style) -> Iterator[Run]:
        if node.type == "figure":
            yield self._reference(node.content, style)
            return
        if node.children:
            inner = _styled(node, style)
            for child in node.children:
                yield from self._inline(child, inner)
            return
        if node.type == "image":
            self._complain("a picture cannot be placed here. It is shown as the characters typed.")
        if node.type == "refused_link":
            self._complain("a link may lead to http, https and mail addresses only. It is shown as typed.")
        words = BREAKS.get(node.type, node.content)
        # Written as a character reference (&#8238;), a hidden character appears only now.
        for character in hidden_in(words):
            self._complain(f"a hidden character ({name(character)}) stands in the text. Delete it.")
        yield Run(visible(words), style.is_strong, style.is_emphasis, style.href)

    def _reference(self, key: str, style: Style) -> Run:
        self.references.append(key)
        if key.startswith(EXHIBIT):
            self._complain(f"the exhibit {key} stands inside a sentence. Give it a paragraph of its own.")
        run = self._figure(key)
        return replace(
            run,
            is_strong=style.is_strong or run.is_strong,
            is_emphasis=style.is_emphasis or run.is_emphasis,
            href=style.href,
        )


def _placement(node: SyntaxTreeNode) -> str:
    """The key of the exhibit that a paragraph places, or nothing."""
    if node.type != "paragraph" or len(node.children) != 1:
        return ""
    parts = [child for child in node.children[0].children if child.type != "text" or child.content.strip()]
    if len(parts) != 1 or parts[0].type != "figure" or not parts[0].content.startswith(EXHIBIT):
        return ""
    return parts[0].content.removeprefix(EXHIBIT)


def _styled(node: SyntaxTreeNode, style: Style) -> Style:
    if node.type == "strong":
        return replace(style, is_strong=True)
    if node.type == "em":
        return replace(style, is_emphasis=True)
    if node.type == "link":
        return replace(style, href=str(node.attrs.get("href", "")))
    return style


def _merged(runs: list[Run]) -> tuple[Run, ...]:
    """Runs of words in the same style joined; a figure always keeps a run of its own."""
    merged: list[Run] = []
    for run in runs:
        if not run.text and not run.figure:
            continue
        last = merged[-1] if merged else None
        if last and not last.figure and not run.figure and replace(last, text=run.text) == run:
            merged[-1] = replace(last, text=last.text + run.text)
        else:
            merged.append(run)
    return tuple(merged)
