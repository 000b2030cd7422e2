/** The cases of route: the routers of the families we know, odd sizes, ties, scores run into their ends. */
import type { HostArray, KernelCase, KernelShape, KernelSuite, Params } from './card.ts';
import { rmsScale } from './matvec/plain.ts';
import { randomMatrix, randomRow, seededRandom, type PlainMatrix } from './quant/plain.ts';
import { plainRoute, sigmoid } from './route/plain.ts';
import { route, type RouteOptions } from './route.ts';

interface Sizes {
  readonly experts: number;
  readonly topK: number;
  readonly cols: number;
  readonly tokens?: number;
  readonly pieces?: number;
  readonly sharedScale?: number;
  readonly groupCount?: number;
  readonly groupKept?: number;
  readonly renormEps?: number;
  readonly scale?: number;
  /** Largest norm weight, and so how far the logits spread. */
  readonly spread?: number;
  /** Added to every select bias. */
  readonly biasShift?: number;
  /**
   * Every other run of so many experts equals the one before: an odd topK of single
   * experts, or an odd number of groups kept, then cuts a tie.
   */
  readonly twins?: number;
}

const EPS = 1e-5;
/** What f32 sums keep a logit to, as a part of the largest. */
const LOGIT_ERROR = 1e-6;

function routeCase(options: RouteOptions, sizes: Sizes, seed: number): KernelCase {
  const { experts, topK, cols, tokens = 1, pieces = 0 } = sizes;
  const random = seededRandom(seed);
  const rows = experts + (options.gatedShared ? 1 : 0);
  const matrix = randomMatrix({ layout: options.layout, rows, cols }, random);
  const words = (tokens + 1) * (topK + pieces) * 2;
  const xStride = matrix.padded + 32;
  const x = new Float32Array(tokens * xStride);
  // The last of several tokens is all zeros: every expert ties.
  for (let t = 0; t < Math.max(1, tokens - 1); t++) x.set(randomRow(cols, xStride, random, 3), t * xStride);
  const all: Readonly<Record<string, HostArray>> = {
    ...matrix.planes,
    x,
    normWeight: randomRow(cols, matrix.padded, random, sizes.spread ?? 1),
    bias: randomRow(experts, experts, random, 2),
    selectBias: randomRow(experts, experts, random).map((value) => value + (sizes.biasShift ?? 0)),
    // A row more than is written.
    routes: new Uint32Array(randomRow(words, words, random).buffer),
  };
  if (sizes.twins !== undefined) twin(matrix, sizes.twins, experts, all);
  const card = route(options, experts);
  const buffers = Object.fromEntries(card.bindings.map(({ name }) => [name, all[name]!]));
  const params: Params = {
    experts,
    topK,
    pieces,
    groups: matrix.padded / 32,
    width: cols,
    eps: EPS,
    groupCount: sizes.groupCount ?? 1,
    groupKept: sizes.groupKept ?? 1,
    renormalise: sizes.renormEps === undefined ? 0 : 1,
    renormEps: sizes.renormEps ?? 0,
    scale: sizes.scale ?? 1,
    sharedScale: sizes.sharedScale ?? 1,
    xStride,
  };
  const title = `${topK} of ${experts}, ${tokens} x ${cols}${sizes.twins === undefined ? '' : `, twins of ${sizes.twins}`}`;
  const { routes, relativeError } = reference(title, options, { params, tokens, matrix, buffers });
  return {
    title,
    card,
    params,
    tokens,
    buffers,
    reference: () => ({ routes }),
    weighted: ['routes'],
    tolerance: { nmse: relativeError ** 2, maxAbs: relativeError * largestWeight(routes) },
  };
}

function largestWeight(routes: Uint32Array<ArrayBuffer>): number {
  return new Float32Array(routes.buffer).reduce(
    (most, value, i) => (i % 2 === 1 ? Math.max(most, value) : most),
    0,
  );
}

