/**
 * A kernel is a card beside its WGSL: what it computes, what it binds, how it is
 * launched, the plain reference, and the cases that hold it to the reference.
 *
 * Group 0 of every kernel: binding 0 the uniform struct Params (fields in the
 * order of `params`, 4 bytes each), then `bindings` in order from 1.
 * Group 1, where `usesStep`: binding 0 the uniform Step { position: u32, tokens:
 * u32, seed: u32, pad: u32 } at a dynamic offset; position is the count of tokens
 * already in the KV cache, tokens how many this step adds.
 *
 * Activations are f32 rows padded with zeros to a multiple of 32; a kernel never
 * writes the padding.
 */
export interface KernelCard {
  readonly name: string;
  /** Params fields in order. */
  readonly params: readonly ParamField[];
  readonly bindings: readonly BindingField[];
  readonly usesStep: boolean;
  /** Joined whole files; no text is spliced into a shader. */
  readonly wgsl: string;
  /** Values for `override` declarations. */
  readonly constants: Readonly<Record<string, number>>;
  /** Device features the WGSL needs ('shader-f16', 'subgroups'). */
  readonly needs: readonly string[];
  grid(params: Params, tokens: number): readonly [number, number, number];
}

/** 'hardware' for GPUs, 'software' for emulators: the same results, other work per thread. */
export type KernelShape = 'hardware' | 'software';

export interface ParamField {
  readonly name: string;
  readonly type: 'u32' | 'f32' | 'i32';
}
export type Params = Readonly<Record<string, number>>;

export interface BindingField {
  readonly name: string;
  readonly access: 'read' | 'read_write';
  /** For the reader: '[rows, cols/32] vec4<u32>'. */
  readonly shape: string;
}

export type HostArray = Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;

/** One run of one card, with its truth. `buffers` holds every binding's initial content. */
export interface KernelCase {
  readonly title: string;
  readonly card: KernelCard;
  readonly params: Params;
  readonly step?: { readonly position: number; readonly tokens: number; readonly seed: number };
  readonly tokens: number;
  /** The grid, for a card launched by what another kernel wrote. */
  readonly indirect?: readonly [number, number, number];
  readonly buffers: Readonly<Record<string, HostArray>>;
  /** Expected content of the written bindings, from plain loops in f64 where sums are long. */
  reference(): Readonly<Record<string, HostArray>>;
  /** Written bindings of pairs, an integer and the bits of a f32: the f32 alone has a tolerance. */
  readonly weighted?: readonly string[];
  /** Normalised mean square error sum((a-b)^2)/sum(b^2), and the largest |a-b|; 0 for integers. */
  readonly tolerance: { readonly nmse: number; readonly maxAbs: number };
}

/** A card module exports its family of variants and the cases of all of them. */
export interface KernelSuite {
  readonly name: string;
  /** Small enough for a software adapter: the whole list in a few seconds. */
  cases(): readonly KernelCase[];
}
