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
KINDS = {"thing": 28, "hero": 22, "both": 19, "who": 5, "two": 8, "three": 3, "place": 5, "open": 4, "trait": 14}
OFTEN = 3  # a story names what was wished for at least so often, besides its opening
GROUPS = {"small": 46, "plural": 8, "mass": 8, "big": 18, "unique": 7, "ideas": 7, "mend": 6}
PAIR_GROUPS = ("small", "plural", "mass")
PAIR_PLOTS = ("gift", "share")
QUEST_PLOTS = ("want", "see", "think")  # for who looks for something
# Groups that somebody is drawn from.
ANIMALS, PEOPLE, OBJECTS = ("animals",) * 4, ("shes", "hes"), ("objects",) * 2


NOUN_GROUPS = ("animals", "shes", "hes", "objects", "small", "big")


def wish_words(template_lists: list[list[str]]) -> set[str]:
    """The words of the wishes' own wording."""
    return {word for texts in template_lists for text in texts for word in re.findall(r"[a-z']+", text)}


def slipped(noun: str, word: str) -> bool:
    """Whether a noun is a word with one slip of the keys ("shirt" for "short")."""
    if abs(len(noun) - len(word)) > 1 or noun[0] != word[0]:
        return False
    if len(noun) == len(word):
        return sum(a != b for a, b in zip(noun, word, strict=True)) <= 2
    short, long = sorted((noun, word), key=len)
    return any(long[:at] + long[at + 1 :] == short for at in range(len(long)))


# Nouns that can stand in a wish only because they are wished for.
NOUNS = {word.split(" ")[-1] for group in NOUN_GROUPS for word in WORDS[group]}
ASKING = wish_words([PLOTS[name] for name in ("wishes", "bare_wishes", "bare_pairs", "open_wishes")])
NOUNS = {noun for noun in NOUNS if not any(slipped(noun, word) for word in ASKING)}


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


def character(rng: random.Random, groups: tuple[str, ...]) -> Noun:
    """Somebody out of one of the groups."""
    group = rng.choice(groups)
    kind = rng.choice(WORDS[group])
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
        word = f"{rng.choice(WORDS[rng.choice(('adjectives', 'adjectives', 'moods'))])} {word}"
    if group == "plural":
        return Noun(word, f"some {word}", f"the {word}", "they", "them", "their", True, word)
    if group == "mass":
        return Noun(word, f"some {word}", f"the {word}", "it", "it", "its", False, word)
    return Noun(word, article(word), f"the {word}", "it", "it", "its")


def sentence(text: str) -> str:
    """With its capital."""
    return text[:1].upper() + text[1:]


def names(text: str, word: str) -> int:
    """How often a text names something."""
    return len(re.findall(rf"\b{re.escape(word)}\b", text, re.IGNORECASE))


def tell(rng: random.Random, steps: list[list[str]], fields: dict[str, str], wished: list[str]) -> str | None:
    """One telling of a plot within the length asked for that names what was wished for often enough."""
    for _ in range(30):
        told = dict(fields)
        obstacle, solution = rng.choice(PLOTS["obstacles"])
        told["obstacle"] = GRAMMAR.expand(obstacle, rng, fields)
        told["solution"] = GRAMMAR.expand(solution, rng, fields)
        told["obstacle2"] = GRAMMAR.expand(rng.choice(PLOTS["carry"]), rng, fields)
        parts = [GRAMMAR.expand(line, rng, told) for line in map(rng.choice, steps) if line]
        text = capitals(" ".join(parts))
        if SHORTEST <= len(text.split()) <= LONGEST and all(names(text, word) >= OFTEN for word in wished):
            return text
    return None


SENTENCE_START = re.compile(r'((?:[.]"?|[?!]) "?|[?!]" (?!(?:said|asked|called)\b)"?)([a-z])')


def capitals(text: str) -> str:
    """Every sentence with its capital; what follows speech ("…," said …) stays as it is."""
    return sentence(SENTENCE_START.sub(lambda found: found[1] + found[2].upper(), text))


def cast(rng: random.Random, group: str, kind: str) -> tuple[Noun, Noun, Noun]:
    """A hero, a helper and something of `group` for a wish of a kind, no two with a word in common.

    What is wished for alone is the hero if it lives and what is sought if not, never both. Where no hero is
    wished for, it and its helper come from different groups: two drawn alike would often be the same.
    """
    heroes = ANIMALS + PEOPLE if kind == "hero" else ANIMALS if kind in ("thing", "open") else ANIMALS + PEOPLE + OBJECTS
    helpers = PEOPLE + OBJECTS if heroes == ANIMALS else ANIMALS + PEOPLE + OBJECTS
    while True:
        people = character(rng, heroes), character(rng, helpers), thing(rng, group)
        words = [word for noun in people for word in noun.bare.split(" ")]
        if len(words) == len(set(words)):
            return people


