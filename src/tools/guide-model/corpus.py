"""The guide's corpus: `python corpus.py --seed 1 --tokens 2000000 --out corpus.jsonl`.

Each line is one conversation, `[{"role": "user", "content": …}, {"role": "assistant", …}, …]`. The same seed
gives the same lines, and a longer corpus begins with the shorter one. `--check` reports what is in it instead.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "corpus"))

from chat import Talk  # noqa: E402
from stories import NOUNS, OFTEN, WORDS, names  # noqa: E402

# Shares of assistant and user text together, by characters: of the long first phase of training, and of the short
# second one, which has more of what is asked first and of questions that want a yes or a no.
MIXES = {
    1: {"outside": 0.28, "guide": 0.34, "story": 0.27, "talk": 0.05, "first": 0.03, "yes_or_no": 0.03},
    2: {"outside": 0.24, "guide": 0.27, "story": 0.29, "talk": 0.04, "first": 0.09, "yes_or_no": 0.07},
}
CHARS_PER_TOKEN = 4.0  # a guess for a vocabulary of 2k trained on this very text; the trainer counts exactly


def labelled(seed: int, phase: int = 1) -> Iterator[list[tuple[str, str, str]]]:
    """Endless conversations as (intent, user, assistant) turns, kept to the mix as they come."""
    rng = random.Random(seed)
    talk = Talk(rng)
    mix = MIXES[phase]
    spent = dict.fromkeys(mix, 0.0)
    while True:
        kind = min(mix, key=lambda name: spent[name] / mix[name])
        turns = talk.conversation(kind)
        spent[kind] += sum(len(user) + len(answer) for _, user, answer in turns)
        yield turns


def messages(turns: list[tuple[str, str, str]]) -> list[dict[str, str]]:
    """Turns as chat messages."""
    out = []
    for _, user, answer in turns:
        out.append({"role": "user", "content": user})
        out.append({"role": "assistant", "content": answer})
    return out


def conversations(seed: int, tokens: int | None = None, phase: int = 1) -> Iterator[list[dict[str, str]]]:
    """Conversations as messages, endless or until about `tokens` are reached."""
    chars = 0
    for turns in labelled(seed, phase):
        yield messages(turns)
        chars += sum(len(user) + len(answer) + 8 for _, user, answer in turns)
        if tokens is not None and chars >= tokens * CHARS_PER_TOKEN:
            return


def lost(wished: list[str], wish: str, answer: str) -> list[str]:
    """What a wish names and its story does not: in the first sentence, and at least three times after it.

    Two ways: by the words the story was made for, and by every noun that stands in the wish itself.
    """
    opening, _, rest = answer.partition(". ")
    asked = names(wish, wished[0]) > 0  # else an open wish, or one with a slip
    missing = [word for word in wished if asked and not names(opening, word)]
    # the name of a place stands once where the story begins and once where it ends
    missing += [word for word in wished if names(rest, word) < (2 if word in WORDS["places"] else OFTEN)]
    if not all(names(wish, word) for word in wished):
        return missing
    told = set(re.findall(r"[a-z']+", answer.lower()))
    return missing + [word for word in re.findall(r"[a-z']+", wish.lower()) if word in NOUNS and word not in told]


def check(seed: int, count: int, phase: int = 1) -> None:
    """Prints, for `count` conversations: turns and distinct wordings per intent, words, longest answer."""
    turns_of: Counter[str] = Counter()
    wordings: defaultdict[str, set[str]] = defaultdict(set)
    answers: defaultdict[str, set[str]] = defaultdict(set)
    owners: defaultdict[str, set[str]] = defaultdict(set)
    words: Counter[str] = Counter()
    longest = ""
    stories: list[int] = []
    ignored: list[str] = []
    source = labelled(seed, phase)
    for _ in range(count):
        for intent, user, answer in next(source):
            intent, _, wished = intent.partition("/") if intent.startswith("tell_story") else (intent, "", "")
            plain = re.sub(r"[^a-z0-9+*/ -]", "", user.lower())
            turns_of[intent] += 1
            wordings[intent].add(plain)
            answers[intent].add(answer)
            owners[plain].add(intent.split("/")[0])
            words.update(re.findall(r"[a-z']+", answer.lower()))
            longest = max(longest, answer, key=len)
            if intent == "tell_story":
                stories.append(len(answer.split()))
                ignored += [f"{user} -> {answer}" for _ in lost(wished.split("+"), user, answer)]
    print(f"{'intent':28} {'turns':>7} {'wordings':>9} {'answers':>8}")
    for intent in sorted(turns_of):
        print(f"{intent:28} {turns_of[intent]:7} {len(wordings[intent]):9} {len(answers[intent]):8}")
    print(f"words in answers: {len(words)}; longest answer: {len(longest)} characters, {len(longest.split())} words")
    if stories:
        print(f"stories: {min(stories)} to {max(stories)} words, mean {sum(stories) / len(stories):.0f}")
        print(f"stories that lose something of their wish (must be 0): {len(ignored)}")
        for text in ignored[:5]:
            print(f"  {text}")
    shared = {text: intents for text, intents in owners.items() if len(intents) > 1}
    print(f"wordings under two intents: {len(shared)}")
    for text, intents in list(shared.items())[:25]:
        print(f"  {text!r}: {', '.join(sorted(intents))}")
    if ignored:
        raise SystemExit(1)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tokens", type=int, default=1_000_000, help="about how many (4 characters each)")
    parser.add_argument("--phase", type=int, choices=MIXES, default=1, help="of the training, which sets the mix")
    parser.add_argument("--out", type=Path, help="JSONL file; standard output without it")
    parser.add_argument("--check", action="store_true", help="report what the corpus holds, write nothing")
    parser.add_argument("--count", type=int, default=20_000, help="conversations to look at with --check")
    options = parser.parse_args()
    if options.check:
        check(options.seed, options.count, options.phase)
        return
    out = options.out.open("w", encoding="utf-8") if options.out else sys.stdout
    for conversation in conversations(options.seed, options.tokens, options.phase):
        out.write(json.dumps(conversation, ensure_ascii=False) + "\n")
    if options.out:
        out.close()


if __name__ == "__main__":
    main()
