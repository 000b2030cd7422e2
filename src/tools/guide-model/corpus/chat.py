"""Conversations: what is asked, how people type it, what the guide answers, and several turns in a row."""

from __future__ import annotations

import math
import random
import re

import stories
from grammar import Grammar, load

INTENT_FILES = (
    "intents_talk.json",
    "intents_app.json",
    "intents_models.json",
    "intents_privacy.json",
    "intents_ideas.json",
)
DOUBLED = {  # privacy and storage have to be right every time
    "privacy_data", "privacy_network", "privacy_training", "privacy_server",
    "storage_where", "storage_space", "delete_model", "delete_chats", "persist_storage",
}  # fmt: skip
TALK = {"greet", "thanks", "bye", "who_are_you", "small_joke", "small_feel", "small_ok", "small_noise"}
# Questions that hang on the one before: asked after an intent of the app, answered as the second intent.
FOLLOW_UPS = {
    "phone": ["and on {phone}?", "and on a phone?", "what about {phone}?", "does that work on {phone} too?"],
    "offline": ["and offline?", "also without internet?", "and without a network?", "what about offline?"],
    "cost": ["and what does it cost?", "is that free?", "and the price?", "does that cost anything?"],
    "privacy_data": ["and is that private?", "and is it private?", "is it safe too?", "who can see that?"],
    "browsers": ["and in {browser}?", "does that work in {browser}?", "what about {browser}?"],
    "account": ["and do i need an account?", "and without an account?", "do i have to log in for that?"],
    "storage_where": ["and where is it stored?", "where is that saved?", "and where does it go?"],
    "delete_model": ["and how do i delete it again?", "can i delete the model again?", "how do i remove the model later?"],
    "slow": ["and if it is slow?", "what if that is too slow?", "and when it is slow?"],
}
CASUAL = {
    "you": "u", "are": "r", "your": "ur", "please": "plz", "because": "cuz",
    "want": "wanna", "going": "goin", "thing": "thingy", "really": "rly", "messages": "msgs", "and": "n", "with": "w",
    "though": "tho", "okay": "k", "something": "smth", "people": "ppl", "about": "abt",
}  # fmt: skip
MISTAKES = {
    "privacy": ["privasy", "privcy", "pirvacy"], "storage": ["storrage", "stroage"], "download": ["downlaod", "donwload"],
    "delete": ["delet", "deleet"], "model": ["modle", "modell"], "browser": ["brower", "broswer"], "install": ["instal", "isntall"],
    "temperature": ["temprature", "temperture"], "experts": ["expets", "exprts"], "quantisation": ["quantisaton", "quantistion"],
    "conversation": ["convorsation", "conversaton"], "internet": ["internt", "intenet"], "private": ["privat", "prviate"],
    "offline": ["ofline", "offlien"], "account": ["acount", "accout"], "language": ["langauge", "languge"], "story": ["stroy", "sotry"],
    "graphics": ["grafics", "graphcs"], "context": ["contex", "contxt"], "token": ["tokin", "tokne"], "license": ["lisense", "licens"],
}  # fmt: skip
TYPO_RATE = 0.35
NEWER = 1.5  # weight of the wordings in groups: plainer, so with fewer readings each
OFTEN = 0.4  # of first questions are in the very words of the page
FIRST = {"named": 4.0, "app": 2.0, "how": 2.5, "chats": 2.0}  # weights of groups of first questions; the others 1
ALSO_WORDS = {"arc", "bach", "drake", "homer", "pele", "the queen", "the pope"}  # names that are written small as well
NAMES = {"shoal": "Shoal", "webgpu": "WebGPU", "gpu": "GPU", "gguf": "GGUF", "hugging face": "Hugging Face", "chatgpt": "ChatGPT"}
VERBS = {"is": ("is", "are"), "are": ("is", "are"), "do": ("does", "do"), "does": ("does", "do")}
OUTSIDE_WEIGHTS = {"lookalike": 3.0, "sums": 1.5, "capitals": 1.5, "health": 1.5}  # the others 1


