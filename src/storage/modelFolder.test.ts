import { describe, expect, it } from 'vitest';
import { folderFiles, isFolderFile } from './modelFolder.ts';

const names = (index: unknown, ...files: readonly string[]): readonly string[] =>
  folderFiles(
    files.map((name) => ({ name })),
    index,
  ).map(({ name }) => name);

describe('the files of a model folder', () => {
  it('are its facts and the weights its index names', () => {
    const index = { weight_map: { a: 'model-1.safetensors', b: 'dir/model-2.safetensors', c: 7 } };
    const there = ['config.json', 'model-1.safetensors', 'model-2.safetensors', 'model.safetensors', 'x.bin'];
    expect(names(index, ...there)).toEqual(there.slice(0, 3));
  });

  it('are those with the usual names where there is no index, else all', () => {
    const shards = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'];
    for (const index of [undefined, null, 'text', {}, { weight_map: null }]) {
      expect(names(index, 'adapter.safetensors', ...shards, 'README.md')).toEqual(shards);
      expect(names(index, 'mine.safetensors', 'tokenizer.json')).toEqual([
        'mine.safetensors',
        'tokenizer.json',
      ]);
    }
  });

  it('are told from models of one file by their names', () => {
    for (const name of ['config.json', 'tokenizer.json', 'a.safetensors', 'model.safetensors.index.json']) {
      expect(isFolderFile(name)).toBe(true);
    }
    for (const name of ['m.gguf', 'other.json', '']) expect(isFolderFile(name)).toBe(false);
  });
});
