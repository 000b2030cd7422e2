"""
Trains the guide on a CPU: one worker of one thread per core, each with its own part
of the corpus, parameters and gradients in shared memory.

    /opt/shoal-venv/bin/python src/tools/guide-model/train.py \
        --corpus FILE --tokenizer DIR --out .cache/guide/run --minutes 30 [--steps N]

The learning rate follows the share of the minutes that has passed; with --steps, of
the steps, and then a run can be repeated exactly. `--resume` goes on from the last
checkpoint in --out, at the rate that its share of the new whole has: 7,000 of 9,200
steps begin again at a quarter of the full rate. Writes checkpoint.pt, optimiser-N.pt and log.jsonl there.
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "passive")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import argparse
import json
import sys
import time
from pathlib import Path

import torch
import torch.multiprocessing as mp

from conversations import Encoder, endless_batches, read_corpus
from kernels import head_loss
from model import GuideModel, Shape
from optimiser import Optimiser, shares

HELD_OUT = 50  # one conversation of so many is not trained on
WARM_UP, LAST_RATE = 0.02, 0.02
LONGEST_STEP = 5.0  # seconds: more than this was a pause (kill -STOP, a sleeping machine) and counts for no training
BIAS_STEPS = 1e-2, 1e-3  # of the selection bias, at the start and at the end


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--tokenizer", type=Path, required=True, help="folder of tokenizer_train.py")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--steps", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tokens", type=int, default=2048, help="positions of one worker's batch")
    parser.add_argument("--batches", type=int, default=1, help="of one worker for a step")
    parser.add_argument("--user-weight", type=float, default=0.1)
    parser.add_argument("--dropout", type=float, default=0.1, help="of merges in users' words")
    parser.add_argument("--joined", type=float, default=0.25, help="share of conversations that go on in another")
    parser.add_argument("--every", type=float, default=3, help="minutes between checkpoints")
    parser.add_argument("--resume", action="store_true")
    return parser.parse_args()


def rate_at(progress: float) -> float:
    if progress < WARM_UP:
        return (progress + 1e-3) / WARM_UP
    return max(LAST_RATE, 1 - (1 - LAST_RATE) * (progress - WARM_UP) / (1 - WARM_UP))


class Shared:
    """What the workers hold in common."""

    def __init__(self, args, model, saved):
        self.args, self.model = args, model.share_memory()
        names = dict(model.named_parameters())
        self.gradients = [{n: torch.zeros_like(p).share_memory_() for n, p in names.items()} for _ in range(args.threads)]
        self.shares = shares(names, args.threads)
        layers = len(model.routed_layers())
        self.loads = torch.zeros(args.threads, layers, model.shape.n_routed_experts).share_memory_()
        # tokens, loss, weight of its own batches
        self.sums = torch.zeros(args.threads, 3, dtype=torch.float64).share_memory_()
        self.progress = torch.tensor([saved["progress"] if saved else 0.0], dtype=torch.float64).share_memory_()
        self.checkpoint_due = torch.zeros(1).share_memory_()
        self.barrier = mp.get_context("fork").Barrier(args.threads)


def balance(model, loads, step: float):
    """DeepSeek-V3's: an expert with more than its share is chosen a little less from now on."""
    for (_, moe), load in zip(model.routed_layers(), loads):
        moe.gate.e_score_correction_bias.add_((load.mean() - load).sign(), alpha=step)


def spread_of(loads) -> str:
    """Busiest and idlest expert of each layer, in fair shares."""
    fair = loads / loads.mean(1, keepdim=True)
    return " ".join(f"{low:.2f}-{high:.2f}" for low, high in zip(fair.amin(1), fair.amax(1)))


@torch.no_grad()
def held_out_loss(model, batches):
    model.eval()
    total, weight = 0.0, 0.0
    for batch in batches:
        hidden = model(batch.ids, batch.mask.float()).view(-1, model.shape.hidden_size)
        learnt = batch.weights == 1
        total += float(head_loss(hidden[learnt], model.model.embed_tokens.weight, batch.wanted[learnt], batch.weights[learnt]))
        weight += float(learnt.sum())
    model.train()
    model.take_loads()
    return total / weight


