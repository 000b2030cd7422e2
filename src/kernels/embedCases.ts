/** The cases of embed: every layout, whole and in chunks of rows. */
import { scaleSpan, WEIGHT_LAYOUTS, type WeightLayout } from '../formats/layouts.ts';
import type { KernelCase, KernelSuite } from './card.ts';
import { embed } from './embed.ts';
import { hasScales } from './quant/layouts.ts';
import { f32Tolerance, randomMatrix, randomRow, seededRandom } from './quant/plain.ts';

interface Shape {
  readonly cols: number;
  readonly position: number;
  readonly tokens: number;
  readonly rowStart: number;
  readonly scale: number;
}

const ROWS = 11;
const VOCAB = 40;

function embedCase(layout: WeightLayout, shape: Shape, seed: number): KernelCase {
  const random = seededRandom(seed);
  const { cols, position, tokens, rowStart, scale } = shape;
  const matrix = randomMatrix({ layout, rows: ROWS, cols }, random);
  const outStride = matrix.padded + 32;
  const timeline = Uint32Array.from({ length: position + tokens + 2 }, (_, i) =>
    // Ids of this chunk, with its first, its last and their neighbours outside among them.
    i < position ? 0 : Math.min(VOCAB - 1, Math.max(0, rowStart - 1 + ((i - position) % (ROWS + 2)))),
  );
  const out = randomRow(tokens * outStride, tokens * outStride, random);
  // The kernel may write zeros between width and the quad's end.
  for (let t = 0; t < tokens; t++) out.fill(0, t * outStride + cols, t * outStride + matrix.padded);
  const card = embed({ layout });
  const all = { ...matrix.planes, timeline, out };
  const want = Float32Array.from(out);
  for (let t = 0; t < tokens; t++) {
    const row = timeline[position + t]! - rowStart;
    if (row < 0 || row >= ROWS) continue;
    for (let c = 0; c < cols; c++) want[t * outStride + c] = scale * matrix.weights[row * matrix.padded + c]!;
  }
  const expected = { out: want };
  return {
    title: `${card.name} [${ROWS}, ${cols}] rows from ${rowStart}, ${tokens} tokens at ${position}`,
    card,
    params: { width: cols, groups: matrix.padded / 32, rowStart, rowCount: ROWS, outStride, scale },
    step: { position, tokens, seed: 0 },
    tokens,
    buffers: all,
    reference: () => expected,
    tolerance: f32Tolerance(expected),
  };
}

export const embedSuite: KernelSuite = {
  name: 'embed',
  cases: () =>
    WEIGHT_LAYOUTS.flatMap((layout, i) => {
      const cols = scaleSpan(layout) === 256 ? 512 : hasScales(layout) ? 160 : 50;
      return [
        embedCase(layout, { cols, position: 0, tokens: 1, rowStart: 1, scale: 1 }, i + 1),
        embedCase(layout, { cols, position: 5, tokens: 15, rowStart: 17, scale: Math.sqrt(640) }, i + 31),
      ];
    }),
};
