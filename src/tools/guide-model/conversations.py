"""
The corpus as token windows. A corpus file holds one conversation a line:
[{"role": "user" | "assistant", "content": "…"}, …].
"""

import json
import random
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

BOS, END, USER, GUIDE = "<|bos|>", "<|end|>", "<|user|>", "<|guide|>"
# In the order of their ids.
SPECIALS = (BOS, END, USER, GUIDE)
BOS_ID, END_ID, USER_ID, GUIDE_ID = range(4)

# Windows of a batch all have one of these lengths; attention costs their square.
LENGTHS = (256, 512)


def read_corpus(path: Path) -> list[list[tuple[str, str]]]:
    """Conversations as (role, text) turns; roles are 'user' and 'assistant'."""
    with open(path, encoding="utf-8") as lines:
        return [[(turn["role"], turn["content"]) for turn in json.loads(line)] for line in lines]


@dataclass
class Batch:
    ids: torch.Tensor  # [B, S]
    wanted: torch.Tensor  # [B * S] the next token of each
    weights: torch.Tensor  # [B * S] of its loss; 0 where nothing is learnt
    mask: torch.Tensor  # [B, 1, S, S] bf16, added to scores: a token sees what stands before it in its conversation
    real: torch.Tensor  # [B * S] what is no filling


class Encoder:
    """Turns to ids. Users' words are spelled in many ways at random (BPE dropout), so that typos look less strange."""

    def __init__(self, path: Path, dropout: float, user_weight: float):
        self.plain = Tokenizer.from_file(str(path))
        self.varied = Tokenizer.from_file(str(path))
        self.dropout, self.user_weight = dropout, user_weight
        if dropout:
            self.varied.model.dropout = dropout

    def conversations(self, group, rng: random.Random):
        """Each as (ids, weights), weights being those of predicting the id itself; without the first BOS."""
        turns = [turn for conversation in group for turn in conversation]
        texts = [text.strip() for _, text in turns]
        plain = iter(self.plain.encode_batch_fast(texts, add_special_tokens=False))
        varied = iter(self.varied.encode_batch_fast(texts, add_special_tokens=False) if self.dropout else plain)
        for conversation in group:
            ids, weights = [], []
            for role, _ in conversation:
                exact = next(plain).ids
                loose = next(varied).ids if self.dropout else exact
                if role == "user":
                    words = loose if rng.random() < 0.5 else exact
                    ids += [USER_ID, *words, END_ID]
                    weights += [0.0, *[self.user_weight] * (len(words) + 1)]
                else:
                    ids += [GUIDE_ID, *exact, END_ID]
                    weights += [0.0, *[1.0] * (len(exact) + 1)]
            yield ids, weights


class Packer:
    """Fills windows of one length with conversations, the fullest that has room first."""

    OPEN = 24

    def __init__(self, length: int):
        self.length = length
        self.open: list[list] = []
        self.closed: list[list] = []

    def add(self, ids, weights):
        room = [window for window in self.open if self.used(window) + len(ids) <= self.length]
        if room:
            max(room, key=self.used).append((ids, weights))
            return
        if len(self.open) >= self.OPEN:
            fullest = max(self.open, key=self.used)
            self.open.remove(fullest)
            self.closed.append(fullest)
        self.open.append([(ids, weights)])

    @staticmethod
    def used(window) -> int:
        return sum(len(ids) for ids, _ in window)

    def batch(self, rows: int) -> Batch | None:
        if len(self.closed) < rows:
            return None
        taken, self.closed = self.closed[:rows], self.closed[rows:]
        return batch_of(taken, self.length)


def batch_of(windows, length: int) -> Batch:
    ids = np.full((len(windows), length + 1), END_ID, np.int64)
    weights = np.zeros((len(windows), length + 1), np.float32)
    owner = np.full((len(windows), length), -1, np.int32)
    for row, window in enumerate(windows):
        at = 0
        for number, (part, weight) in enumerate(window):
            ids[row, at:at + len(part)] = part
            weights[row, at:at + len(part)] = weight
            owner[row, at:at + len(part)] = number
            at += len(part)
    same = torch.from_numpy(owner[:, :, None] == owner[:, None, :]) & torch.ones(length, length, dtype=torch.bool).tril()
    mask = torch.zeros(same.shape, dtype=torch.bfloat16).masked_fill_(~same, float("-inf"))
    return Batch(torch.from_numpy(ids[:, :-1].copy()), torch.from_numpy(ids[:, 1:].reshape(-1).copy()),
                 torch.from_numpy(weights[:, 1:].reshape(-1).copy()), mask[:, None], torch.from_numpy(owner.reshape(-1) >= 0))


def endless_batches(corpus, encoder: Encoder, seed: int, tokens: int, joined: float, rank: int = 0, ranks: int = 1):
    """
    Batches of `tokens` positions for ever, each pass over the corpus in a new order.
    A share of conversations goes on in the one before, as people ask one thing after another.
    """
    packers = [Packer(length) for length in LENGTHS]
    turn = 0
    while True:
        order = list(range(len(corpus)))
        random.Random(f"{seed} {turn}").shuffle(order)
        mine = order[rank::ranks]
        rng = random.Random(f"{seed} {turn} {rank}")
        for start in range(0, len(mine), 2000):
            group = [corpus[index] for index in mine[start:start + 2000]]
            for ids, weights in joined_at_random(encoder.conversations(group, rng), rng, joined):
                packer = next((packer for packer in packers if packer.length >= len(ids)), packers[-1])
                packer.add(ids[:packer.length], weights[:packer.length])
                if batch := packer.batch(tokens // packer.length):
                    yield batch
        turn += 1


def joined_at_random(conversations, rng: random.Random, share: float):
    held = None
    for ids, weights in conversations:
        if held and rng.random() < share and len(held[0]) + len(ids) < LENGTHS[0]:
            held = held[0] + ids, held[1] + weights
            continue
        if held:
            yield held
        held = [BOS_ID, *ids], [0.0, *weights]
    if held:
        yield held
