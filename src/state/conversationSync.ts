/** Tells other tabs of this page which entries were written, and hears it from them. */
import * as v from 'valibot';
import type { Channel } from './channel.ts';
import { BODIES, HEADS } from './savedKeys.ts';

const WrittenSchema = v.object({ written: v.array(v.string()) });

/** Drafts stay with the tab they are typed in. */
const isShared = (key: string): boolean => key.startsWith(HEADS) || key.startsWith(BODIES);

export function createSync(channel: Channel, onWritten: (keys: readonly string[]) => void) {
  channel.hear((message) => {
    const heard = v.safeParse(WrittenSchema, message);
    if (heard.success) onWritten(heard.output.written);
  });
  return {
    tell(keys: readonly string[]): void {
      const written = keys.filter(isShared);
      if (written.length > 0) channel.tell({ written });
    },
  };
}
