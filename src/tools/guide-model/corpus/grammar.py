"""Templates with choices: `[a|b|]` picks one, `{name}` fills a slot from a list; both nest."""

from __future__ import annotations

import json
import math
import random
from functools import lru_cache
from pathlib import Path

HERE = Path(__file__).parent
MAX_DEPTH = 8


def load(name: str) -> dict:
    """A JSON file beside this module."""
    return json.loads((HERE / name).read_text(encoding="utf-8"))


@lru_cache(maxsize=None)
def parse(template: str) -> tuple:
    """A template as a tuple of strings, ("slot", name) and ("choice", (parsed, …))."""
    parsed, rest = _sequence(template, 0, "")
    if rest != len(template):
        raise ValueError(f"stray bracket in {template!r} at {rest}")
    return parsed


def _sequence(text: str, at: int, stops: str) -> tuple[tuple, int]:
    """Reads parts from `at` until one of `stops` or the end."""
    parts: list = []
    plain = ""
    while at < len(text) and text[at] not in stops:
        char = text[at]
        if char in "[{" and plain:
            parts.append(plain)
            plain = ""
        if char == "{":
            end = text.index("}", at)
            parts.append(("slot", text[at + 1 : end]))
            at = end + 1
        elif char == "[":
            options: list[tuple] = []
            while text[at] != "]":
                option, at = _sequence(text, at + 1, "|]")
                if at >= len(text):
                    raise ValueError(f"unclosed [ in {text!r}")
                options.append(option)
            parts.append(("choice", tuple(options)))
            at += 1
        elif char in "]}|":
            raise ValueError(f"stray {char} in {text!r} at {at}")
        else:
            plain += char
            at += 1
    if plain:
        parts.append(plain)
    return tuple(parts), at


class Grammar:
    """Slots by name, each a list of templates."""

    def __init__(self, slots: dict[str, list[str]]):
        self.slots = slots

    def expand(self, template: str, rng: random.Random, fixed: dict[str, str] | None = None) -> str:
        """One random reading of a template; `fixed` slots keep one value throughout."""
        text = " ".join(self._expand(parse(template), rng, fixed or {}, 0).split())
        return text.replace(" ,", ",").replace(" ?", "?")

    def _expand(self, parts: tuple, rng: random.Random, fixed: dict[str, str], depth: int) -> str:
        if depth > MAX_DEPTH:
            raise ValueError("slots that contain themselves")
        out = []
        for part in parts:
            if isinstance(part, str):
                out.append(part)
            elif part[0] == "choice":
                out.append(self._expand(rng.choice(part[1]), rng, fixed, depth))
            elif part[1] in fixed:
                out.append(fixed[part[1]])
            else:
                filler = parse(rng.choice(self.slots[part[1]]))
                out.append(self._expand(filler, rng, fixed, depth + 1))
        return "".join(out)

    def count(self, template: str) -> int:
        """How many readings a template has (equal ones counted apart)."""
        return self._count(parse(template))

    def _count(self, parts: tuple) -> int:
        total = 1
        for part in parts:
            if isinstance(part, str):
                continue
            if part[0] == "choice":
                total *= sum(self._count(option) for option in part[1])
            else:
                total *= sum(self.count(filler) for filler in self.slots[part[1]])
        return total

    def pick(self, templates: list[str], rng: random.Random) -> str:
        """One template, those with many readings more often (by the logarithm), expanded."""
        return self.expand(rng.choices(templates, weights=self.weights(tuple(templates)))[0], rng)

    @lru_cache(maxsize=None)
    def weights(self, templates: tuple[str, ...]) -> list[float]:
        """1 + ln(readings) of each template."""
        return [1 + math.log(self.count(template)) for template in templates]
