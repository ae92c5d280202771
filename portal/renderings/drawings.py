"""Charts' drawings on their way into a file: checked, and set in the report's own typeface."""

import re
from importlib import resources
from pathlib import Path

from lxml import etree  # type: ignore[import-untyped]

from narratives.renderings.characters import visible

TYPEFACE = "Source Sans Pro"
FAMILY = re.compile(r'font-family="(?:sans-serif|Arial|Helvetica)[^"]*"')
SHAPES = ("path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan")
FRAMES = ("svg", "g", "title", "desc", "defs", "use", "clipPath", "mask", "pattern", "marker", "stop")
ELEMENTS = frozenset((*SHAPES, *FRAMES, "linearGradient", "radialGradient"))


class UnsafeDrawing(ValueError):
    """An SVG that is none, or holds something that could fetch or run: it says what."""


def font_folder() -> Path:
    """The folder with the typeface's files, from its package."""
    return Path(str(resources.files("font_source_sans_pro"))) / "files"


def checked(svg: str) -> str:
    """The SVG text with its typeface set and hidden characters written out.

    Raises UnsafeDrawing for anything but shapes and words: no picture, style sheet, script, entity or event,
    and no address but "#…".
    """
    if "<!" in svg:
        raise UnsafeDrawing("the drawing holds a document type, a comment or character data")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(svg.encode("utf-8"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnsafeDrawing(f"the drawing is not SVG: {error}") from error
    for element in root.iter():
        if not isinstance(element.tag, str):
            raise UnsafeDrawing("the drawing holds an instruction or an entity")
        local = etree.QName(element).localname
        if local not in ELEMENTS:
            raise UnsafeDrawing(f"the drawing holds <{local}>")
        element.text, element.tail = visible(element.text or ""), visible(element.tail or "")
        for name, value in element.attrib.items():
            _check_attribute(etree.QName(name).localname, str(value))
    return FAMILY.sub(f'font-family="{TYPEFACE}"', etree.tostring(root, encoding="unicode"))


def proportion(svg: str) -> float:
    """How high a drawing is for its width, as its first element says; a half where it does not."""
    head = svg[: svg.find(">") + 1]
    sides = [re.search(rf'\s{name}="([0-9.]+)(?:px)?"', head) for name in ("height", "width")]
    high, wide = (float(found[1]) if found else 0.0 for found in sides)
    return high / wide if high and wide else 0.5


def _check_attribute(name: str, value: str) -> None:
    if name.lower().startswith("on"):
        raise UnsafeDrawing(f"the drawing holds the event {name}")
    if name == "href" and not value.startswith("#"):
        raise UnsafeDrawing("the drawing points outside itself")
    for target in re.findall(r"url\(\s*['\"]?(.)", value):
        if target != "#":
            raise UnsafeDrawing("the drawing points outside itself")
    if "@import" in value:
        raise UnsafeDrawing("the drawing points outside itself")
