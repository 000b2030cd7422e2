/** Files that are no good model: each is told in its own words, nothing is stored, and a good one works right after. */
import { readFileSync } from 'node:fs';
import { expect } from '@playwright/test';
import { setNumber, setSlices, setText } from '../../src/tools/ggufEdits.ts';
import { answered, ask } from '../ui/steps.ts';
import { tinyModel } from './modelFiles.ts';
import { add, choose, type FilePayload, loaded, openModels, test } from './product.ts';
import { storedModels } from './stored.ts';

const named = (name: string, file: FilePayload): FilePayload => ({ ...file, name });

/** The last tensor of the file: 36 floats and their padding. */
const OUTPUT_NORM = 160;

const BAD: readonly { readonly file: FilePayload; readonly title: string; readonly facts: RegExp }[] = [
  {
    file: {
      name: 'notes.gguf',
      mimeType: 'text/plain',
      buffer: Buffer.from('Dear diary, today I fed the fish.\n'.repeat(99)),
    },
    title: 'Not a model',
    facts: /“notes\.gguf” is neither a GGUF nor a safetensors file/,
  },
  {
    file: { name: 'empty.gguf', mimeType: 'application/octet-stream', buffer: Buffer.alloc(0) },
    title: 'Not a model',
    facts: /“empty\.gguf”/,
  },
  {
    file: named(
      'half-a-header.gguf',
      tinyModel('llama', (bytes) => bytes.subarray(0, 3000)),
    ),
    title: 'The file ends too early',
    facts: /“half-a-header\.gguf” is shorter than its own table says/,
  },
  {
    file: named(
      'half-the-weights.gguf',
      tinyModel('llama', (bytes) => bytes.subarray(0, 100_000)),
    ),
    title: 'The file ends too early',
    facts: /“half-the-weights\.gguf” is shorter than its own table says/,
  },
  {
    file: named(
      'mamba.gguf',
      tinyModel('llama', (bytes) => setText(bytes, 'general.architecture', 'mamba')),
    ),
    title: 'This family of models is not supported yet',
    facts: /\(mamba\).*Llama, Mistral, Mixtral, Qwen/,
  },
  {
    file: named(
      'endless.gguf',
      tinyModel('llama', (bytes) => setNumber(bytes, 'llama.block_count', 0xffff_ffff)),
    ),
    title: 'The model’s dimensions make no sense',
    facts: /“endless\.gguf” states sizes that do not fit together/,
  },
  {
    file: named(
      'headless.gguf',
      tinyModel('llama', (bytes) => setNumber(bytes, 'llama.attention.head_count', 0)),
    ),
    title: 'The model’s dimensions make no sense',
    facts: /“headless\.gguf” states sizes that do not fit together/,
  },
  {
    file: named(
      'wide.gguf',
      tinyModel('llama', (bytes) => setNumber(bytes, 'llama.embedding_length', 4096)),
    ),
    title: 'The model’s dimensions make no sense',
    facts: /“wide\.gguf” states sizes that do not fit together/,
  },
  {
    file: named(
      'greedy.gguf',
      tinyModel('qwen3_moe', (bytes) => setNumber(bytes, 'qwen3moe.expert_used_count', 10)),
    ),
    title: 'The model’s dimensions make no sense',
    facts: /\(qwen3moe\.expert_used_count: 10\)/,
  },
  {
    file: named(
      'short-stack.gguf',
      tinyModel('qwen3_moe', (bytes) => setSlices(bytes, 'blk.1.ffn_gate_exps.weight', 8)),
    ),
    title: 'The model’s dimensions make no sense',
    facts: /\(blk\.1\.ffn_gate_exps\.weight: 96 × 36, where 108 × 36 is needed\)/,
  },
  {
    file: named('model.safetensors', {
      name: '',
      mimeType: 'application/octet-stream',
      buffer: readFileSync('src/graph/fixtures/qwen3_moe/hf/model.safetensors'),
    }),
    title: 'A file of this model is missing',
    facts: /\(config\.json\)\..* or its whole folder/,
  },
];

test('each bad file is told in its own words and leaves everything as it was', async ({ page }) => {
  await add(page, tinyModel('qwen2'));
  const before = await storedModels(page);
  const alert = page.getByRole('dialog').getByRole('alert');
  for (const { file, title, facts } of BAD) {
    await choose(page, file);
    await expect.soft(alert.locator('strong'), file.name).toHaveText(title);
    await expect.soft(alert, file.name).toContainText(facts);
    await expect(alert).toContainText('Nothing was stored; your other models are as they were.');
    await alert.getByRole('button', { name: 'Dismiss' }).click();
    await expect(alert).toHaveCount(0);
  }
  expect(await storedModels(page)).toEqual(before);
  // It and the guide.
  await expect((await openModels(page)).getByRole('listitem')).toHaveCount(2);

  // What is no number is stored like any other weight, and met when the model is loaded.
  await choose(
    page,
    named(
      'nan.gguf',
      tinyModel('qwen3_moe', (bytes) => void bytes.fill(0xff, bytes.length - OUTPUT_NORM)),
    ),
  );
  await (await openModels(page)).getByRole('button', { name: 'Load nan' }).click();
  const told = page.getByRole('alert');
  await expect(told.locator('strong')).toHaveText('The model computes no numbers');
  await expect(told).toContainText('“nan” gave values that are not numbers');
  await told.getByRole('button', { name: 'Dismiss' }).click();

  await choose(page, tinyModel('qwen3_moe'));
  await (await openModels(page)).getByRole('button', { name: 'Load tiny-qwen3_moe' }).click();
  await loaded(page, 'tiny-qwen3_moe');
  await ask(page, 'a b c');
  await answered(page);
});
