/** `owner/name` out of what people paste: the id itself, or the address of any page of the repository. */
export function repoOf(text: string): string | null {
  const path = text.trim().replace(/^(https?:\/\/)?[\w-]+(\.[\w-]+)+\//, '');
  return /^([\w.-]+\/[\w.-]+)(?:[/?#].*)?$/.exec(path)?.[1] ?? null;
}
