/** Where the file is that an address leads to: what people paste may lack its scheme, or be the page that shows the file. */
export function addressOf(text: string): string | null {
  const typed = text.trim();
  const address = /^[\w-]+(\.[\w-]+)+(:\d+)?\//.test(typed) ? `https://${typed}` : typed;
  if (!/^https?:\/\/./.test(address) || !URL.canParse(address)) return null;
  return address.replace(/^(https:\/\/huggingface\.co\/[^/]+\/[^/]+)\/blob\//, '$1/resolve/');
}

/** `owner/name` out of what people paste: the id itself, or the address of any page of the repository. */
export function repoOf(text: string): string | null {
  const path = text.trim().replace(/^(https?:\/\/)?[\w-]+(\.[\w-]+)+\//, '');
  return /^([\w.-]+\/[\w.-]+)(?:[/?#].*)?$/.exec(path)?.[1] ?? null;
}
