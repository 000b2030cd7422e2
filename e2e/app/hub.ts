/** The hub, as the page asks it, from a server of our own. */
import type { BrowserContext } from '@playwright/test';
import { type RangeServer, startRangeServer } from '../../src/tools/rangeServer.ts';

export interface FakeHub extends RangeServer {
  /** A file that is refused, as one that needs an account is, after so many requests. */
  refused: { readonly file: string; left: number } | null;
}

/** Every file of a repository, as the hub lists and serves them. */
export async function startHub(
  context: BrowserContext,
  repo: string,
  files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>,
): Promise<FakeHub> {
  const listing = [...files].map(([path, { length }]) => ({
    type: 'file',
    path,
    size: 134,
    oid: path,
    lfs: { oid: path, size: length, pointerSize: 134 },
  }));
  const server = await startRangeServer({ [`/api/models/${repo}/tree/main`]: JSON.stringify(listing) });
  for (const [path, content] of files) server.files.set(`/${repo}/resolve/main/${path}`, content);
  const hub: FakeHub = { ...server, refused: null };
  await context.route('https://huggingface.co/**', async (route) => {
    const { pathname } = new URL(route.request().url());
    const { range } = route.request().headers();
    if (hub.refused && pathname.endsWith(`/${hub.refused.file}`) && hub.refused.left-- <= 0) {
      await route.fulfill({ status: 403 });
      return;
    }
    try {
      const response = await fetch(hub.origin + pathname, { headers: range === undefined ? {} : { range } });
      await route.fulfill({
        status: response.status,
        headers: Object.fromEntries(response.headers),
        body: Buffer.from(await response.arrayBuffer()),
      });
    } catch {
      // The page has let go of what the server was slow to send, or the test is over.
      await route.abort().catch(() => undefined);
    }
  });
  return hub;
}
