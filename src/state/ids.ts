/** Names for jobs and messages. Not randomUUID: an insecure page has none, and must still say so in words. */
let count = 0;
export const newId = (kind: string): string => `${kind}-${Date.now()}-${count++}`;
