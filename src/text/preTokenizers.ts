/**
 * How byte-level BPE cuts text into words before it merges: each name that
 * GGUF's `tokenizer.ggml.pre` may hold, and the regular expressions its model's
 * own tokenizer.json applies, one after the other, each splitting what the one
 * before left. Where llama.cpp simplified an expression for its engine, the
 * original stands here.
 */
export interface PreTokenizer {
  readonly patterns: readonly string[];
  /** A word that is a token as it stands is taken whole, whatever the merges say. */
  readonly ignoreMerges: boolean;
  /** What `add_bos_token` is where the file does not say. */
  readonly addBos: boolean;
  /** Text is composed (NFC) first. */
  readonly compose: boolean;
}

const CONTRACTION = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
const GPT2 = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
const CL100K_TAIL = ' ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+';
const O200K_TAIL = ' ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+';
const LLAMA3 = `${CONTRACTION}|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}|${CL100K_TAIL}`;
const QWEN2 = `${CONTRACTION}|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}|${CL100K_TAIL}`;
const QWEN35 = `${CONTRACTION}|[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]+|\\p{N}| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`;
const UPPER = '[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]';
const LOWER = '[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]';
const TEKKEN = `[^\\r\\n\\p{L}\\p{N}]?${UPPER}*${LOWER}+|[^\\r\\n\\p{L}\\p{N}]?${UPPER}+${LOWER}*|\\p{N}|${O200K_TAIL}`;
const GPT4O = `[^\\r\\n\\p{L}\\p{N}]?${UPPER}*${LOWER}+${CONTRACTION}?|[^\\r\\n\\p{L}\\p{N}]?${UPPER}+${LOWER}*${CONTRACTION}?|\\p{N}{1,3}|${O200K_TAIL}`;
const HAN = '[\u4E00-\u9FA5\u0800-\u4E00\uAC00-\uD7FF]+';
const DEEPSEEK_V3 = [
  '\\p{N}{1,3}',
  '[\u4E00-\u9FA5\u3040-\u309F\u30A0-\u30FF]+',
  '[!"#$%&\'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+',
];
/** DeepSeek LLM's list of letters with case, as its tokenizer.json spells it. */
const CASED =
  'A-Za-z\u00B5\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u01BA\u01BC-\u01BF\u01C4-\u0293\u0295-\u02AF\u0370-\u0373\u0376\u0377\u037B-\u037D\u037F\u0386\u0388-\u038A\u038C\u038E-\u03A1\u03A3-\u03F5\u03F7-\u0481\u048A-\u052F\u0531-\u0556\u10A0-\u10C5\u13A0-\u13F5\u13F8-\u13FD\u1C90-\u1CBA\u1CBD-\u1CBF\u1D00-\u1D2B\u1D6B-\u1D77\u1D79-\u1D9A\u1E00-\u1F15\u1F18-\u1F1D\u1F20-\u1F45\u1F48-\u1F4D\u1F50-\u1F57\u1F59\u1F5B\u1F5D\u1F5F-\u1F7D\u1F80-\u1FB4\u1FB6-\u1FBC\u1FBE\u1FC2-\u1FC4\u1FC6-\u1FCC\u1FD0-\u1FD3\u1FD6-\u1FDB\u1FE0-\u1FEC\u1FF2-\u1FF4\u1FF6-\u1FFC\u2102\u2107\u210A-\u2113\u2115\u2119-\u211D\u2124\u2126\u2128\u212A-\u212D\u212F-\u2134\u2139\u213C-\u213F\u2145-\u2149\u214E\u2183\u2184\u2C00-\u2C7B\u2C7E-\u2CE4\u2CEB-\u2CEE\u2CF2\u2CF3\uA640-\uA66D\uA680-\uA69B\uA722-\uA76F\uA771-\uA787\uA78B-\uA78E\uAB70-\uABBF\uFB00-\uFB06\uFB13-\uFB17\uFF21-\uFF3A\uFF41-\uFF5A\u{10400}-\u{1044F}\u{104B0}-\u{104D3}\u{104D8}-\u{104FB}\u{10C80}-\u{10CB2}\u{10CC0}-\u{10CF2}\u{118A0}-\u{118DF}\u{1E900}-\u{1E943}';
const BLOOM = ' ?[^(\\s|.,!?…。，、।۔،)]+';

