import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FailureCode, FailureDetail } from '../base/failure.ts';
import { GUIDE_TITLE } from '../base/guide.ts';
import { chinese } from './chinese/index.ts';
import { english } from './english/index.ts';
import { speak } from './say.ts';
import { together, wordsFor } from './words.ts';

/** Read from the union itself, so that a code without words here fails. */
const CODES = [
  ...readFileSync(new URL('../base/failure.ts', import.meta.url), 'utf8').matchAll(/^ {2}\| '(\w+)'/gm),
].map(([, code]) => code as FailureCode);

const words = (code: FailureCode, detail: FailureDetail = {}, about = '') =>
  wordsFor({ code, message: 'for developers', detail }, about);

test('every code is among those read', () => {
  expect(CODES).toHaveLength(30);
  expect(CODES).toContain('INTERNAL');
});

describe.each(CODES)('%s', (code) => {
  test.each([
    ['with nothing known', {}, ''],
    ['of a named model', {}, 'Tiny MoE'],
    ['of a named file', { file: 'config.json' }, 'Tiny MoE'],
  ] as const)('%s says what happened, what is safe and what to do', (_, detail, about) => {
    const { title, ...lines } = words(code, detail, about);
    expect(title).toMatch(/^[A-Z][^.!]+$/);
    for (const line of Object.values(lines)) {
      expect(line).toMatch(/^[A-Z“].*[.]$/);
      expect(line).not.toMatch(/undefined|null|NaN|\(\)|!| {2}|for developers|oops/i);
    }
  });
});

describe('what is broken is named', () => {
  const router = 'model.layers.1.mlp.gate.weight';
  const named: readonly (readonly [string, FailureCode, FailureDetail, string])[] = [
    ['a number', 'BAD_DIMENSIONS', { key: 'num_experts_per_tok', value: '10' }, '(num_experts_per_tok: 10)'],
    [
      'a tensor and the shape it should have',
      'BAD_DIMENSIONS',
      { tensor: router, rows: 8, cols: 36, neededRows: 9, neededCols: 36 },
      `(${router}: 8 × 36, where 9 × 36 is needed)`,
    ],
    [
      'a scale and the shape it should have',
      'BAD_DIMENSIONS',
      { tensor: 'x.scales', found: '[1, 3]', expected: '1x2' },
      '(x.scales: [1, 3], where 1 × 2 is needed)',
    ],
    ['a tensor with no shape', 'BAD_DIMENSIONS', { tensor: 'x', what: '5 dimensions' }, '(x: 5 dimensions)'],
    ['a tensor alone', 'BAD_DIMENSIONS', { tensor: 'embed', cols: 64 }, '(embed)'],
    ['an expert', 'MISSING_TENSOR', { tensor: 'experts.7.up_proj.weight' }, '(experts.7.up_proj.weight)'],
    ['a file', 'MISSING_PART', { file: 'model-00002-of-00003.safetensors' }, 'model-00002-of-00003'],
    ['the file rather than the model', 'FILE_CORRUPT', { file: 'config.json' }, '“config.json” contradicts'],
    ['a type and its tensor', 'UNSUPPORTED_TYPE', { type: 'I8', tensor: 'x' }, '(I8, x)'],
    ['a family', 'UNSUPPORTED_FAMILY', { family: 'jamba' }, 'no code for (jamba)'],
    [
      'what of a family',
      'UNSUPPORTED_FAMILY',
      { family: 'qwen3', what: 'with experts' },
      'one of the qwen3 models with experts',
    ],
  ];
  test.each(named)('%s', (_, code, detail, expected) => {
    expect(words(code, detail, 'Tiny MoE').happened).toContain(expected);
  });
});

test('weights that are no numbers are not blamed on the graphics processor', () => {
  const weights = words('KERNEL_CHECK_FAILED', { what: 'logits' }, 'Tiny MoE');
  const kernels = words('KERNEL_CHECK_FAILED', {}, 'Tiny MoE');
  expect(weights.title).not.toBe(kernels.title);
  expect(weights.happened).toMatch(/^“Tiny MoE” .* weights are damaged\.$/);
  expect(weights.todo).toContain('Fetch the model again');
});

describe('of the guide', () => {
  test('its files come with the page, which is to be loaded again; of other models they are chosen', () => {
    const file = { file: 'config.json', model: 'guide' };
    const { happened, safe, todo } = words('MISSING_PART', file, GUIDE_TITLE);
    expect(happened).toContain('(config.json)');
    expect(safe).toBe('Your models and this conversation are kept.');
    expect(todo).toMatch(/reload the page while you are online/);
    expect(words('MISSING_PART', { file: 'config.json' }, 'Tiny MoE').todo).toMatch(/^Choose all/);
  });

  test.each(['FILE_CORRUPT', 'FILE_TRUNCATED', 'RECORD_CORRUPT', 'NETWORK', 'HTTP_STATUS'] as const)(
    '%s asks nobody to choose, delete, import or resume',
    (code) => {
      const { safe, todo } = words(code, {}, GUIDE_TITLE);
      expect(`${safe} ${todo}`).not.toMatch(/choose|delete|import|resume|address|arrived/i);
    },
  );

  test('what a test of the graphics processor found stays what it is', () => {
    expect(words('KERNEL_CHECK_FAILED', {}, GUIDE_TITLE)).toEqual(words('KERNEL_CHECK_FAILED', {}, 'Tiny'));
    // Weights that are no numbers are its files' fault.
    expect(words('KERNEL_CHECK_FAILED', { what: 'logits' }, GUIDE_TITLE).todo).toContain('reload the page');
  });

  test('it is named as the page names it', () => {
    expect(words('BAD_TEMPLATE', {}, GUIDE_TITLE).happened).toContain('“The guide”');
  });
});

describe('in Chinese', () => {
  beforeAll(() => speak(chinese));
  afterAll(() => speak(english));

  test.each(CODES)('%s says what happened, what is safe and what to do', (code) => {
    for (const detail of [
      {},
      { file: 'config.json' },
      { modelId: 'm', status: 403, family: 'jamba', tensor: 'head' },
    ]) {
      const { title, ...lines } = words(code, detail, 'Tiny MoE');
      expect(title).toMatch(/^[^。！]*\p{Script=Han}[^。！]*$/u);
      for (const line of Object.values(lines)) {
        expect(line).toMatch(/\p{Script=Han}.*。$/u);
        expect(line).not.toMatch(/undefined|null|NaN|（）|！|for developers| \p{Script=Han}.* 。/u);
      }
    }
  });

  test('the guide has its Chinese name, and its files come with the page', () => {
    expect(words('BAD_TEMPLATE', {}, GUIDE_TITLE).happened).toContain('“向导”');
    expect(words('MISSING_PART', {}, GUIDE_TITLE).todo).toContain('刷新页面');
  });

  test('sentences stand together without a space', () => {
    expect(together('一。', '', '二。')).toBe('一。二。');
  });
});
