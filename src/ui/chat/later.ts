/** Code that only a conversation needs: the page is there before it. */

export const fetchConversation = () => import('./Conversation.tsx');
export const fetchMarkdown = () => import('./Markdown.tsx');
export const fetchPlainWords = () => import('./plainWords.ts');

/** Called when an answer becomes likely, so that its first words are already drawn as they should be. */
export function preloadConversation(): void {
  void fetchConversation();
  void fetchMarkdown();
  void fetchPlainWords();
}
