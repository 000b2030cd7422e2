import { describe, expect, it } from 'vitest';
import { GOLDEN_FOLDERS, readGolden } from './golden.ts';

const TOKENS = 78;
const DENSE = /^(llama($|-)|gemma3|qwen2$|qwen3$|smollm3)/;

it('finds the families', () => {
  expect(GOLDEN_FOLDERS).toEqual(
    expect.arrayContaining([
      'mixtral',
      'olmoe',
      'granitemoe',
      'qwen2_moe',
      'qwen3_moe',
      'gpt_oss',
      'deepseek_v2',
    ]),
  );
  expect(GOLDEN_FOLDERS).toEqual(
    expect.arrayContaining([
      'deepseek_v3',
      'moonlight',
      'glm4_moe_lite',
      'llama4',
      'mistral4',
      'lfm2_moe',
      'smollm3',
    ]),
  );
});

describe.each(GOLDEN_FOLDERS)('the fixture %s', (name) => {
  it('is whole: tokens, logits, files, and a route for every token and layer', async () => {
    const golden = await readGolden(name);
    expect(golden.tokens).toHaveLength(TOKENS);
    expect(golden.logits).toHaveLength(TOKENS * golden.vocab);
    expect(golden.folder?.map((file) => file.name).sort()).toEqual([
      'config.json',
      'model.safetensors',
      'tokenizer.json',
      'tokenizer_config.json',
    ]);
    expect(golden.routes.length > 0).toBe(!DENSE.test(name));
    for (const { experts, margins } of golden.routes) {
      expect(margins).toHaveLength(TOKENS);
      expect(Math.min(...margins)).toBeGreaterThan(1e-4);
      expect(new Set(experts.map((chosen) => chosen.length)).size).toBe(1);
      for (const chosen of experts) expect(chosen).toEqual([...new Set(chosen)].sort((a, b) => a - b));
      expect(experts).toHaveLength(TOKENS);
    }
  });
});
