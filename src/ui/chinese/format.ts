/** 数字的说法。 */
import type { Words } from '../english/index.ts';

export const format: Words['format'] = {
  of: (done, total, unit) => `${done} / ${total} ${unit}`,
  seconds: (n) => `${n} 秒`,
  minutes: (n) => `${n} 分钟`,
  hours: (hours, minutes) => (minutes === 0 ? `${hours} 小时` : `${hours} 小时 ${minutes} 分钟`),
};