/** Copies the rows of even runs of experts, biases too, over the odd ones. No layout with scales. */
function twin(
  { padded, planes, weights }: PlainMatrix,
  run: number,
  experts: number,
  all: Readonly<Record<string, HostArray>>,
): void {
  const quants = planes['quants']!;
  const copy = (array: HostArray | Float64Array, width: number) => {
    for (let e = 0; e + run < experts; e += 2 * run)
      array.copyWithin((e + run) * width, e * width, (e + run) * width);
  };
  copy(quants, (quants.length * padded) / weights.length);
  copy(weights, padded);
  copy(all['bias']!, 1);
  copy(all['selectBias']!, 1);
}

interface Run {
  readonly params: Params;
  readonly tokens: number;
  readonly matrix: PlainMatrix;
  readonly buffers: Readonly<Record<string, HostArray>>;
}

interface Truth {
  readonly routes: Uint32Array<ArrayBuffer>;
  /** Of the weights: a softmax turns an error of its logits into as large a part of its value. */
  readonly relativeError: number;
}

/** Throws where a random choice is so close that rounding could turn it; a tie is fair. */
function reference(title: string, options: RouteOptions, run: Run): Truth {
  const { params, tokens, buffers } = run;
  const { experts = 0, topK = 0, pieces = 0, sharedScale = 0 } = params;
  const routes = Uint32Array.from(buffers['routes']!);
  const weights = new Float32Array(routes.buffer);
  const selectBias = options.selectBias ? buffers['selectBias']! : new Float32Array(experts);
  let relativeError = 1e-5;
  for (let t = 0; t < tokens; t++) {
    const logits = plainLogits(run, t);
    const error = LOGIT_ERROR * Math.max(1, ...logits.map(Math.abs));
    relativeError = Math.max(relativeError, error);
    const own = logits.slice(0, experts).map((logit, e) => logit + (options.bias ? buffers['bias']![e]! : 0));
    const { entries, margin } = plainRoute(options, params, own, selectBias);
    if (margin > 0 && margin < 2 * error) throw new Error(`${title}: token ${t} is decided by ${margin}`);
    const gate = options.gatedShared ? sigmoid(logits[experts]!) : 1;
    const shared = Array.from({ length: pieces }, (_, j) => ({
      id: experts + j,
      weight: sharedScale * gate,
    }));
    [...entries, ...shared].forEach(({ id, weight }, k) => {
      const at = (t * (topK + pieces) + k) * 2;
      routes[at] = id;
      weights[at + 1] = weight;
    });
  }
  return { routes, relativeError };
}

function plainLogits({ params, matrix, buffers }: Run, token: number): Float64Array {
  const { width = 0, xStride = 0 } = params;
  const x = buffers['x']!;
  const norm = buffers['normWeight']!;
  const start = token * xStride;
  const scale = rmsScale(x, start, width, EPS);
  const logits = new Float64Array(matrix.rows);
  for (let row = 0; row < matrix.rows; row++) {
    for (let c = 0; c < width; c++)
      logits[row] =
        logits[row]! + matrix.weights[row * matrix.padded + c]! * x[start + c]! * scale * norm[c]!;
  }
  return logits;
}

const PLAIN: Omit<RouteOptions, 'shape'> = {
  layout: 'f32',
  score: 'softmax',
  groups: 'none',
  bias: false,
  selectBias: false,
  gatedShared: false,
};

const BOTH: readonly KernelShape[] = ['software', 'hardware'];

/**
 * Options with the sizes they are run at. A pipeline takes seconds to compile and the
 * shapes differ only in how logits are summed, so what follows is met in one of them.
 */