def worker(rank: int, shared: Shared, corpus, held_out, saved):
    args, model = shared.args, shared.model
    torch.set_num_threads(1)
    model.train()
    # Loads are the worker's own: buffers that are counted into must not be shared.
    for _, moe in model.routed_layers():
        moe.load = torch.zeros_like(moe.load)
    names = dict(model.named_parameters())
    for name, value in names.items():
        value.grad = shared.gradients[rank][name]
    optimiser = Optimiser({name: names[name].detach() for name in shared.shares[rank]}, shared.gradients)
    begun = saved["step"] if saved else 0
    if saved:
        optimiser.load_state_dict(torch.load(args.out / f"optimiser-{rank}.pt"))
    encoder = Encoder(args.tokenizer / "tokenizer.json", args.dropout, args.user_weight)
    batches = endless_batches(corpus, encoder, args.seed * 1000 + begun, args.tokens, args.joined, rank, args.threads)
    log = Log(shared, held_out, saved) if rank == 0 else None
    step = begun
    while shared.progress[0] < 1:
        progress = float(shared.progress[0])
        for gradient in shared.gradients[rank].values():
            gradient.zero_()
        for _ in range(args.batches):
            batch = next(batches)
            learnt = batch.weights > 0
            hidden = model(batch.ids, batch.mask, real=batch.real).view(-1, model.shape.hidden_size)[learnt]
            weights = batch.weights[learnt]
            loss = head_loss(hidden, model.model.embed_tokens.weight, batch.wanted[learnt], weights, True) / weights.sum()
            (loss / args.batches).backward()
            shared.sums[rank] += torch.tensor([float(batch.real.sum()), float(loss.detach()), 1])
        shared.loads[rank] = model.take_loads()
        shared.barrier.wait()
        optimiser.step(rate_at(progress))
        step += 1
        if rank == 0:
            first, last = BIAS_STEPS
            balance(model, shared.loads.sum(0), first + (last - first) * progress)
            log.count(step)
        shared.barrier.wait()
        if shared.checkpoint_due[0] or shared.progress[0] >= 1:
            torch.save(optimiser.state_dict(), args.out / f"optimiser-{rank}.pt")
            if rank == 0:
                log.checkpoint(step)
            shared.barrier.wait()


class Log:
    """The first worker's: keeps time, prints, saves."""

    def __init__(self, shared: Shared, held_out, saved):
        self.shared, self.held_out = shared, held_out
        self.seconds = saved["seconds"] if saved else 0.0
        self.tokens = saved["tokens"] if saved else 0
        self.counted = time.time()
        self.printed = self.saved = self.seconds
        self.loads = torch.zeros_like(shared.loads[0])

    def count(self, step: int):
        shared, args, now = self.shared, self.shared.args, time.time()
        self.seconds += min(now - self.counted, LONGEST_STEP)
        self.counted = now
        self.loads += shared.loads.sum(0)
        shared.progress[0] = step / args.steps if args.steps else self.seconds / (60 * args.minutes)
        shared.checkpoint_due[0] = self.seconds - self.saved > 60 * args.every
        if step % 50 == 0:
            tokens, loss, count = shared.sums.sum(0).tolist()
            self.tokens += int(tokens)
            self.write(step=step, minutes=round(self.seconds / 60, 2), loss=round(loss / count, 4),
                       speed=int(tokens / (self.seconds - self.printed)), tokens=self.tokens, balance=spread_of(self.loads))
            shared.sums.zero_()
            self.loads.zero_()
            self.printed = self.seconds

    def checkpoint(self, step: int):
        args, model = self.shared.args, self.shared.model
        self.write(step=step, held_out=round(held_out_loss(model, self.held_out), 4))
        torch.save(dict(model=model.state_dict(), step=step, tokens=self.tokens, progress=float(self.shared.progress[0]),
                        seconds=self.seconds, arguments={k: str(v) for k, v in vars(args).items()}),
                   args.out / "checkpoint.tmp")
        os.replace(args.out / "checkpoint.tmp", args.out / "checkpoint.pt")
        self.shared.checkpoint_due[0] = 0
        self.saved = self.seconds

    def write(self, **facts):
        print(" ".join(f"{key} {value}" for key, value in facts.items()), flush=True)
        with open(self.shared.args.out / "log.jsonl", "a") as file:
            file.write(json.dumps(facts) + "\n")


def main():
    args = arguments()
    torch.set_num_threads(1)
    args.out.mkdir(parents=True, exist_ok=True)
    saved = torch.load(args.out / "checkpoint.pt") if args.resume else None
    corpus = read_corpus(args.corpus)
    learnt = [one for index, one in enumerate(corpus) if index % HELD_OUT]
    encoder = Encoder(args.tokenizer / "tokenizer.json", 0, 0)
    source = endless_batches(corpus[::HELD_OUT], encoder, 0, 2048, 0)
    held_out = [next(source) for _ in range(12)]
    model = GuideModel(Shape())
    model.initialise(args.seed)
    if saved:
        model.load_state_dict(saved["model"])
    print(f"{sum(p.numel() for p in model.parameters()):,} parameters, {len(learnt)} conversations", flush=True)
    shared = Shared(args, model, saved)
    if saved:
        # More steps or minutes than planned before: the schedule is that of the whole.
        shared.progress[0] = saved["step"] / args.steps if args.steps else saved["seconds"] / (60 * args.minutes)
    processes = mp.start_processes(worker, (shared, learnt, held_out, saved), args.threads, start_method="fork")
    return processes


if __name__ == "__main__":
    main()
    sys.exit(0)
