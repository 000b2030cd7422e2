/** 对话之外的框架。 */
import type { Words } from '../english/index.ts';
import { size } from '../format.ts';

export const language: Words['language'] = { tag: 'zh-Hans', name: '简体中文' };

export const name: Words['name'] = 'Shoal';

export const title: Words['title'] = 'Shoal：在自己设备上运行的聊天模型';

export const what: Words['what'] =
  'Shoal 用这台设备自己的图形处理器运行聊天模型。首次下载之后不再需要网络，你写的内容不会离开这台设备。';

export const state: Words['state'] = {
  ready: '就绪',
  reading: '正在阅读',
  speaking: '正在回答',
  loading: '正在加载',
  phases: {
    device: '正在唤醒图形处理器',
    weights: '正在把权重送入图形处理器',
    kernels: '正在准备计算程序',
    ready: '就绪',
  },
  memory: (bytes) => size(bytes),
  lost: '设备已断开',
};

export const alerts: Words['alerts'] = {
  region: '出现的问题',
  dismiss: '关闭提示',
  loadAgain: '重新加载模型',
  reload: '刷新页面',
  coming: (title) => `正在改为加载“${title}”。`,
  now: (title) => `现在由“${title}”回答。`,
  nobody: '现在没有可以回答的模型。',
  detail: '详情',
};

export const missing: Words['missing'] = {
  title: '页面有一部分没有取到',
  words: '可能是网络断开，也可能是页面已有新版本。你的模型和这段对话都还在。请在恢复联网后再试，或刷新页面。',
  again: '再试一次',
};

export const frame: Words['frame'] = {
  conversations: '对话列表',
  hideConversations: '收起对话列表',
  experts: '专家',
  hideExperts: '收起专家视图',
  device: '这台设备',
};

export const standing: Words['standing'] = {
  guide: '向导：微型模型，只会介绍 Shoal。',
  nobody: '尚未加载模型。',
  models: '模型',
  processor: {
    NO_WEBGPU: '它在 CPU 上回答：这个浏览器没有提供 WebGPU。',
    NO_ADAPTER: '它在 CPU 上回答：有 WebGPU，但没有可用的图形处理器。',
    ADAPTER_TOO_SMALL: '它在 CPU 上回答：图形处理器的限制太低，不够运行模型。',
    KERNEL_CHECK_FAILED: '它在 CPU 上回答：有 WebGPU，但检查发现图形处理器算得不对。',
    other: '它在 CPU 上回答：图形处理器无法使用。',
  },
  howTo: '怎样打开',
  whatToDo: '该怎么办',
};

export const tabs: Words['tabs'] = {
  title: 'Shoal 正在另一个标签页中使用',
  body: '图形处理器里只放一个模型，所以同一时间只有一个标签页使用它。两边的对话是同一份。',
  short: '在另一个标签页中',
  takeOver: '在这里使用',
  taking: '正在等另一个标签页让出',
};

export const shortcuts: Words['shortcuts'] = {
  title: '键盘快捷键',
  note: '单个按键在没有输入文字时有效；带修饰键的组合随时有效。',
  or: '或',
  acts: {
    help: '打开这张表',
    newChat: '新对话',
    compose: '跳到输入框',
    stop: '停止回答',
    sidebar: '显示或收起对话列表',
    search: '搜索对话',
    models: '模型',
    settings: '设置',
    previous: '上一个对话',
    next: '下一个对话',
    experts: '显示或收起专家视图',
  },
  single: '启用单键快捷键（没有输入文字时）',
  named: { control: 'Ctrl', shift: 'Shift', escape: 'Esc' },
};

export const update: Words['update'] = { ready: 'Shoal 有新版本。', apply: '刷新并使用', later: '以后再说' };
