/** 对话列表。 */
import { MOST_FILE_BYTES } from '../../state/attachments.ts';
import type { FileRefusal, ImportRefusal } from '../../state/notices.ts';
import type { Words } from '../english/index.ts';
import { count, size } from '../format.ts';

export const conversations: Words['conversations'] = {
  title: '对话',
  close: '收起对话列表',
  new: '新对话',
  untitled: '新对话',
  search: '搜索对话',
  clearSearch: '清除搜索',
  found: (n) => `找到 ${count(n)} 个对话`,
  foundNone: (query) => `没有对话包含“${query}”。`,
  none: '你问过的都会留在这里，只存在这台设备上。',
  speaking: '正在回答',
  pinned: '置顶',
  today: '今天',
  yesterday: '昨天',
  lastWeek: '过去 7 天',
  lastMonth: '过去 30 天',
  options: (title) => `${title}：更多操作`,
  rename: '重命名',
  renameLabel: '标题',
  pin: '置顶',
  unpin: '取消置顶',
  system: '系统提示词',
  exportMarkdown: '导出为 Markdown',
  exportJson: '导出为 JSON',
  remove: '删除',
  import: '导入',
  importHint: '导入此前导出的 JSON 或 Markdown 对话',
  exportAll: '全部导出',
  exportAllHint: '把所有对话导出为一个 JSON 文件',
  systemHint: (title) => `在“${title}”开始前告诉模型的话，从下一次回答起生效。`,
  systemHintNew: '在第一个问题之前告诉模型的话，只用于这个对话。',
  systemOwn: '此对话自己的系统提示词',
  systemDefault: '使用设置里的提示词',
  save: '保存',
  cancel: '取消',
  markdown: { untitled: '对话', you: '你', model: '模型', system: '系统提示词' },
};

export const notices: Words['notices'] = {
  region: '通知',
  dismiss: '知道了',
  undo: '撤销',
  removed: (title) => `已删除“${title}”。`,
  setAside: (n) => `有 ${count(n)} 个对话无法读取，已原样另存在浏览器的存储中。其余内容都在。`,
  newer:
    '这里的对话和设置是由本页面的更新版本保存的，当前版本不会改动它们：现在所做的一切只保留到页面关闭为止。刷新即可换到新版本。',
  imported: (n) => `已导入 ${count(n)} 个对话。`,
  importRefused: (name, why, at) =>
    `没有导入 ${name}：${IMPORT_REASONS[why]}${at === '' ? '' : `（位置：${at}）`}。原有内容没有变动。`,
  fileRefused: (name, why, tokens, allowed) =>
    why === 'long'
      ? `${name} 太长：有 ${count(tokens)} 个词元，而上下文只剩 ${count(allowed)} 个。请只取其中一部分，或在设置里加大上下文后重新加载模型。`
      : `没有添加 ${name}：${FILE_REASONS[why]}。`,
};

const IMPORT_REASONS: Record<ImportRefusal, string> = {
  notOurs: '它不是 Shoal 导出的文件',
  newer: '它由更新版本的 Shoal 写成',
  unreadable: '内容与 Shoal 的格式不符',
};

const FILE_REASONS: Record<Exclude<FileRefusal, 'long'>, string> = {
  binary: '它不是文本，而模型只读文本',
  empty: '它是空的',
  large: `它超过 ${size(MOST_FILE_BYTES)}`,
  unreadable: '浏览器无法读取它',
};
