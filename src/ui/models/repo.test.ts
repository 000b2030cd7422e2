import { expect, it } from 'vitest';
import { repoOf } from './repo.ts';

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
