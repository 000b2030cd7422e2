"""
Asks a guide the test set, greedily, and prints its scores by group, the failures and
the balance of its experts.

    /opt/shoal-venv/bin/python src/tools/guide-model/evaluate.py --checkpoint FILE --tokenizer DIR [--weights fp8]
    /opt/shoal-venv/bin/python src/tools/guide-model/evaluate.py --engine --model DIR

The first runs a checkpoint in PyTorch, for quick looks (with --weights as what that
form stores stands for); the second an exported folder through our own engine.
"""

import argparse
import json
import re
import subprocess
import tempfile
from collections import Counter
from pathlib import Path

import torch
from tokenizers import Tokenizer

from conversations import BOS_ID, END_ID, GUIDE_ID, USER_ID
from export import fused, packed
from model import Cache, GuideModel, Shape

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
LONGEST = 160
WEIGHTY = re.compile(r"^(privacy_|storage_|delete_|persist_)")


def test_set(name: str) -> list[dict]:
    return json.loads((HERE / "testset" / f"{name}.json").read_text())


def found(patterns: list[str], answer: str) -> bool:
    return any(re.search(pattern, answer, re.IGNORECASE) for pattern in patterns)


def question_right(row: dict, answer: str) -> bool:
    return all(found(facts, answer) for facts in row["expect"]["all"]) and not found(row["expect"]["none"], answer)


def story_right(row: dict, answer: str) -> bool:
    """What was wished for stands in it, and it is a story by length. Whether its cast holds a reader must say."""
    words = [row["thing"], *row["kinds"]]
    return len(answer.split()) >= 30 and all(word.lower() in answer.lower() for word in words)


@torch.no_grad()
def answers_in_pytorch(model: GuideModel, tokenizer: Tokenizer, texts: list[str], rows: int = 32) -> list[str]:
    """Greedy. Prompts are filled up on the left, which relative positions allow."""
    made = {}
    order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
    for start in range(0, len(order), rows):
        group = order[start:start + rows]
        prompts = [[BOS_ID, USER_ID, *tokenizer.encode(texts[i].strip(), add_special_tokens=False).ids, END_ID, GUIDE_ID] for i in group]
        width = max(map(len, prompts))
        ids = torch.tensor([[END_ID] * (width - len(p)) + p for p in prompts])
        hidden = torch.tensor([[True] * (width - len(p)) + [False] * len(p) for p in prompts])
        causal = torch.ones(width, width, dtype=torch.bool).triu(1)
        blocked = (causal[None] | hidden[:, None, :]) & ~torch.eye(width, dtype=torch.bool)
        mask = torch.zeros(blocked.shape).masked_fill(blocked, float("-inf"))[:, None]
        cache, out, done = Cache(), [], torch.zeros(len(group), dtype=torch.bool)
        step, seen = ids, torch.zeros(hidden.shape).masked_fill(hidden, float("-inf"))
        for _ in range(LONGEST):
            token = model.logits(model(step, mask, cache)[:, -1]).argmax(-1)
            out.append(token)
            done |= token == END_ID
            if done.all():
                break
            step, seen = token[:, None], torch.cat([seen, torch.zeros(len(group), 1)], 1)
            mask = seen[:, None, None]
        for index, tokens in zip(group, torch.stack(out, 1).tolist()):
            made[index] = tokenizer.decode(tokens[: tokens.index(END_ID)] if END_ID in tokens else tokens)
    return [made[index].strip() for index in range(len(texts))]


def answers_of_engine(folder: Path, texts: list[str]) -> list[str]:
    with tempfile.TemporaryDirectory() as place:
        asked, answered = Path(place, "asked.json"), Path(place, "answered.json")
        asked.write_text(json.dumps(texts))
        subprocess.run(["node", "src/tools/run.mjs", "src/tools/guideEval.ts", str(folder), str(asked), str(answered), str(LONGEST)],
                       cwd=ROOT, check=True)
        return [text.strip() for text in json.loads(answered.read_text())]


