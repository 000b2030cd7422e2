/** The counts of the open conversation, looked at again twice a second while they grow. */
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { ExpertUsage } from '../../state/experts.ts';
import { useApp } from '../appContext.ts';

const EVERY_MS = 500;

/** A fresh object each time, so that what is made of the counts is made again. */
export function useUsage(): { readonly usage: ExpertUsage | null } {
  const { experts, chat } = useApp();
  const conversation = useStore(chat.store, (s) => s.conversation.id);
  const [looked, look] = useState({ usage: experts.usageOf(conversation) });
  useEffect(() => {
    let timer = 0;
    const now = (): void => {
      timer = 0;
      look({ usage: experts.usageOf(conversation) });
    };
    now();
    const leave = experts.store.subscribe((facts, before) => {
      if (facts.heard !== before.heard) timer ||= window.setTimeout(now, EVERY_MS);
    });
    return () => {
      clearTimeout(timer);
      leave();
    };
  }, [experts, conversation]);
  return looked;
}