const RUNS: readonly {
  readonly options: Partial<RouteOptions>;
  readonly shapes: readonly KernelShape[];
  readonly sizes: readonly Sizes[];
}[] = [
  {
    options: {}, // Mixtral, OLMoE, Qwen3
    shapes: BOTH,
    sizes: [
      { experts: 5, topK: 1, cols: 42, tokens: 3 },
      { experts: 12, topK: 12, cols: 84, tokens: 2, renormEps: 0 },
      { experts: 60, topK: 7, cols: 1061, tokens: 4, spread: 30, scale: 0.5 },
      { experts: 40, topK: 5, cols: 84, tokens: 5, twins: 1, renormEps: 0 },
      { experts: 1, topK: 1, cols: 42 },
    ],
  },
  {
    options: { layout: 'bf16', gatedShared: true }, // Qwen2-MoE
    shapes: ['hardware'],
    sizes: [
      { experts: 60, topK: 4, cols: 84, tokens: 3, pieces: 4 },
      { experts: 12, topK: 3, cols: 1061, pieces: 1, renormEps: 0 },
    ],
  },
  {
    options: { layout: 'f16', groups: 'max' }, // DeepSeek-V2
    shapes: ['software'],
    sizes: [
      { experts: 40, topK: 6, cols: 84, tokens: 3, pieces: 2, groupCount: 5, groupKept: 2, scale: 16 },
      { experts: 12, topK: 3, cols: 42, tokens: 4, groupCount: 6, groupKept: 3, twins: 1 },
      { experts: 12, topK: 6, cols: 42, tokens: 4, groupCount: 6, groupKept: 3, twins: 2 },
    ],
  },
  {
    options: { layout: 'bf16', score: 'topkSoftmax', bias: true }, // gpt-oss
    shapes: ['hardware'],
    sizes: [
      { experts: 12, topK: 4, cols: 84, tokens: 3 },
      { experts: 40, topK: 3, cols: 42, tokens: 4, twins: 1 },
      { experts: 60, topK: 40, cols: 84, spread: 300 },
    ],
  },
  {
    options: { layout: 'q8s', score: 'topkSoftmax' }, // Granite
    shapes: ['software'],
    sizes: [{ experts: 40, topK: 8, cols: 96, tokens: 2, scale: 0.22 }],
  },
  {
    options: { layout: 'f16', score: 'sigmoid' }, // Llama 4
    shapes: ['hardware'],
    sizes: [
      { experts: 5, topK: 1, cols: 42, tokens: 3, pieces: 1 },
      { experts: 60, topK: 9, cols: 84, tokens: 2, spread: 300 },
    ],
  },
  {
    options: { layout: 'bf16', score: 'sigmoid', selectBias: true }, // LFM2, GLM
    shapes: ['software'],
    sizes: [
      { experts: 12, topK: 4, cols: 84, tokens: 3, renormEps: 1e-6 },
      { experts: 40, topK: 5, cols: 42, tokens: 3, biasShift: -3, twins: 1, scale: 1.8 },
    ],
  },
  {
    options: { score: 'sigmoid', selectBias: true, groups: 'topTwo' }, // DeepSeek-V3
    shapes: BOTH,
    sizes: [
      {
        experts: 60,
        topK: 8,
        cols: 84,
        tokens: 4,
        pieces: 1,
        groupCount: 12,
        groupKept: 4,
        renormEps: 1e-20,
        scale: 2.5,
      },
      { experts: 40, topK: 7, cols: 42, tokens: 3, groupCount: 5, groupKept: 3, biasShift: -2, twins: 1 },
      { experts: 40, topK: 12, cols: 42, tokens: 3, groupCount: 10, groupKept: 3, twins: 4 },
      { experts: 512, topK: 10, cols: 42, tokens: 2, groupCount: 8, groupKept: 4 },
    ],
  },
];

function shapeCases(shape: KernelShape): readonly KernelCase[] {
  return RUNS.flatMap(({ options, shapes, sizes }, variant) =>
    shapes.includes(shape)
      ? sizes.map((size, i) => routeCase({ ...PLAIN, ...options, shape }, size, variant * 10 + i + 1))
      : [],
  );
}

export const routeSuite: KernelSuite = {
  name: 'route',
  cases: () => BOTH.flatMap(shapeCases),
};