class Talk:
    """All intents, the out-of-scope topics and the stories, drawn from one random source."""

    def __init__(self, rng: random.Random):
        self.rng = rng
        self.intents: dict[str, dict] = {}
        for name in INTENT_FILES:
            self.intents.update(load(name))
        outside = load("out_of_scope.json")
        self.outside = outside["kinds"]
        self.outside_weights = [OUTSIDE_WEIGHTS.get(kind, 1.0) for kind in self.outside]
        self.outside_answers = outside["answers"]
        self.kind_answers = outside["kind_answers"]
        self.grammar = Grammar(load("slots.json"))
        variety = load("synonyms.json")
        self.synonyms, self.contexts, self.droppable = variety["synonyms"], variety["contexts"], set(variety["droppable"])
        for name, extra in load("intents_more.json").items():
            self.intents[name]["ask"] += extra
        groups = load("wordings.json")
        self.wordings = {name: self.asks(entry, groups.get(name, {})) for name, entry in self.intents.items()}
        self.outside_grammar = Grammar(outside["slots"])
        self.guide_names = [name for name in self.intents if name not in TALK]
        self.guide_weights = [2.5 if name in DOUBLED else 1.0 for name in self.guide_names]
        slots = self.grammar.slots
        self.many = {phrase for phrase in slots["mychat"] if phrase.endswith("s")} | {"you", "the things i write here"}
        slot = {"you", *slots["mychat"], *slots["app"], *slots["guide"]}
        self.agreeing = re.compile(rf"\b({'|'.join(VERBS)}) ({'|'.join(sorted(slot, key=len, reverse=True))})\b")
        self.talk_names = [name for name in self.intents if name in TALK]
        first = load("first.json")
        self.firsts = [
            (name, entry, FIRST.get(group, 1.0)) for name, groups in first["first"].items() for group, entry in groups.items()
        ]
        sided = {name: {side: entry for side, entry in groups.get(name, {}).items() if side != "open"} for name in first["said"]}
        self.said = self.answered(first["said"])
        self.turned = self.answered({name: sides for name, sides in sided.items() if sides})
        self.names = names = proper_names(outside["slots"], slots["browser"])
        self.named = re.compile(rf"\b({'|'.join(sorted(map(re.escape, names), key=len, reverse=True))})\b")

    def answered(self, groups: dict[str, dict]) -> dict[str, tuple]:
        """As `asks`, of groups of wordings alone."""
        return {name: self.asks({"ask": [], "answer": self.intents[name]["answer"]}, sides) for name, sides in groups.items()}

    def asks(self, entry: dict, groups: dict[str, dict]) -> tuple[list[str], list[float], dict[str, list[str]]]:
        """All wordings of an intent, their weights, and the answers to each.

        A group of `wordings.json` has answers of its own, or else those of its intent, behind "Yes." or "No."
        if that is its name: so an answer never says yes where the question was asked the other way round.
        """
        texts, weights = list(entry["ask"]), list(self.grammar.weights(tuple(entry["ask"])))
        answers = {text: entry["answer"] for text in texts}
        for name, group in groups.items():
            lead = {"yes": "Yes. ", "no": "No. "}.get(name, "")
            replies = group.get("answer") or [lead + answer for answer in entry["answer"]]
            if lead and not all(reply.startswith(lead[:-2]) for reply in replies):
                raise ValueError(f"{name} answered otherwise: {replies}")
            for text in group["ask"]:
                texts.append(text)
                weights.append(NEWER * (1 + math.log(self.grammar.count(text))))
                answers[text] = replies
        return texts, weights, answers

    # -- single turns: (kind, user, assistant) --

    def guide(self) -> tuple[str, str, str]:
        """A question about Shoal or the guide."""
        return self.intent(self.rng.choices(self.guide_names, weights=self.guide_weights)[0])

    def talk(self) -> tuple[str, str, str]:
        """Small talk; greetings, thanks, farewells and names more often than noise."""
        weights = [0.4 if name.startswith("small_") else 1.0 for name in self.talk_names]
        return self.intent(self.rng.choices(self.talk_names, weights=weights)[0])

    def intent(self, name: str) -> tuple[str, str, str]:
        """A wording and an answer of one intent."""
        return self.asked(name, self.wordings[name])

    def asked(self, name: str, wordings: tuple[list[str], list[float], dict[str, list[str]]]) -> tuple[str, str, str]:
        """A wording and an answer out of those."""
        texts, weights, answers = wordings
        template = self.rng.choices(texts, weights=weights)[0]
        wording = self.agreed(self.grammar.expand(template, self.rng))
        if name not in ("greet", "thanks", "bye", "small_ok", "small_noise"):
            wording = self.around(self.varied(wording))
        return name, self.typed(wording), self.rng.choice(answers[template])

    def first(self) -> tuple[str, str, str]:
        """What is asked before anything else, and what the page suggests: Shoal by its name, how it works, where chats are."""
        rng = self.rng
        name, group, _ = rng.choices(self.firsts, weights=[weight for _, _, weight in self.firsts])[0]
        often = group.get("often") if rng.random() < OFTEN else None
        wording = self.grammar.expand(rng.choice(often or group["ask"]), rng)
        if not often and rng.random() < 0.35:
            wording = self.around(wording)
        return name, self.typed(wording, slips=0.1), rng.choice(group.get("answer") or self.intents[name]["answer"])

    def yes_or_no(self) -> tuple[str, str, str]:
        """Something true or untrue of Shoal, put as a question: the answer's yes or no follows it."""
        source = self.said if self.rng.random() < 0.5 else self.turned
        name = self.rng.choice(list(source))
        return self.asked(name, source[name])

    def agreed(self, wording: str) -> str:
        """"are what i write" as "is what i write", "does my chats" as "do my chats"."""

        def verb(found: re.Match) -> str:
            forms = VERBS[found[1]]
            return f"{forms[found[2] in self.many]} {found[2]}"

        return self.agreeing.sub(verb, wording)

    def varied(self, wording: str) -> str:
        """Another word here and there, or a telegram without its small words."""
        rng = self.rng
        words = []
        telegram = rng.random() < 0.08
        for word in wording.split(" "):
            if telegram and word in self.droppable and rng.random() < 0.7:
                continue
            if word in self.synonyms and rng.random() < 0.15:
                word = rng.choice(self.synonyms[word])
            words.append(word)
        return " ".join(words) if len(words) > 1 else wording

    def around(self, wording: str) -> str:
        """A polite beginning or end, sometimes."""
        if self.rng.random() < 0.3:
            wording = self.grammar.expand("{please}", self.rng) + " " + wording
        if self.rng.random() < 0.25:
            wording = wording + self.grammar.expand("x{tail}", self.rng)[1:]
        if self.rng.random() < 0.1:
            wording = f"{self.rng.choice(self.contexts)} {wording}"
        return " ".join(wording.split())

    def out_of_scope(self) -> tuple[str, str, str]:
        """A request the guide refuses."""
        kind = self.rng.choices(list(self.outside), weights=self.outside_weights)[0]
        wording = self.outside_grammar.pick(self.outside[kind]["ask"], self.rng)
        if self.rng.random() < 0.7:  # as for guide questions, or politeness would give the kind away
            wording = self.around(self.varied(wording))
        special = self.kind_answers[kind]
        answers = special if special and self.rng.random() < 0.75 else self.outside_answers
        return f"out_of_scope/{kind}", self.typed(wording), self.rng.choice(answers)

    def story(self) -> tuple[str, str, str]:
        """A wish and its story."""
        wish, text, words = stories.story(self.rng)
        return f"tell_story/{'+'.join(words)}", self.typed(wish, slips=0.04), text

    # -- how people type --

    def typed(self, wording: str, slips: float = TYPO_RATE) -> str:
        """Case, punctuation and mistakes, as people make them."""
        rng = self.rng
        text = wording.strip()
        clauses = re.split(r"(?<=[.,:;!?]) ", text)
        question = any(clause.split(" ")[0] in QUESTION_WORDS for clause in clauses)
        style = rng.random()
        if style < 0.45:  # careful: capital, mark
            text = text[:1].upper() + text[1:]
            text = text.replace(" i ", " I ").replace(" i'm", " I'm").replace("Im ", "I'm ")
            if rng.random() < 0.85:
                text = self.named.sub(lambda found: self.names[found[1]], text)
            if text[-1:] not in "?!." and rng.random() < 0.9:
                text += "?" if question else rng.choice(["", ".", "."])
        elif style < 0.7:  # lower case, a mark perhaps
            if text[-1:] not in "?!." and rng.random() < 0.6:
                text += "?" if question else ""
        elif style < 0.95:  # no marks at all
            text = text.rstrip("?!.").replace("'", "" if rng.random() < 0.7 else "'")
            if rng.random() < 0.4:
                text = text.replace(",", "")
        else:
            text = text.upper() + rng.choice(["", "?", "??", "!", "!!!"])
        if style >= 0.45 and rng.random() < 0.25:
            text = text.replace("shoal", "Shoal")
        if rng.random() < slips and style < 0.95:
            text = self.mistyped(text)
        return text if text.strip() else wording

    def mistyped(self, text: str) -> str:
        """One to three slips: known misspellings, short forms, swapped, lost or doubled letters."""
        rng = self.rng
        words = text.split(" ")
        for _ in range(1 + int(rng.random() < 0.4) + int(len(words) > 8 and rng.random() < 0.4)):
            at = rng.randrange(len(words))
            word = words[at]
            low = word.lower().rstrip("?.!,")
            if low in MISTAKES and rng.random() < 0.7:
                words[at] = rng.choice(MISTAKES[low]) + word[len(low) :]
            elif low in CASUAL and rng.random() < 0.6:
                words[at] = CASUAL[low] + word[len(low) :]
            elif len(low) > 3 and word.isascii() and low.isalpha():
                words[at] = self.slip(word)
        return " ".join(words)

    def slip(self, word: str) -> str:
        """One letter swapped with the next, lost, doubled or hit beside."""
        rng = self.rng
        at = rng.randrange(1, len(word) - 1)
        kind = rng.random()
        if kind < 0.35:
            return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        if kind < 0.65:
            return word[:at] + word[at + 1 :]
        if kind < 0.85:
            return word[:at] + word[at] + word[at:]
        near = NEAR.get(word[at], word[at])
        return word[:at] + rng.choice(near) + word[at + 1 :]

    # -- conversations --

    def one(self, kind: str) -> tuple[str, str, str]:
        """A turn of one of the kinds."""
        kinds = {"outside": self.out_of_scope, "guide": self.guide, "story": self.story, "talk": self.talk}
        return (kinds | {"first": self.first, "yes_or_no": self.yes_or_no})[kind]()

    def conversation(self, kind: str) -> list[tuple[str, str, str]]:
        """One to four turns about `kind`; most have one."""
        rng = self.rng
        first = self.one(kind)
        turns = [first]
        shape = rng.random()
        if kind == "talk":
            if shape < 0.2:
                turns.append(self.guide())
            return turns
        if shape < 0.06:
            turns.insert(0, self.intent("greet"))
        elif shape < 0.13:
            turns.append(self.intent("thanks"))
        elif shape < 0.24:
            turns.append(self.one(rng.choice(["guide", "outside", "guide"])))
        elif shape < 0.26:
            turns = [self.intent("greet"), first, self.intent(rng.choice(["thanks", "bye"]))]
        elif shape < 0.33 and kind == "guide":
            turns.append(self.follow_up(first[0]))
        elif shape < 0.37:
            turns += [self.one(rng.choice(["outside", "story", "guide"])), self.intent(rng.choice(["thanks", "bye", "small_ok"]))]
        return turns

    def follow_up(self, after: str) -> tuple[str, str, str]:
        """A question that leans on the one before."""
        names = [name for name in FOLLOW_UPS if name != after]
        name = self.rng.choice(names)
        wording = self.grammar.expand(self.rng.choice(FOLLOW_UPS[name]), self.rng)
        return name, self.typed(wording), self.rng.choice(self.intents[name]["answer"])


def title(name: str) -> str:
    """A name with its capitals: "the united states" is "the United States"."""
    return " ".join(word if word in ("the", "of", "da", "van") else word[:1].upper() + word[1:] for word in name.split(" "))


def proper_names(slots: dict[str, list[str]], browsers: list[str]) -> dict[str, str]:
    """What careful people write with capitals, by how the lists have it: Shoal's name is no rarer than others'."""
    listed = (*slots["country"], *slots["city"], *slots["person"], *browsers)
    return NAMES | {name: title(name) for name in listed if "{" not in name and name not in ALSO_WORDS}


QUESTION_WORDS = set(
    "what what's whats how who where when why which is are can could do does will would should may must did was were has have am".split()
)
NEAR = {
    "a": "sq", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh", "h": "gj", "i": "uo", "j": "hk",
    "k": "jl", "l": "k", "m": "n", "n": "bm", "o": "ip", "p": "o", "q": "w", "r": "et", "s": "ad", "t": "ry",
    "u": "yi", "v": "cb", "w": "qe", "x": "zc", "y": "tu", "z": "x",
}  # fmt: skip
