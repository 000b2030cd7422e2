/** 所有可预见的故障：发生了什么、什么是安全的、该怎么做。 */
import type { Words } from '../english/index.ts';
import { count, size, sizeOf } from '../format.ts';
import type { Facts, FailureTable } from '../words.ts';

const NOTHING_STORED = '没有存入任何内容，其他模型不受影响。';
const ALL_KEPT = '你的模型和这段对话都还在。';
const ARRIVED_KEPT = '已下载的部分会保留。';

/** 出问题的文件；不知道是哪个文件时，用模型的名字。 */
const the = ({ about, file }: Facts): string => (about || file ? `“${file || about}”` : '这个文件');
const model = ({ about }: Facts): string => (about === '' ? '这个模型' : `“${about}”`);
const number = (value: string | number | undefined): number => (typeof value === 'number' ? value : 0);

function stoppedAt({ doneBytes, totalBytes }: Facts): string {
  return number(totalBytes) > 0 ? `（停在 ${sizeOf(number(doneBytes), number(totalBytes))}）` : '';
}

/** 句末括号里的具体事实，有才写。 */
function fact(facts: Facts, ...keys: string[]): string {
  const known = keys.map((key) => facts[key]).filter((value) => value !== undefined && value !== '');
  return known.length > 0 ? `（${known.join('，')}）` : '';
}

/** 哪里的尺寸不对，是多少，应为多少。 */
function sizes(facts: Facts): string {
  const { key, value, tensor, what, expected, found, rows, cols, neededRows, neededCols } = facts;
  if (key !== undefined) return `（${key}：${value}）`;
  if (neededRows !== undefined) return `（${tensor}：${rows} × ${cols}，应为 ${neededRows} × ${neededCols}）`;
  if (expected !== undefined) return `（${tensor}：${shape(found)}，应为 ${shape(expected)}）`;
  return what === undefined ? fact(facts, 'tensor') : `（${tensor}：${what}）`;
}

const shape = (value: string | number | undefined): string => `${value}`.replace(/(\d)x(\d)/g, '$1 × $2');

/** 计算程序刚刚检查无误，算不出数的是权重本身。 */
const noNumbers = ({ what }: Facts): boolean => what === 'logits';

function room(facts: Facts): string {
  const needed = number(facts['needed']);
  return needed > 0 ? `需要 ${size(needed)}，可用 ${size(number(facts['free']))}。` : '';
}

function length({ tokens, context }: Facts): string {
  if (number(tokens) === 0) return '你的消息超出了模型一次能读的长度';
  return `你的消息有 ${count(number(tokens))} 个词元，而模型一次只能读 ${count(number(context))} 个`;
}

export const ofPage: Words['ofPage'] = {
  safe: ALL_KEPT,
  todo: '向导是本页面的一部分：请在联网时刷新页面，它的文件会重新获取。',
};

