import { expect, it } from 'vitest';
import { addressOf, repoOf } from './repo.ts';

it('finds owner/name in what people paste', () => {
  const pasted = [
    'Qwen/Qwen3-4B-GGUF',
    '  Qwen/Qwen3-4B-GGUF ',
    'https://hub.example/Qwen/Qwen3-4B-GGUF',
    'hub.example/Qwen/Qwen3-4B-GGUF/tree/main?x=1#top',
  ];
  expect(pasted.map(repoOf)).toEqual(pasted.map(() => 'Qwen/Qwen3-4B-GGUF'));
  expect(['', 'Qwen', 'two words/name', 'https://hub.example/'].map(repoOf)).toEqual([
    null,
    null,
    null,
    null,
  ]);
});

it('finds the file that a pasted address leads to', () => {
  expect(
    [
      ' https://files.example/a.gguf ',
      'files.example/a.gguf?x=1',
      'http://localhost:8080/a.gguf',
      'https://huggingface.co/Qwen/Qwen3-GGUF/blob/main/a.gguf',
    ].map(addressOf),
  ).toEqual([
    'https://files.example/a.gguf',
    'https://files.example/a.gguf?x=1',
    'http://localhost:8080/a.gguf',
    'https://huggingface.co/Qwen/Qwen3-GGUF/resolve/main/a.gguf',
  ]);
  expect(['', 'a.gguf', 'htp://files.example/a.gguf', 'https://', 'https://a b/'].map(addressOf)).toEqual(
    Array(5).fill(null),
  );
});
