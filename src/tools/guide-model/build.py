"""
Makes the guide anew, all of it, from a seed: corpus, tokenizer, training, folder, scores.

    /opt/shoal-venv/bin/python src/tools/guide-model/build.py [--steps 7000] [--out .cache/guide]

With the same steps, threads and versions (torch 2.15, tokenizers 0.23) the same
weights come out; --minutes in place of --steps trains for as long as there is time.
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
    parser.add_argument("--minutes", type=float, help="in place of --steps")
    parser.add_argument("--corpus-tokens", type=int, default=40_000_000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    out = args.out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    corpus, run_folder, folder = out / "corpus.jsonl", out / "run", out / "guide"
    run("corpus", "--seed", args.seed, "--tokens", args.corpus_tokens, "--out", corpus)
    run("tokenizer_train", "--seed", args.seed, "--corpus", corpus, "--out", out / "tokenizer")
    length = ("--minutes", args.minutes) if args.minutes else ("--steps", args.steps)
    run("train", "--seed", args.seed, "--corpus", corpus, "--tokenizer", out / "tokenizer", "--out", run_folder, *length)
    run("export", "--checkpoint", run_folder / "checkpoint.pt", "--tokenizer", out / "tokenizer", "--out", folder)
    engine = ["node", "src/tools/run.mjs", "src/tools/guide-model/evaluate.ts", "--model", str(folder), "--card"]
    print("$", *engine, flush=True)
    subprocess.run(engine, cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
