"""Every model of the words; import each from its own module."""

from narratives.models.cycle import Cycle
from narratives.models.outline import Outline, OutlineEntry, OutlinePart, Topic
from narratives.models.revision import Binding, Revision
from narratives.models.section import Section, SectionTransition

__all__ = [
    "Binding",
    "Cycle",
    "Outline",
    "OutlineEntry",
    "OutlinePart",
    "Revision",
    "Section",
    "SectionTransition",
    "Topic",
]