interface Choice {
  readonly names: readonly string[];
  readonly patterns: readonly string[];
  readonly ignoreMerges?: boolean;
  readonly addBos?: boolean;
  readonly compose?: boolean;
}

const CHOICES: readonly Choice[] = [
  {
    // Files made before GGUF named its pre-tokenizer.
    names: ['default'],
    patterns: ['[\\p{P}\\$\\+<=>\\^~\\|]+', GPT2, '\\p{N}+', '[0-9][0-9][0-9]'],
  },
  {
    names: [
      'gpt-2',
      'phi-2',
      'gigachat',
      'a.x-4.0',
      'mellum',
      'mpt',
      'jais',
      'trillion',
      'granite-docling',
      'exaone4',
    ],
    patterns: [GPT2],
  },
  { names: ['olmo', 'dolma'], patterns: [GPT2], compose: true },
  {
    names: ['smollm', 'starcoder', 'refact', 'command-r', 'codeshell', 'exaone', 'minerva-7b', 'mellum2'],
    patterns: ['\\p{N}', GPT2],
  },
  {
    names: ['llama-bpe', 'llama3', 'llama-v3', 'falcon3', 'falcon-h1', 'pixtral', 'midm-2.0', 'lfm2'],
    patterns: [LLAMA3],
    ignoreMerges: true,
    addBos: true,
  },
  { names: ['dbrx', 'smaug-bpe', 'glm4', 'chatglm-bpe'], patterns: [LLAMA3] },
  { names: ['minicpm5'], patterns: ['\\p{N}{1,3}', LLAMA3.replace('{1,3}', '+')], ignoreMerges: true },
  // llama.cpp leaves composing out; Qwen's own tokenizer does it.
  { names: ['qwen2', 'deepseek-r1-qwen', 'megrez', 'kormo'], patterns: [QWEN2], compose: true },
  { names: ['qwen35'], patterns: [QWEN35], compose: true },
  { names: ['stablelm2', 'hunyuan', 'solar-open', 'grok-2'], patterns: [QWEN2] },
  {
    names: ['bailingmoe', 'bailingmoe2', 'llada-moe'],
    patterns: [
      "'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]|\\s+(?!\\S)|\\s+",
    ],
  },
  {
    names: ['seed-coder'],
    patterns: [
      `${CONTRACTION}|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1}| ?[^\\s\\p{L}\\p{N}\\r\\n]+|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`,
    ],
  },
  { names: ['tekken'], patterns: [TEKKEN], ignoreMerges: true, addBos: true },
  { names: ['gpt-4o', 'llama4', 'kanana2', 'minimax-m2'], patterns: [GPT4O] },
  { names: ['deepseek-v3', 'hunyuan-dense', 'joyai-llm', 'hy_v4'], patterns: DEEPSEEK_V3 },
  {
    names: ['deepseek-llm'],
    patterns: [
      '[\\r\\n]',
      `\\s?[${CASED}]+`,
      '\\s?[!-/:-~\uFF01-\uFF0F\uFF1A-\uFF5E\u2018-\u201F\u3000-\u3002]+',
      '\\s+$',
      HAN,
      '\\p{N}+',
    ],
  },
  { names: ['deepseek-coder'], patterns: ['[\\r\\n]', '\\s?\\p{L}+', '\\s?\\p{P}+', HAN, '\\p{N}'] },
  { names: ['falcon'], patterns: ['[\\p{P}\\$\\+<=>\\^~\\|`]+', GPT2, '[0-9][0-9][0-9]'] },
  { names: ['poro-chat', 'bloom', 'gpt3-finnish'], patterns: [BLOOM] },
  { names: ['viking'], patterns: [BLOOM, '\\p{N}'] },
];

const BY_NAME: ReadonlyMap<string, PreTokenizer> = new Map(
  CHOICES.flatMap(({ names, patterns, ignoreMerges = false, addBos = false, compose = false }) =>
    names.map((name) => [name, { patterns, ignoreMerges, addBos, compose }] as const),
  ),
);

/** Every name there is a pre-tokenizer for. */
export const PRE_TOKENIZER_NAMES: readonly string[] = [...BY_NAME.keys()];

export function preTokenizerNamed(name: string): PreTokenizer | undefined {
  return BY_NAME.get(name);
}