@torch.no_grad()
def balance(model: GuideModel, tokenizer: Tokenizer, texts: list[str], answers: list[str]) -> list[str]:
    """Tokens of each layer's experts over the test set's conversations, in fair shares."""
    model.take_loads()
    for text, answer in zip(texts, answers):
        words = [tokenizer.encode(part, add_special_tokens=False).ids for part in (text, answer)]
        model(torch.tensor([[BOS_ID, USER_ID, *words[0], END_ID, GUIDE_ID, *words[1], END_ID]]))
    loads = model.take_loads()
    fair = loads / loads.mean(1, keepdim=True)
    return [f"layer {layer}: {' '.join(f'{share:.2f}' for share in sorted(shares.tolist()))}"
            for (layer, _), shares in zip(model.routed_layers(), fair)]


def report(answers: dict[str, list[str]], failures: int):
    questions, outside, stories = (test_set(name) for name in ("questions", "outOfScope", "stories"))
    right = [question_right(row, answer) for row, answer in zip(questions, answers["questions"])]
    weighty = [ok for row, ok in zip(questions, right) if WEIGHTY.match(row["intent"])]
    refused = [found(row["refuse"], answer) for row, answer in zip(outside, answers["outOfScope"])]
    wrong = [found(row["wrong"], answer) for row, answer in zip(outside, answers["outOfScope"])]
    told = [story_right(row, answer) for row, answer in zip(stories, answers["stories"])]
    lines = [("questions right", right, "≥ 85 %"), ("privacy and storage right", weighty, "100 %"), ("out of scope refused", refused, "≥ 90 %"),
             ("out of scope, a wrong fact", wrong, "none"), ("stories with what was wished for", told, "≥ 90 %")]
    print("| group | score | goal |\n| --- | --- | --- |")
    for name, rows, goal in lines:
        print(f"| {name} | {sum(rows)} of {len(rows)} ({100 * sum(rows) / len(rows):.0f} %) | {goal} |")
    missed = Counter(row["intent"] for row, ok in zip(questions, right) if not ok)
    print("missed:", ", ".join(f"{intent} {count}" for intent, count in missed.most_common()) or "none")
    shown = ([(row, a) for row, a, ok in zip(questions, answers["questions"], right) if not ok]
             + [(row, a) for row, a, ok, bad in zip(outside, answers["outOfScope"], refused, wrong) if bad or not ok]
             + [(row, a) for row, a, ok in zip(stories, answers["stories"], told) if not ok])
    for row, answer in shown[:failures]:
        print(f"\n[{row['id']}] {row['text']}\n  {answer}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", type=Path)
    parser.add_argument("--tokenizer", type=Path)
    parser.add_argument("--weights", default=None)
    parser.add_argument("--engine", action="store_true")
    parser.add_argument("--model", type=Path, help="exported folder, with --engine")
    parser.add_argument("--failures", type=int, default=1000, help="shown at most")
    parser.add_argument("--answers", type=Path, help="where every answer goes, as JSON")
    args = parser.parse_args()
    torch.set_num_threads(1)
    texts = {name: [row["text"] for row in test_set(name)] for name in ("questions", "outOfScope", "stories")}
    flat = [text for group in texts.values() for text in group]
    if args.engine:
        made = answers_of_engine(args.model.resolve(), flat)
    else:
        model = GuideModel(Shape())
        state = torch.load(args.checkpoint)["model"]
        model.load_state_dict(fused(packed(state, args.weights)[1], model.shape) if args.weights else state)
        tokenizer = Tokenizer.from_file(str(args.tokenizer / "tokenizer.json"))
        made = answers_in_pytorch(model.eval(), tokenizer, flat)
    rest, answers = iter(made), {}
    for name, group in texts.items():
        answers[name] = [next(rest) for _ in group]
    if args.answers:
        rows = {name: [dict(text=t, answer=a) for t, a in zip(texts[name], answers[name])] for name in texts}
        args.answers.write_text(json.dumps(rows, indent=1, ensure_ascii=False))
    report(answers, args.failures)
    if not args.engine:
        print("\nexperts, in fair shares:", *balance(model, tokenizer, flat, made), sep="\n")


if __name__ == "__main__":
    main()
