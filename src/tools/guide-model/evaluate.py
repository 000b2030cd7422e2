"""
Asks a checkpoint the test set in PyTorch, greedily, for quick looks (with --weights as
what that form stores stands for); evaluate.ts scores the answers, and examines an
exported folder through our own engine.

    /opt/shoal-venv/bin/python src/tools/guide-model/evaluate.py --checkpoint FILE --tokenizer DIR [--weights fp8]
"""

import argparse
import json
import subprocess
from pathlib import Path

import torch
from tokenizers import Tokenizer

from conversations import BOS_ID, END_ID, GUIDE_ID, USER_ID
from export import fused, packed
from model import Cache, GuideModel, Shape

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
LONGEST = 160


def test_set(name: str) -> list[dict]:
    return json.loads((HERE / "testset" / f"{name}.json").read_text())


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


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--tokenizer", type=Path, required=True)
    parser.add_argument("--weights", default=None)
    parser.add_argument("--answers", type=Path, default=ROOT / ".cache/guide/answers.json", help="where every answer goes")
    args = parser.parse_args()
    torch.set_num_threads(1)
    rows = [row for name in ("questions", "outOfScope", "stories") for row in test_set(name)]
    texts = [row["text"] for row in rows]
    model = GuideModel(Shape())
    state = torch.load(args.checkpoint)["model"]
    model.load_state_dict(fused(packed(state, args.weights)[1], model.shape) if args.weights else state)
    tokenizer = Tokenizer.from_file(str(args.tokenizer / "tokenizer.json"))
    answers = answers_in_pytorch(model.eval(), tokenizer, texts)
    asked = [dict(id=row["id"], text=row["text"], answer=answer) for row, answer in zip(rows, answers)]
    args.answers.write_text(json.dumps(asked, indent=1, ensure_ascii=False) + "\n")
    subprocess.run(["node", "src/tools/run.mjs", "src/tools/guide-model/evaluate.ts", "--score", str(args.answers)], cwd=ROOT, check=True)
    print("\nexperts, in fair shares:", *balance(model, tokenizer, texts, answers), sep="\n")


if __name__ == "__main__":
    main()
