/** What the model is sent of a conversation. */
import type { ChatMessage } from '../protocol/api.ts';
import { withFiles } from './attachments.ts';
import type { Message } from './conversation.ts';
import { splitReasoning } from './reasoning.ts';

/**
 * Without the reasoning of earlier answers, as the families' own templates have
 * it; and without answers that had no words. Two questions that come to stand
 * together are one, since many templates refuse roles that do not alternate.
 */
export function promptOf(system: string, path: readonly Message[]): readonly ChatMessage[] {
  const told = system.trim();
  const prompt: ChatMessage[] = told === '' ? [] : [{ role: 'system', content: told }];
  for (const message of path) {
    const { role } = message;
    const content = role === 'user' ? withFiles(message) : splitReasoning(message.content).answer;
    if (content.trim() === '') continue;
    const before = prompt.at(-1);
    if (before?.role === role)
      prompt[prompt.length - 1] = { role, content: `${before.content}\n\n${content}` };
    else prompt.push({ role, content });
  }
  return prompt;
}
