"""
Makes the guide anew, all of it, from a seed: corpus, tokenizer, training, folder, scores.

    /opt/shoal-venv/bin/python src/tools/guide-model/build.py [--steps 7000] [--more 2200] [--out .cache/guide]

Training has two phases: a long one on the whole corpus, and a short one, at a quarter
of the rate and falling, on a new corpus with more of what is asked first and of
questions that want a yes or a no. With the same steps, threads and versions
(torch 2.15, tokenizers 0.23) the same weights come out.
"""

import argparse
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]


def run(script: str, *words):
    command = [sys.executable, str(HERE / f"{script}.py"), *map(str, words)]
    print("$", " ".join(command), flush=True)
    subprocess.run(command, cwd=ROOT, check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=ROOT / ".cache/guide")
    parser.add_argument("--steps", type=int, default=7000, help="of 4,096 positions")
    parser.add_argument("--more", type=int, default=2200, help="steps of the second phase")
    parser.add_argument("--corpus-tokens", type=int, default=40_000_000, help="of the first phase; the second has a quarter")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    out = args.out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    corpus, second, run_folder, folder = out / "corpus.jsonl", out / "corpus2.jsonl", out / "run", out / "guide"
    run("corpus", "--seed", args.seed, "--tokens", args.corpus_tokens, "--out", corpus)
    run("tokenizer_train", "--seed", args.seed, "--corpus", corpus, "--out", out / "tokenizer")
    same = ("--tokenizer", out / "tokenizer", "--out", run_folder)
    run("train", "--seed", args.seed, "--corpus", corpus, *same, "--steps", args.steps)
    tokens = args.corpus_tokens // 4
    run("corpus", "--seed", args.seed + 1, "--phase", 2, "--tokens", tokens, "--out", second)
    run("train", "--seed", args.seed + 1, "--corpus", second, *same, "--steps", args.steps + args.more, "--resume")
    run("export", "--checkpoint", run_folder / "checkpoint.pt", "--tokenizer", out / "tokenizer", "--out", folder)
    engine = ["node", "src/tools/run.mjs", "src/tools/guide-model/evaluate.ts", "--model", str(folder), "--card"]
    print("$", *engine, flush=True)
    subprocess.run(engine, cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
