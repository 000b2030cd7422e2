/**
 * Writes GGUF files for tests, after the format's description and without any of
 * the code that reads them: a dense llama with a byte-level tokenizer.
 */
export interface TinyTensor {
  readonly name: string;
  /** Fastest dimension first. */
  readonly dims: readonly number[];
  readonly type: 'F32' | 'Q8_0';
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface TinyModel {
  readonly file: Uint8Array<ArrayBuffer>;
  readonly tensors: readonly TinyTensor[];
}

type Value =
  | string
  | boolean
  | { u32: number }
  | { f32: number }
  | { u16: number }
  | readonly string[]
  | { i32s: readonly number[] };

const TYPE_IDS = { F32: 0, Q8_0: 8 } as const;
const ALIGN = 32;

export interface LlamaShape {
  readonly hidden: number;
  readonly inner: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly layers: number;
  readonly vocab: number;
}

export const TINY: LlamaShape = {
  hidden: 64,
  inner: 160,
  heads: 4,
  kvHeads: 2,
  headDim: 16,
  layers: 4,
  vocab: 300,
};

/** The same seed gives the same bytes; another gives other weights under the same header. */
export function tinyLlama(seed = 1, architecture = 'llama', shape = TINY): TinyModel {
  const tensors = llamaTensors(seed, shape);
  return { file: ggufFile(metadata(architecture, shape), tensors), tensors };
}

/** The same model in two files. */
export function splitTinyLlama(seed = 1): readonly Uint8Array<ArrayBuffer>[] {
  const tensors = llamaTensors(seed, TINY);
  const half = Math.floor(tensors.length / 2);
  return [tensors.slice(0, half), tensors.slice(half)].map((part, index) =>
    ggufFile(
      {
        ...(index === 0 ? metadata('llama', TINY) : {}),
        'split.no': { u16: index },
        'split.count': { u16: 2 },
        'split.tensors.count': { i32s: [tensors.length] },
      },
      part,
    ),
  );
}

function metadata(architecture: string, shape: LlamaShape): Record<string, Value> {
  const tokens = Array.from({ length: shape.vocab }, (_, i) =>
    i === 0 ? '<s>' : i === 1 ? '</s>' : `t${i}`,
  );
  return {
    'general.architecture': architecture,
    'general.name': 'Tiny Llama',
    'general.license': 'mit',
    [`${architecture}.block_count`]: { u32: shape.layers },
    [`${architecture}.context_length`]: { u32: 128 },
    [`${architecture}.embedding_length`]: { u32: shape.hidden },
    [`${architecture}.feed_forward_length`]: { u32: shape.inner },
    [`${architecture}.attention.head_count`]: { u32: shape.heads },
    [`${architecture}.attention.head_count_kv`]: { u32: shape.kvHeads },
    [`${architecture}.attention.layer_norm_rms_epsilon`]: { f32: 1e-5 },
    [`${architecture}.rope.freq_base`]: { f32: 10_000 },
    'tokenizer.ggml.model': 'gpt2',
    'tokenizer.ggml.pre': 'default',
    'tokenizer.ggml.tokens': tokens,
    'tokenizer.ggml.token_type': { i32s: tokens.map((_, i) => (i < 2 ? 3 : 1)) },
    'tokenizer.ggml.merges': ['t 2'],
    'tokenizer.ggml.bos_token_id': { u32: 0 },
    'tokenizer.ggml.eos_token_id': { u32: 1 },
  };
}

function llamaTensors(seed: number, shape: LlamaShape): TinyTensor[] {
  const random = mulberry(seed);
  const vector = (name: string, size: number): TinyTensor => f32(name, [size], random);
  const matrix = (name: string, cols: number, rows: number): TinyTensor => f32(name, [cols, rows], random);
  const { hidden, inner, heads, kvHeads, headDim, layers, vocab } = shape;
  const layer = (l: number): TinyTensor[] => [
    vector(`blk.${l}.attn_norm.weight`, hidden),
    matrix(`blk.${l}.attn_q.weight`, hidden, heads * headDim),
    matrix(`blk.${l}.attn_k.weight`, hidden, kvHeads * headDim),
    matrix(`blk.${l}.attn_v.weight`, hidden, kvHeads * headDim),
    q8(`blk.${l}.attn_output.weight`, [heads * headDim, hidden], random),
    vector(`blk.${l}.ffn_norm.weight`, hidden),
    matrix(`blk.${l}.ffn_up.weight`, hidden, inner),
    matrix(`blk.${l}.ffn_gate.weight`, hidden, inner),
    matrix(`blk.${l}.ffn_down.weight`, inner, hidden),
  ];
  return [
    matrix('token_embd.weight', hidden, vocab),
    ...Array.from({ length: layers }, (_, l) => layer(l)).flat(),
    vector('output_norm.weight', hidden),
  ];
}

function f32(name: string, dims: readonly number[], random: () => number): TinyTensor {
  const values = new Float32Array(dims.reduce((a, b) => a * b));
  for (let i = 0; i < values.length; i++) values[i] = random() - 0.5;
  return { name, dims, type: 'F32', bytes: new Uint8Array(values.buffer) };
}

/** Blocks of an f16 scale of 2^-8 and 32 signed bytes. */
function q8(name: string, dims: readonly number[], random: () => number): TinyTensor {
  const blocks = dims.reduce((a, b) => a * b) / 32;
  const bytes = Uint8Array.from({ length: blocks * 34 }, () => Math.floor(random() * 256));
  for (let block = 0; block < blocks; block++) bytes.set([0x00, 0x1c], block * 34);
  return { name, dims, type: 'Q8_0', bytes };
}

function ggufFile(facts: Record<string, Value>, tensors: readonly TinyTensor[]): Uint8Array<ArrayBuffer> {
  const chunks: Uint8Array[] = [
    new TextEncoder().encode('GGUF'),
    u32(3),
    u64(tensors.length),
    u64(Object.keys(facts).length),
  ];
  for (const [key, value] of Object.entries(facts)) chunks.push(string(key), ...encode(value));
  let offset = 0;
  for (const { name, dims, type, bytes } of tensors) {
    chunks.push(string(name), u32(dims.length), ...dims.map(u64), u32(TYPE_IDS[type]), u64(offset));
    offset = align(offset + bytes.length);
  }
  const header = concat(chunks);
  const dataStart = align(header.length);
  const file = new Uint8Array(dataStart + offset);
  file.set(header);
  let at = dataStart;
  for (const { bytes } of tensors) {
    file.set(bytes, at);
    at = align(at + bytes.length);
  }
  return file;
}

function encode(value: Value): Uint8Array[] {
  if (typeof value === 'string') return [u32(8), string(value)];
  if (typeof value === 'boolean') return [u32(7), Uint8Array.of(value ? 1 : 0)];
  if ('u32' in value) return [u32(4), u32(value.u32)];
  if ('u16' in value) return [u32(2), Uint8Array.of(value.u16 & 255, value.u16 >> 8)];
  if ('f32' in value) return [u32(6), new Uint8Array(Float32Array.of(value.f32).buffer)];
  if ('i32s' in value) {
    // One alone is a plain i32, as `split.tensors.count` is.
    const [only] = value.i32s;
    if (value.i32s.length === 1 && only !== undefined) return [u32(5), u32(only)];
    return [u32(9), u32(5), u64(value.i32s.length), ...value.i32s.map(u32)];
  }
  return [u32(9), u32(8), u64(value.length), ...value.map(string)];
}

const align = (bytes: number): number => Math.ceil(bytes / ALIGN) * ALIGN;
const u32 = (value: number): Uint8Array => new Uint8Array(Uint32Array.of(value).buffer);
const u64 = (value: number): Uint8Array => new Uint8Array(BigUint64Array.of(BigInt(value)).buffer);

function string(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  return concat([u64(bytes.length), bytes]);
}

function concat(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

/** mulberry32, public domain. */
function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
