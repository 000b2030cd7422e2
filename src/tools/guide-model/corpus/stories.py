"""Short stories from a small grammar: a wish, an obstacle, a helper, a turn, an end.

The cast has no names but its kinds ("the fox"), and the wished-for thing stands in the text from the
first sentence to the last.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

from grammar import Grammar, load

WORDS = load("story_words.json")
PLOTS = load("story_plots.json")
GRAMMAR = Grammar({})
VOWELS = tuple("aeiou")
A_DESPITE_VOWEL = ("unicorn", "ukulele", "uni", "one", "european")
AN_DESPITE_CONSONANT = ("hour", "honest")
SHORTEST, LONGEST = 60, 110
# What wishes name, and what stories are about, by weight.
KINDS = {"thing": 38, "hero": 18, "both": 20, "who": 5, "two": 6, "three": 3, "place": 5, "open": 5}
GROUPS = {"small": 46, "plural": 8, "mass": 8, "big": 18, "unique": 7, "ideas": 7, "mend": 6}
PAIR_GROUPS = ("small", "plural", "mass")
PAIR_PLOTS = ("gift", "share")
ANIMATE = ("animals", "animals", "animals", "animals", "shes", "hes", "objects")


def article(words: str) -> str:
    """`words` behind a or an."""
    vowel = words.startswith(VOWELS) and not words.startswith(A_DESPITE_VOWEL)
    return ("an " if vowel or words.startswith(AN_DESPITE_CONSONANT) else "a ") + words


@dataclass(frozen=True)
class Noun:
    """Somebody or something in all the forms the plots need."""

    bare: str  # "red kite"
    first: str  # "a red kite"
    the: str  # "the red kite"
    subject: str  # it, they, she, he
    object: str
    possessive: str
    plural: bool = False
    asked: str = ""  # as a wish names it, where that differs from `first`

    def fields(self, letter: str) -> dict[str, str]:
        """Slots of a plot: {C} the fox, {aC} a fox, {c} it, {co} it, {cp} its, {cw} was, {cis} is."""
        low = letter.lower()
        return {
            letter: self.the,
            f"a{letter}": self.first,
            low: self.subject,
            f"{low}o": self.object,
            f"{low}p": self.possessive,
            f"{low}w": "were" if self.plural else "was",
            f"{low}is": "are" if self.plural else "is",
            f"{letter}bare": self.bare,
            f"s{letter}": sentence(self.the),
        }


def character(rng: random.Random, avoid: str = "") -> Noun:
    """Somebody; never of the kind `avoid`."""
    while True:
        group = rng.choice(ANIMATE)
        kind = rng.choice(WORDS[group])
        if kind not in avoid and avoid not in (kind,):
            break
    bare = f"{rng.choice(WORDS['moods'])} {kind}" if rng.random() < 0.4 and "little" not in kind else kind
    pronouns = {"shes": ("she", "her", "her"), "hes": ("he", "him", "his")}.get(group, ("it", "it", "its"))
    return Noun(bare, article(bare), f"the {bare}", *pronouns)


def thing(rng: random.Random, group: str) -> Noun:
    """Something of a group of things."""
    word = rng.choice(WORDS[group])
    if group == "unique":
        many = word == "the stars"
        return Noun(word[4:], word, word, *(("they", "them", "their") if many else ("it", "it", "its")), many)
    if group == "ideas":
        bare = word.removeprefix("a ").removeprefix("an ")
        the = f"the {bare}" if bare != word else word
        return Noun(bare, word, the, "it", "it", "its")
    if group in ("small", "big", "plural") and rng.random() < (0.35 if group != "big" else 0.2):
        word = f"{rng.choice(WORDS['adjectives'])} {word}"
    if group == "plural":
        return Noun(word, f"some {word}", f"the {word}", "they", "them", "their", True, word)
    if group == "mass":
        return Noun(word, f"some {word}", f"the {word}", "it", "it", "its", False, word)
    return Noun(word, article(word), f"the {word}", "it", "it", "its")


def sentence(text: str) -> str:
    """With its capital."""
    return text[:1].upper() + text[1:]


def tell(rng: random.Random, plot: dict, fields: dict[str, str]) -> str:
    """One telling of a plot within the length asked for."""
    shortest = ""
    for _ in range(80):
        told = dict(fields)
        obstacle, solution = rng.choice(PLOTS["obstacles"])
        told["obstacle"] = GRAMMAR.expand(obstacle, rng, fields)
        told["solution"] = GRAMMAR.expand(solution, rng, fields)
        told["obstacle2"] = GRAMMAR.expand(rng.choice(PLOTS["carry"]), rng, fields)
        lines = [rng.choice(step) for step in plot["steps"]]
        parts = [GRAMMAR.expand(line, rng, told) for line in lines if line]
        text = capitals(" ".join(parts))
        if SHORTEST <= len(text.split()) <= LONGEST:
            return text
        if not shortest or len(text.split()) < len(shortest.split()):
            shortest = text
    return shortest


SENTENCE_START = re.compile(r'((?:[.]"?|[?!]) |[?!]" (?!(?:said|asked|called)\b))([a-z])')


def capitals(text: str) -> str:
    """Every sentence with its capital; what follows speech ("…," said …) stays as it is."""
    return sentence(SENTENCE_START.sub(lambda found: found[1] + found[2].upper(), text))


def wish(rng: random.Random, asked: str) -> str:
    """How people ask for a story about `asked`."""
    return GRAMMAR.expand(rng.choice(PLOTS["wishes"]), rng, {"X": asked})


def cast(rng: random.Random, group: str) -> tuple[Noun, Noun, Noun]:
    """A hero, a helper and something of `group`, no two of one kind."""
    while True:
        hero = character(rng)
        helper = character(rng, hero.bare)
        wanted = thing(rng, group)
        if wanted.bare.split(" ")[-1] not in f"{hero.bare} {helper.bare}":
            return hero, helper, wanted


def story(rng: random.Random) -> tuple[str, str]:
    """A wish and a story that grants it."""
    kind = rng.choices(list(KINDS), list(KINDS.values()))[0]
    pair = kind in ("two", "three")  # the helper is wished for, so it is there from the first sentence
    group = rng.choices(list(GROUPS), list(GROUPS.values()))[0]
    if pair and group not in PAIR_GROUPS:
        group = "small"
    hero, helper, wanted = cast(rng, group)
    place = rng.choice(WORDS["places"])
    plots = [entry for entry in PLOTS["plots"] if group in entry["groups"] and (not pair or entry["name"] in PAIR_PLOTS)]
    fields = {**hero.fields("C"), **wanted.fields("T"), **helper.fields("H"), "P": place, "When": rng.choice(WORDS["times"])}
    text = tell(rng, rng.choice(plots), fields)
    asked = wanted.asked or wanted.first
    if kind == "open":
        return GRAMMAR.expand(rng.choice(PLOTS["open_wishes"]), rng), text
    if kind == "place":
        text += f" {rng.choice(['That is what happened', 'All this happened', 'So it was'])} {place}."
        return wish(rng, f"{rng.choice([hero.first, asked])} {place}"), text
    if kind in ("thing", "hero") and rng.random() < 0.15:
        bare = wanted.bare if kind == "thing" else hero.bare
        return GRAMMAR.expand(rng.choice(PLOTS["bare_wishes"]), rng, {"X": bare}), text
    about = {
        "thing": [asked],
        "hero": [hero.first],
        "both": [f"{hero.first} and {asked}", f"{hero.first} and {asked}", f"{asked} and {hero.first}"],
        "who": [f"{hero.first} who finds {asked}", f"{hero.first} that wants {asked}", f"{hero.first} looking for {asked}"],
        "two": [f"{hero.first} and {helper.first}"],
        "three": [f"{hero.first}, {helper.first} and {asked}"],
    }[kind]
    return wish(rng, rng.choice(about)), text
