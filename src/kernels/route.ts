/**
 * route: which experts a token takes, and how much of each.
 *   logits = router · (rmsnorm(x) · normWeight) (+ bias)
 *   scores = softmax over all | softmax over the chosen | sigmoid
 *   chosen = the topK best by score + selectBias, of the groupKept best groups alone
 *   weight = scale · score (/ (Σ chosen scores + renormEps))
 * All in f32; a tie goes to the lower index. Entries leave in ascending order of expert
 * and are followed by the shared expert's pieces: ids experts, experts + 1, … of weight
 * sharedScale, times sigmoid(last router row · normed x) where it is gated.
 *
 * One workgroup per token, at decode and at prefill, so that both route alike. Ranks and
 * places are counted, not sorted: up to 512 experts that is a few hundred comparisons
 * of a thread. Logits that are no numbers choose some topK experts all the same.
 *
 * Sources: transformers' routers of mixtral, olmoe, gpt_oss, llama4, deepseek_v2,
 * deepseek_v3, lfm2_moe and qwen2_moe.
 */
import type { WeightLayout } from '../formats/layouts.ts';
import type { KernelCard, KernelShape, ParamField, Params } from './card.ts';
import { declare, type TypedBinding } from './declare.ts';
import biasNone from './matvec/bias.none.wgsl?raw';
import biasRows from './matvec/bias.rows.wgsl?raw';

import { vectorProduct } from './product/vector.ts';
import { weightBindings, weightReader } from './quant/layouts.ts';
import choose from './route/choose.wgsl?raw';
import input from './route/input.wgsl?raw';
import logitsHardware from './route/logits.hardware.wgsl?raw';
import logitsSoftware from './route/logits.software.wgsl?raw';
import main from './route/main.wgsl?raw';
import selectBiasNone from './route/selectBias.none.wgsl?raw';
import selectBiasRows from './route/selectBias.rows.wgsl?raw';
import workgroupSum from './workgroupSum.wgsl?raw';

export interface RouteOptions {
  readonly layout: WeightLayout;
  readonly shape: KernelShape;
  readonly score: 'softmax' | 'topkSoftmax' | 'sigmoid';
  /** What a group is judged by: its best expert, or the sum of its two best. */
  readonly groups: 'none' | 'max' | 'topTwo';
  readonly bias: boolean;
  readonly selectBias: boolean;
  /** The router has a row more, the shared expert's gate. */
  readonly gatedShared: boolean;
}

const MAX_ROUTED_EXPERTS = 512;

const SCORE_CODE = { softmax: 0, topkSoftmax: 1, sigmoid: 2 } as const;
const GROUPS_CODE = { none: 0, max: 1, topTwo: 2 } as const;
const TEAMS = 8; // one workgroup reads the whole router: as many reads under way as it can have

const PARAMS: readonly ParamField[] = [
  { name: 'experts', type: 'u32' },
  { name: 'topK', type: 'u32' },
  { name: 'pieces', type: 'u32' }, // of the shared expert
  { name: 'groups', type: 'u32' }, // padded columns / 32
  { name: 'width', type: 'u32' }, // columns without padding, which the mean is over
  { name: 'eps', type: 'f32' },
  { name: 'groupCount', type: 'u32' }, // equal runs of experts
  { name: 'groupKept', type: 'u32' },
  { name: 'renormalise', type: 'u32' }, // 0 or 1
  { name: 'renormEps', type: 'f32' },
  { name: 'scale', type: 'f32' },
  { name: 'sharedScale', type: 'f32' },
  { name: 'xStride', type: 'u32' }, // floats
];

function bindingsOf(options: RouteOptions): readonly TypedBinding[] {
  const perExpert = (name: string): TypedBinding => ({
    name,
    access: 'read',
    shape: '[experts]',
    element: 'f32',
  });
  return [
    ...weightBindings(options.layout),
    { name: 'x', access: 'read', shape: '[tokens, xStride/4]', element: 'vec4<f32>' },
    { name: 'normWeight', access: 'read', shape: '[cols/4]', element: 'vec4<f32>' },
    ...(options.bias ? [perExpert('bias')] : []),
    ...(options.selectBias ? [perExpert('selectBias')] : []),
    {
      name: 'routes',
      access: 'read_write',
      shape: '[tokens, topK + pieces] (id, weight)',
      element: 'vec2<u32>',
    },
  ];
}

function routeName(options: RouteOptions): string {
  const parts = ['route', options.layout, options.shape, options.score];
  if (options.groups !== 'none') parts.push(options.groups);
  if (options.bias) parts.push('bias');
  if (options.selectBias) parts.push('selectBias');
  if (options.gatedShared) parts.push('gatedShared');
  return parts.join('.');
}

/** Has room for that many experts; the grid throws where the parameters ask for more. */
export function route(options: RouteOptions, experts: number): KernelCard {
  const name = routeName(options);
  if (experts > MAX_ROUTED_EXPERTS)
    throw new Error(`${name}: ${experts} experts, at most ${MAX_ROUTED_EXPERTS}`);
  const bindings = bindingsOf(options);
  const product = vectorProduct(options.shape, TEAMS);
  return {
    name,
    params: PARAMS,
    bindings,
    usesStep: false,
    wgsl: [
      declare(PARAMS, bindings, false),
      weightReader(options.layout),
      workgroupSum,
      input,
      options.bias ? biasRows : biasNone,
      options.selectBias ? selectBiasRows : selectBiasNone,
      choose,
      product.wgsl,
      options.shape === 'software' ? logitsSoftware : logitsHardware,
      main,
    ].join('\n'),
    constants: {
      ...product.constants,
      SCORE: SCORE_CODE[options.score],
      GROUPS: GROUPS_CODE[options.groups],
      SELECT_BIAS: options.selectBias ? 1 : 0,
      SHARED_GATE: options.gatedShared ? 1 : 0,
      MAX_EXPERTS: experts,
    },
    needs: [],
    grid: (params: Params, tokens: number) => {
      assertRoutable(name, options, experts, params);
      return [tokens, 1, 1];
    },
  };
}

function assertRoutable(name: string, { groups }: RouteOptions, room: number, params: Params): void {
  const { experts = 0, topK = 0, groupCount = 0 } = params;
  if (experts > room) throw new Error(`${name}: ${experts} experts, at most ${room}`);
  if (topK > experts) throw new Error(`${name}: ${topK} of ${experts} experts`);
  const smallest = groups === 'topTwo' ? 2 : 1;
  if (groups !== 'none' && (experts % groupCount !== 0 || experts / groupCount < smallest))
    throw new Error(`${name}: ${experts} experts in ${groupCount} groups`);
}
