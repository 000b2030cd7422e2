import { expect, test } from 'vitest';
import type { ModelCard, ModelSource } from '../protocol/api.ts';
import { labelOf, originOf, sourceOf, weightsOf } from './origin.ts';

const card = (part: Partial<ModelCard>): ModelCard => ({
  id: '',
  title: '',
  family: '',
  origin: '',
  license: '',
  quantisation: '',
  bytes: 0,
  contextLength: 0,
  state: 'ready',
  doneBytes: 0,
  resumable: false,
  kvBytesPerToken: 0,
  experts: null,
  ...part,
});

test.each<[ModelSource, string, ModelSource]>([
  [
    { kind: 'hub', repo: 'a/b', path: 'x/m-Q4_0.gguf' },
    'hub:a/b/x/m-Q4_0.gguf',
    { kind: 'hub', repo: 'a/b', path: 'x/m-Q4_0.gguf' },
  ],
  // A folder is named by any of its files.
  [
    { kind: 'hub', repo: 'a/b', path: 'model.safetensors.index.json' },
    'hub:a/b/',
    { kind: 'hub', repo: 'a/b', path: 'config.json' },
  ],
  [
    { kind: 'url', url: 'https://f.example/m.gguf' },
    'https://f.example/m.gguf',
    { kind: 'url', url: 'https://f.example/m.gguf' },
  ],
  [
    { kind: 'urls', urls: ['https://f.example/1', 'https://f.example/2'] },
    'https://f.example/1 https://f.example/2',
    { kind: 'urls', urls: ['https://f.example/1', 'https://f.example/2'] },
  ],
])('%j is stored under its origin, and found again by it', (source, origin, again) => {
  expect(originOf(source)).toBe(origin);
  expect(sourceOf(card({ origin }))).toEqual(again);
});

test('local files are found by hand alone', () => {
  expect(originOf({ kind: 'file', files: [] })).toBeNull();
  expect(sourceOf(card({ origin: 'file:m.gguf' }))).toBeNull();
});

test.each([
  ['Q4_K', 'keep'],
  ['BF16 → q8', 'q8'],
  ['BF16 → q4', 'q4'],
] as const)('weights of %s were kept as %s', (quantisation, weights) => {
  expect(weightsOf(card({ quantisation }))).toBe(weights);
});

test('a file is called by its name, whatever it ends in', () => {
  const label = (...names: readonly string[]): string =>
    labelOf({ kind: 'file', files: names.map((name) => new File([], name)) }, () => '');
  expect(label('config.json', 'm.safetensors')).toBe('m.safetensors');
  expect(label('sha256-0a1b')).toBe('sha256-0a1b');
});
