"""The part of Markdown that a section may use, as a markdown-it parser with two rules of our own.

Allowed: paragraphs, headings, bullet and ordered lists, quotations, strong, emphasis, links and references to
figures. What is not allowed is never switched on, so it stays visible as the characters that were typed.
"""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

KEY = r"[a-z0-9_.-]{1,200}"
FIGURE = re.compile(r"\{\{[ \t]*(" + KEY + r")[ \t]*\}\}")
# Braces that are no reference are characters as typed, marks of emphasis between them included.
LITERAL = re.compile(r"\{\{?[^{}\n]{0,200}\}\}?")
# A label without brackets and an address without spaces: one bounded look per "[", so 20,000 of them are
# harmless, while the usual rule looks to the end of the text from each.
ADDRESS = r"(?:[^()<>\s\\]|\([^()<>\s\\]{0,200}\)){1,2000}"
LINK = re.compile(r"\[([^\[\]\n]{1,300})\]\(<?(" + ADDRESS + r")>?(?:[ ]+\"[^\"\n]{0,300}\")?\)")
IMAGE = re.compile(r"!" + LINK.pattern.replace("{1,300}", "{0,300}", 1))
SAFE_LINK = re.compile(r"(?:https?://[^/?#]|mailto:[^?#]*@)", re.IGNORECASE)
MAX_NESTING = 40
RULES = ("paragraph", "heading", "list", "blockquote", "text", "newline", "escape", "entity", "emphasis")


def parser() -> MarkdownIt:
    """A parser of the allowed part. Tokens of our own carry what they stand for in `content`."""
    markdown = MarkdownIt("zero", {"html": False, "maxNesting": MAX_NESTING})
    markdown.enable([*RULES, "balance_pairs", "fragments_join"])
    markdown.inline.ruler.push("figure", _figure)
    markdown.inline.ruler.push("literal", _literal)
    markdown.inline.ruler.push("short_image", _image)
    markdown.inline.ruler.push("short_link", _link)
    return markdown


def tokens(text: str) -> list[Token]:
    """The block tokens of a text; inline tokens hang below them as children."""
    return parser().parse(text)


def is_safe_link(address: str) -> bool:
    """Whether an address is http, https or mail: the only three a report may lead to."""
    return bool(SAFE_LINK.match(address))


def _figure(state: StateInline, silent: bool) -> bool:
    return _leaf(state, silent, FIGURE, "figure", group=1)


def _literal(state: StateInline, silent: bool) -> bool:
    return _leaf(state, silent, LITERAL, "literal", group=0)


def _image(state: StateInline, silent: bool) -> bool:
    return _leaf(state, silent, IMAGE, "image", group=0)


def _leaf(state: StateInline, silent: bool, pattern: re.Pattern[str], kind: str, group: int) -> bool:
    match = pattern.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    if not silent:
        token = state.push(kind, "", 0)
        token.content = match.group(group)
    state.pos = match.end()
    return True


def _link(state: StateInline, silent: bool) -> bool:
    match = LINK.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    if not is_safe_link(match.group(2)):
        return _leaf(state, silent, LINK, "refused_link", group=0)
    if not silent:
        end = state.posMax
        state.pos, state.posMax = match.start(1), match.end(1)
        token = state.push("link_open", "a", 1)
        token.attrs = {"href": match.group(2)}
        state.linkLevel += 1
        state.md.inline.tokenize(state)
        state.linkLevel -= 1
        state.push("link_close", "a", -1)
        state.posMax = end
    state.pos = match.end()
    return True