export const failures = {
  NO_WEBGPU: {
    title: '这个浏览器没有 WebGPU',
    happened: '页面通过 WebGPU 使用你的图形处理器，而这个浏览器没有提供。',
    safe: ALL_KEPT,
    todo: '请使用新版 Chrome、Edge、Firefox 或 Safari，或者按“这台设备”里的步骤打开 WebGPU。',
  },
  NO_ADAPTER: {
    title: '没有可用的图形处理器',
    happened: '这个浏览器支持 WebGPU，但没有把图形处理器交给页面。',
    safe: ALL_KEPT,
    todo: '请在浏览器设置中打开硬件加速，更新显卡驱动程序，然后刷新页面。',
  },
  ADAPTER_TOO_SMALL: {
    title: '这个图形处理器的限制太低',
    happened: (f) =>
      f['modelId'] === undefined
        ? `它有一项限制低于计算的最低需要${fact(f, 'limit', 'name')}。`
        : `${model(f)}中有一部分超出了它一次能处理的大小。`,
    safe: ALL_KEPT,
    todo: (f) =>
      f['modelId'] === undefined
        ? '换一个浏览器或更新驱动程序，限制可能会放宽；否则请换一台设备。'
        : '请用更短的上下文加载，或者换一个更小的模型。',
  },
  DEVICE_LOST: {
    title: '图形处理器被收回了',
    happened: '系统重置了它，或者别的程序占满了它。放在它内存里的模型已经丢失。',
    safe: '存储的模型和这段对话都还在。',
    todo: '请重新加载模型。如果经常这样，请关闭其他大量使用图形的程序，或换小一些的模型。',
  },
  GPU_OUT_OF_MEMORY: {
    title: '图形内存不够',
    happened: (f) => `${model(f)}和它运行所需的内存，现在放不进图形处理器。`,
    safe: ALL_KEPT,
    todo: '请关闭占用图形处理器的其他标签页、游戏和视频，用更短的上下文加载，或者换一个更小的模型。',
  },
  GPU_ERROR: {
    title: '图形处理器拒绝了一条指令',
    happened: (f) => `浏览器报告了它的错误${fact(f, 'what')}。`,
    safe: ALL_KEPT,
    todo: '请重新加载模型。如果再次出现，请更新浏览器或显卡驱动程序。',
  },
  KERNEL_CHECK_FAILED: {
    title: (f) => (noNumbers(f) ? '模型算不出数值' : '这个图形处理器算得不对'),
    happened: (f) =>
      noNumbers(f)
        ? `${model(f)}给出的不是数值，无法从中选出任何词。最可能的原因是它的权重已损坏。`
        : `有一项计算的结果是错的${fact(f, 'kernel')}，继续下去只会得到胡言乱语，所以没有让模型回答。`,
    safe: ALL_KEPT,
    todo: (f) =>
      noNumbers(f)
        ? '请从来源重新获取这个模型，或换一个转换版本。如果其他模型也这样，请在“这台设备”里做一次自检。'
        : '请更新浏览器和显卡驱动程序，再重新加载模型。“这台设备”里的自检会指出哪些计算有误。',
  },
  NOT_A_MODEL: {
    title: '不是模型文件',
    happened: (f) => `${the(f)}既不是 GGUF，也不是本页面能读的 safetensors 文件。`,
    safe: NOTHING_STORED,
    todo: '请选择以 .gguf 结尾的文件，或者模型的整个文件夹：config.json、tokenizer.json 和其中的 .safetensors 文件。',
  },
  FILE_TRUNCATED: {
    title: '文件不完整',
    happened: (f) => `${the(f)}比它自己的目录所写的要短。`,
    safe: NOTHING_STORED,
    todo: '请重新获取文件，并与来源处的大小核对。',
  },
  FILE_CORRUPT: {
    title: '文件已损坏',
    happened: (f) => `${the(f)}的内容自相矛盾${fact(f, 'what', 'tensor')}。`,
    safe: NOTHING_STORED,
    todo: '请从来源重新获取这个文件。',
  },
  UNSUPPORTED_FAMILY: {
    title: '还不支持这一类模型',
    happened: (f) =>
      f['what'] === undefined
        ? `${the(f)}属于本页面还没有实现的模型家族${fact(f, 'family')}。`
        : `${the(f)}是 ${f['family']} 家族中的一种（${f['what']}），本页面还没有实现。`,
    safe: NOTHING_STORED,
    todo: '请选择以下家族的模型：Llama、Mistral、Mixtral、Qwen、Gemma 3、SmolLM3、OLMoE、Granite MoE、gpt-oss、DeepSeek、GLM-4.7-Flash 或 LFM2 MoE。',
  },
  UNSUPPORTED_TYPE: {
    title: '还不支持这种数值格式',
    happened: (f) => `${the(f)}存放权重的方式本页面无法解开${fact(f, 'type', 'tensor')}。`,
    safe: NOTHING_STORED,
    todo: '请选择同一模型的其他形式。GGUF 文件可用 Q4_0、Q4_K_M、Q5_K_M、Q6_K 和 Q8_0；safetensors 可用 BF16、FP8 和 MXFP4，以及 GPTQ、AWQ 或 MLX 的 4 位量化。',
  },
  UNSUPPORTED_TOKENIZER: {
    title: '还不支持这种分词器',
    happened: (f) => `${the(f)}切分文字的方式本页面不认识${fact(f, 'tokenizer', 'pre', 'model')}。`,
    safe: NOTHING_STORED,
    todo: '请选择其他模型。',
  },
  BAD_DIMENSIONS: {
    title: '模型的尺寸不合理',
    happened: (f) => `${the(f)}写明的尺寸彼此对不上${sizes(f)}。`,
    safe: NOTHING_STORED,
    todo: '请重新获取文件，或换一个转换版本。',
  },
  MISSING_TENSOR: {
    title: '模型缺少一部分',
    happened: (f) => `${the(f)}缺少它的家族必需的权重${fact(f, 'tensor')}。`,
    safe: NOTHING_STORED,
    todo: '请换一个转换版本。',
  },
  MISSING_PART: {
    title: '缺少模型的一个文件',
    happened: (f) => `这个模型由几个文件组成，其中一个不在${fact(f, 'file')}。`,
    safe: NOTHING_STORED,
    todo: '请把所有文件一起选上，或者选择整个文件夹。',
  },
  BAD_TEMPLATE: {
    title: '模型的对话模板无法使用',
    happened: (f) => `用来告诉${model(f)}谁在说话的模板，无法套用到这段对话上。`,
    safe: ALL_KEPT,
    todo: '如果写了系统提示词，请先去掉；否则换一个转换版本。',
  },
  QUOTA: {
    title: '空间不够',
    happened: (f) => `浏览器放不下${f.about === '' ? '这些内容' : `“${f.about}”`}。${room(f)}`,
    safe: '之前存储的内容没有变化。',
    todo: '请删除一个模型，或清理磁盘空间，然后继续。',
  },
  STORAGE: {
    title: '浏览器的存储无法使用',
    happened: (f) =>
      f['what'] === 'conversation' ? '这段对话没能写入磁盘。' : `在这台设备上读取或写入失败${stoppedAt(f)}。`,
    safe: (f) =>
      f['what'] === 'conversation' ? '在关闭页面之前，它仍然在这里。' : '之前存储的内容没有变化。',
    todo: '原因可能是隐私窗口或磁盘已满：请检查后再试。',
  },
  RECORD_CORRUPT: {
    title: '存储的模型已损坏',
    happened: (f) => `${model(f)}存在这台设备上的一部分，已不是当初写入的内容${fact(f, 'record')}。`,
    safe: '其他模型和这段对话都还在。',
    todo: '请删除这个模型，再重新导入。',
  },
  MODEL_NOT_FOUND: {
    title: '这个模型已经不在了',
    happened: (f) => `浏览器的存储里没有${model(f)}，可能被浏览器或另一个标签页删除了。`,
    safe: '其他模型和这段对话都还在。',
    todo: '请重新导入。',
  },
  MODEL_BUSY: {
    title: '另一个标签页正在处理这个模型',
    happened: (f) => `${model(f)}正在另一个标签页里导入或删除。`,
    safe: '那边的工作会继续。',
    todo: '请等它完成，或关闭那个标签页，然后再试。',
  },
  NETWORK: {
    title: '网络没有回应',
    happened: (f) =>
      stoppedAt(f) === ''
        ? `无法连接${f.about === '' ? '这个地址' : `“${f.about}”的地址`}。`
        : `${f.about === '' ? '' : `“${f.about}”的`}下载中断${stoppedAt(f)}。`,
    safe: ARRIVED_KEPT,
    todo: (f) => (stoppedAt(f) === '' ? '请在联网后再试。' : '恢复联网后再继续。'),
  },
  HTTP_STATUS: {
    title: '服务器拒绝了请求',
    happened: (f) =>
      `服务器${f.about === '' ? '' : `对“${f.about}”`}返回了错误${fact(f, 'status')}。${number(f['status']) === 401 || number(f['status']) === 403 ? '这个文件可能需要登录账号或接受许可。' : ''}`,
    safe: ARRIVED_KEPT,
    todo: '请检查地址。需要账号的文件，可以先用浏览器下载，再从磁盘打开。',
  },
  NO_RANGES: {
    title: '这个服务器不能分段发送文件',
    happened: '模型要一段一段地取，而这个服务器只会整个发送。',
    safe: NOTHING_STORED,
    todo: '请先用浏览器保存文件，再从磁盘打开。',
  },
  SOURCE_CHANGED: {
    title: '来源处的文件已改变',
    happened: (f) => `${the(f)}已不是这次导入开始时的那个文件。`,
    safe: `${ARRIVED_KEPT}它们属于旧的文件。`,
    todo: '请删除未完成的导入，重新开始。',
  },
  CONTEXT_FULL: {
    title: '消息太长',
    happened: (f) => `${length(f)}，即使去掉较早的消息也放不下。`,
    safe: '这段对话还在。',
    todo: '请缩短消息或系统提示词，或在设置里加长上下文后重新加载模型。',
  },
  BAD_REQUEST: {
    title: '现在无法这样做',
    happened: (f) => `引擎没有接受这个请求${fact(f, 'what')}。`,
    safe: ALL_KEPT,
    todo: '请检查输入的内容。如果看不出问题，请刷新页面。',
  },
  CANCELLED: {
    title: '已停止',
    happened: '它在完成之前被停止了。',
    safe: ALL_KEPT,
    todo: '随时可以重新开始。',
  },
  INTERNAL: {
    title: '页面自身的故障',
    happened: '发生了页面没有料到的情况。',
    safe: ALL_KEPT,
    todo: '请刷新页面。如果再次出现，请附上下面这一行反馈给我们。',
  },
} satisfies FailureTable;
