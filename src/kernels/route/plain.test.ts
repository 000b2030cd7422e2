/**
 * The plain choice against the routers of transformers 5.23 (PyTorch 2.15, f32), each
 * given the logits below as its weight and 1 as its input: every figure is theirs.
 */
import { expect, test } from 'vitest';
import { plainRoute, type RouterChoice } from './plain.ts';

const EXPERTS = 12;
const LOGITS = Float64Array.from({ length: EXPERTS }, (_, e) => 3 * Math.sin(1.7 * e + 0.3));
const BIAS = Float64Array.from({ length: EXPERTS }, (_, e) => 0.5 * Math.cos(2.3 * e));
const NONE = new Float64Array(EXPERTS);
const FOUR = {
  experts: EXPERTS,
  topK: 4,
  groupCount: 4,
  groupKept: 2,
  renormalise: 0,
  renormEps: 0,
  scale: 1,
};

interface Router {
  readonly name: string;
  readonly choice: RouterChoice;
  readonly params: Partial<typeof FOUR>;
  readonly bias?: Float64Array;
  readonly selectBias?: Float64Array;
  readonly entries: readonly (readonly [number, number])[];
}

const ROUTERS: readonly Router[] = [
  {
    name: 'MixtralTopKRouter',
    choice: { score: 'softmax', groups: 'none', selectBias: false },
    params: { renormalise: 1 },
    entries: [
      [1, 0.31575033],
      [4, 0.18382175],
      [5, 0.11932024],
      [8, 0.38110769],
    ],
  },
  {
    name: 'GptOssTopKRouter',
    choice: { score: 'topkSoftmax', groups: 'none', selectBias: false },
    params: {},
    bias: BIAS,
    entries: [
      [1, 0.20779203],
      [4, 0.10367579],
      [5, 0.13951711],
      [8, 0.54901505],
    ],
  },
  {
    name: 'DeepseekV2TopkRouter, two groups of four',
    choice: { score: 'softmax', groups: 'max', selectBias: false },
    params: { scale: 16 },
    entries: [
      [0, 0.7111519],
      [1, 4.4837623],
      [7, 0.10004676],
      [8, 5.411859],
    ],
  },
  {
    name: 'DeepseekV3TopkRouter, two groups of four',
    choice: { score: 'sigmoid', groups: 'topTwo', selectBias: true },
    params: { renormalise: 1, renormEps: 1e-20, scale: 2.5 },
    selectBias: BIAS,
    entries: [
      [0, 0.66505015],
      [1, 0.88148654],
      [6, 0.062604763],
      [8, 0.89085883],
    ],
  },
  {
    name: 'Lfm2MoeTopKRouter',
    choice: { score: 'sigmoid', groups: 'none', selectBias: true },
    params: { renormalise: 1, renormEps: 1e-6 },
    selectBias: BIAS,
    entries: [
      [0, 0.22698686],
      [5, 0.27326089],
      [8, 0.30405712],
      [11, 0.19569486],
    ],
  },
];

test.each(ROUTERS)('$name', ({ choice, params, bias = NONE, selectBias = NONE, entries }) => {
  const logits = LOGITS.map((logit, e) => logit + bias[e]!);
  const routed = plainRoute(choice, { ...FOUR, ...params }, logits, selectBias).entries;
  expect(routed.map(({ id }) => id)).toEqual(entries.map(([id]) => id));
  routed.forEach(({ weight }, k) => expect(weight / entries[k]![1]).toBeCloseTo(1, 5));
});

test('a tie goes to the lower index, of experts and of groups', () => {
  const tied = { ...FOUR, topK: 3, groupKept: 1 };
  const route = (groups: 'none' | 'max') =>
    plainRoute(
      { score: 'softmax', groups, selectBias: false },
      tied,
      Float64Array.of(0, 1, 0, 0, 1, 0, 1, 1, 1, 0, 0, 0),
      NONE,
    );
  expect(route('none').entries.map(({ id }) => id)).toEqual([1, 4, 6]);
  expect(route('none').margin).toBe(0);
  expect(route('max').entries.map(({ id }) => id)).toEqual([0, 1, 2]);
  expect(route('max').margin).toBe(0);
});