def about(rng: random.Random, kind: str, hero: Noun, helper: Noun, wanted: Noun) -> str:
    """What is wished for, in the words of the wish."""
    asked = wanted.asked or wanted.first
    one, two = hero.first, helper.first
    if rng.random() < 0.08:
        one, two, asked = hero.the, helper.the, wanted.the
    return rng.choice(
        {
            "thing": [asked],
            "hero": [one],
            "both": [f"{one} and {asked}", f"{one} and {asked}", f"{asked} and {one}", f"{one} with {asked}"],
            "who": [f"{one} {how} {asked}" for how in ("who finds", "that wants", "looking for", "who dreams of", "and")],
            "two": [f"{one} and {two}", f"{one} and {two}", f"{one} who meets {two}"],
            "three": [f"{one}, {two} and {asked}"],
        }[kind]
    )


def trait(rng: random.Random, hero: Noun, fields: dict[str, str]) -> tuple[str, str, list[list[str]]]:
    """What is peculiar about a hero: what is wished for, the word that must not be lost, the plot."""
    if rng.random() < 0.4:
        fear = rng.choice([word for word in WORDS["fears"] if word.split(" ")[-1].rstrip("s") not in hero.bare])
        fields |= {"F": fear, "sF": sentence(fear)}
        return f"{hero.first} {rng.choice(['who is afraid of', 'that is scared of', 'who fears'])} {fear}", fear, PLOTS["fear"]
    skill = fields["S"] = rng.choice(WORDS["skills"])
    how = rng.choice(["who wants to", "that wants to", "who learns to", "who could not", "that cannot", "learning to"])
    return f"{hero.first} {how} {skill}", skill, PLOTS["skill"]


def story(rng: random.Random) -> tuple[str, str, list[str]]:
    """A wish, a story that grants it, and the words that both have to name."""
    while True:
        granted = attempt(rng)
        if granted:
            return granted


def attempt(rng: random.Random) -> tuple[str, str, list[str]] | None:
    """As `story`, or nothing where the telling came out badly."""
    kind = rng.choices(list(KINDS), list(KINDS.values()))[0]
    group = rng.choices(list(GROUPS), list(GROUPS.values()))[0]
    if kind == "three" and group not in PAIR_GROUPS:  # the helper is wished for, so it is there from the first sentence
        group = "small"
    if kind == "who" and group == "mend":
        group = "big"
    hero, helper, wanted = cast(rng, group, kind)
    bare = {word for noun in (hero, helper, wanted) for word in noun.bare.split(" ")}
    place = rng.choice([place for place in WORDS["places"] if not bare & set(place.split(" "))])
    fitting = {"three": PAIR_PLOTS, "who": QUEST_PLOTS}.get(kind)
    plots = [plot for plot in PLOTS["plots"] if group in plot["groups"] and (not fitting or plot["name"] in fitting)]
    fields = {**hero.fields("C"), **wanted.fields("T"), **helper.fields("H"), "P": place, "When": rng.choice(WORDS["times"])}
    steps = rng.choice(PLOTS["meet"] if kind == "two" else plots)["steps"]
    end = ""
    wished = {
        "thing": [wanted], "hero": [hero], "both": [hero, wanted], "who": [hero, wanted], "two": [hero, helper],
        "three": [hero, helper, wanted], "open": [hero, wanted], "place": [hero], "trait": [hero],
    }[kind]  # fmt: skip
    words = [noun.bare for noun in wished]
    if kind == "trait":
        asked, extra, steps = trait(rng, hero, fields)
        words.append(extra)
    elif kind == "place":
        asked = f"{hero.first} {place}"
        end = f" {rng.choice(['That is what happened', 'All this happened to ' + hero.the, 'So it was'])} {place}."
    else:
        asked = about(rng, "both" if kind == "open" else kind, hero, helper, wanted)
    wording = GRAMMAR.expand(rng.choice(PLOTS["wishes"]), rng, {"X": asked})
    if kind == "open":
        wording = GRAMMAR.expand(rng.choice(PLOTS["open_wishes"]), rng)
    elif kind in ("thing", "hero") and rng.random() < 0.15:
        wording = GRAMMAR.expand(rng.choice(PLOTS["bare_wishes"]), rng, {"X": words[0]})
        asked = wished[0].asked or wished[0].first
    elif kind in ("both", "two") and rng.random() < 0.2:
        wording = GRAMMAR.expand(rng.choice(PLOTS["bare_pairs"]), rng, {"X": words[0], "Y": words[1]})
        asked = f"{hero.first} and {wished[1].asked or wished[1].first}"
    text = tell(rng, steps, fields, words)
    if text is None:
        return None
    # Where one thing alone is wished for, the opening finds it its other half, the hero first: else it would look for itself.
    if kind in ("thing", "hero"):
        asked = f"{hero.first} and {wanted.asked or wanted.first}"
    opening = GRAMMAR.expand(rng.choice(PLOTS["openings"]), rng, {"X": asked})
    return wording, f"{opening} {text}{end}", words + [place] * (kind == "place")
