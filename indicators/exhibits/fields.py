"""The fields of a JSON object, taken one by one: each fault says where it stands, what it is, and what to do."""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Any, TypeVar, overload

LONGEST_TEXT = 500
Chosen = TypeVar("Chosen", bound=StrEnum)
Otherwise = TypeVar("Otherwise")


class Fields:
    """One object of a definition. What is not taken when it is finished is not known there."""

    def __init__(self, node: Any, place: str, inside: "list[Fields] | None" = None) -> None:
        self._node: dict[str, Any] = node if isinstance(node, dict) else {}
        self._place = place
        self._known: set[str] = set()
        self._faults: list[str] = []
        self._inside: list[Fields] = []
        if not isinstance(node, dict):
            self.fault("this is not an object with named values. Write it in braces.")
        if inside is not None:
            inside.append(self)

    def names(self) -> Iterable[str]:
        """Return the names that are given."""
        return tuple(self._node)

    def has(self, name: str) -> bool:
        """Tell whether a name is given, and not as null."""
        self._known.add(name)
        return self._node.get(name) is not None

    def fault(self, words: str) -> None:
        """Keep what is wrong here; `words` begin small unless they begin with a quotation."""
        self._faults.append(f"{self._place}: {words}")

    def take(self, name: str) -> Any:
        """Return a value as it is."""
        self._known.add(name)
        return self._node.get(name)

    def text(self, name: str, *, is_needed: bool = False) -> str:
        """Return a text; empty where there is none."""
        given = self.take(name)
        if given is None or given == "":
            if is_needed:
                self.fault(f"“{name}” is missing. Give it.")
            return ""
        if not isinstance(given, str):
            self.fault(f"“{name}” is not a text. Write it in quotation marks.")
            return ""
        if len(given) > LONGEST_TEXT:
            self.fault(f"“{name}” is longer than {LONGEST_TEXT} characters. Shorten it.")
        return given.strip()

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts; empty where there is none."""
        given = self.take(name)
        if given is None:
            return ()
        if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
            self.fault(f"“{name}” is not a list of texts. Write them in brackets.")
            return ()
        return tuple(one.strip() for one in given if one.strip())

    @overload
    def number(self, name: str, least: int, most: int, *, default: int) -> int: ...
    @overload
    def number(self, name: str, least: int, most: int, *, default: None) -> int | None: ...
    def number(self, name: str, least: int, most: int, *, default: int | None) -> int | None:
        """Return a whole number within bounds."""
        given = self.take(name)
        if given is None:
            return default
        if type(given) is not int or not least <= given <= most:
            self.fault(f"“{name}” is {given!r}. Give a whole number from {least} to {most}.")
            return default
        return given

    def flag(self, name: str) -> bool:
        """Return yes or no."""
        given = self.take(name)
        if given is not None and not isinstance(given, bool):
            self.fault(f"“{name}” is {given!r}. Write true or false.")
        return given is True

    def choice(self, name: str, kind: type[Chosen], default: Otherwise) -> Chosen | Otherwise:
        """Return one of a few words."""
        given = self.take(name)
        if given is None or given == "":
            return default
        if given not in [one.value for one in kind]:
            self.fault(f"“{name}” is “{given}”. Use one of: {', '.join(kind)}.")
            return default
        return kind(given)

    def inner(self, name: str) -> "Fields":
        """Return the fields of an object inside this one."""
        return Fields(self.take(name), f"{self._place}, “{name}”", self._inside)

    def objects(self, name: str, most: int, *, noun: str) -> Iterator["Fields"]:
        """Yield the fields of each object of a list that needs one at least."""
        given = self.take(name)
        if not isinstance(given, list) or not given:
            self.fault(f"there are no {name}. Give one at least.")
            return
        if len(given) > most:
            self.fault(f"there are {len(given)} {name}, and {most} at most are shown. Make two exhibits of it.")
        for at, node in enumerate(given[:most], start=1):
            yield Fields(node, f"{noun} {at}", self._inside)

    def faults(self) -> tuple[str, ...]:
        """Return everything that is wrong here and inside, names that nobody asked for included."""
        unknown = [name for name in self._node if name not in self._known]
        own = list(self._faults)
        if unknown:
            known = ", ".join(sorted(self._known))
            words = f"“{'”, “'.join(map(str, unknown))}” is not known here. Use only: {known}."
            own.append(f"{self._place}: {words}")
        return (*own, *(words for inner in self._inside for words in inner.faults()))
