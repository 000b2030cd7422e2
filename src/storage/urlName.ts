/** The last part of an address's path, as people read it; as it is written where its escapes are broken. */
export function urlName(url: string): string {
  const name = url.split(/[?#]/)[0]?.split('/').at(-1) ?? '';
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
