/** The cases of expertCombine: with and without weights, odd widths, one token and many. */
import type { KernelCase, KernelSuite } from './card.ts';
import { expertCombine } from './expertCombine.ts';
import { packRoutes, randomRoutes } from './expertMatmul/plain.ts';
import { f32Tolerance, randomRow, seededRandom } from './quant/plain.ts';

interface Shape {
  readonly tokens: number;
  readonly width: number;
  readonly topK: number;
  readonly shared: number;
}

function combineCase(weigh: boolean, { tokens, width, topK, shared }: Shape): KernelCase {
  const random = seededRandom(width + tokens);
  const perToken = topK + shared;
  const routes = randomRoutes({ tokens, experts: 12, topK, shared }, random);
  const stride = Math.ceil(width / 32) * 32;
  const outStride = stride + 32;
  const out = randomRow(tokens * perToken * outStride, tokens * perToken * outStride, random);
  const before = randomRow(tokens * stride, tokens * stride, random);
  const stream = Float32Array.from(before);
  routes.forEach((chosen, t) => {
    for (let c = 0; c < width; c++) {
      let sum = before[t * stride + c]!;
      chosen.forEach(({ weight }, k) => {
        sum += (weigh ? weight : 1) * out[(t * perToken + k) * outStride + c]!;
      });
      stream[t * stride + c] = sum;
    }
  });
  return {
    title: `${tokens} x ${width}, ${topK} + ${shared} a token`,
    card: expertCombine({ weigh }),
    params: { width, stride, outStride, perToken },
    tokens,
    buffers: { out, routes: packRoutes(routes), stream: before },
    reference: () => ({ stream }),
    tolerance: f32Tolerance({ stream }),
  };
}

export const expertCombineSuite: KernelSuite = {
  name: 'expertCombine',
  cases: () =>
    [true, false].flatMap((weigh) => [
      combineCase(weigh, { tokens: 1, width: 50, topK: 1, shared: 0 }),
      combineCase(weigh, { tokens: 7, width: 64, topK: 4, shared: 1 }),
      combineCase(weigh, { tokens: 70, width: 129, topK: 2, shared: 3 }),
    ]),
};
