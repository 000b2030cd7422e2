/**
 * What attention over latents is made of, for one token and for a chunk: queries that
 * mlaAbsorb made, the cache, and where rows (a token's head each) begin, end and go.
 */
import type { KernelCard, KernelShape, ParamField } from '../card.ts';
import { declare, type TypedBinding } from '../declare.ts';
import { kvFormat, type KvType } from '../kv/kv.ts';
import hardware from './attendHardware.wgsl?raw';
import software from './attendSoftware.wgsl?raw';
import { checkRank, latentBinding } from './latent.ts';
import queryRows from './queryRows.wgsl?raw';

export interface MlaAttendOptions {
  readonly kv: KvType;
  readonly shape: KernelShape;
}

export interface MlaAttendHalf {
  readonly name: string;
  /** Those besides heads, kvRank, ropeDim and queryStride; `splits` among them cuts the context. */
  readonly params: readonly ParamField[];
  readonly result: TypedBinding;
  /** What a row sees and where its result goes. */
  readonly rowsWgsl: string;
  /** Rows of a workgroup on hardware. */
  readonly hardwareRows: number;
}

const SHARED: readonly ParamField[] = [
  { name: 'heads', type: 'u32' },
  { name: 'kvRank', type: 'u32' }, // a multiple of 4, at most 512
  { name: 'ropeDim', type: 'u32' }, // a multiple of 4
  { name: 'queryStride', type: 'u32' }, // floats from one token's row to the next, a multiple of 4
];

const QUERIES: TypedBinding = {
  name: 'queries',
  access: 'read',
  shape: '[tokens, queryStride/4], heads of kvRank + ropeDim',
  element: 'vec4<f32>',
};

/** Of the software shape, four rows each. */
const SOFTWARE_THREADS = 4;

export function mlaAttendCard(half: MlaAttendHalf, { kv, shape }: MlaAttendOptions): KernelCard {
  const params = [...SHARED, ...half.params];
  const bindings = [QUERIES, latentBinding(kv, 'read'), half.result];
  const rows = shape === 'hardware' ? half.hardwareRows : SOFTWARE_THREADS * 4;
  return {
    name: `${half.name}.${kv}.${shape}`,
    params,
    bindings,
    usesStep: true,
    wgsl: [
      declare(params, bindings, true),
      kvFormat(kv).wgsl,
      queryRows,
      half.rowsWgsl,
      shape === 'hardware' ? hardware : software,
    ].join('\n'),
    constants: shape === 'hardware' ? { ROWS: rows } : { THREADS: SOFTWARE_THREADS },
    needs: [],
    grid: ({ heads = 0, kvRank = 0, splits = 1 }, tokens) => {
      checkRank(half.name, kvRank);
      return [Math.ceil((heads * tokens) / rows), splits, 1];
    },
  };
}
