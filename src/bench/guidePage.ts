/** What the page does on its first open: starts the worker, lists models, loads the guide, asks it. */
import { GREEDY } from '../engine/sampling.ts';
import { GUIDE_ID, type LoadedReport } from '../protocol/api.ts';
import { connect } from '../protocol/client.ts';

export interface GuideRun {
  readonly runsOn: LoadedReport['runsOn'];
  /** Milliseconds since the navigation began, in order. */
  readonly marks: readonly { readonly what: string; readonly at: number }[];
  readonly tokensPerSecond: number;
}

declare global {
  interface Window {
    guideRun: Promise<GuideRun>;
  }
}

async function run(): Promise<GuideRun> {
  const marks: { what: string; at: number }[] = [];
  const mark = (what: string): void => {
    if (!marks.some((known) => known.what === what)) marks.push({ what, at: performance.now() });
  };
  mark('script');
  const worker = connect(
    new Worker(new URL('../worker/main.ts', import.meta.url), { type: 'module', name: 'shoal engine' }),
  );
  const listed = await worker.models();
  if (!listed.ok) throw new Error(listed.failure.message);
  mark('models listed');
  const loaded = await worker.loadModel('load', GUIDE_ID, { contextLength: 4096 }, ({ phase, done, total }) =>
    mark(done < total ? `${phase} begins` : `${phase} done`),
  );
  if (!loaded.ok) throw new Error(loaded.failure.message);
  mark('loaded');
  let text = '';
  const request = {
    messages: [{ role: 'user', content: 'What is Shoal?' }],
    sampling: GREEDY,
    maxTokens: 40,
    stop: [],
    routes: false,
  } as const;
  const chatted = await worker.chat('chat', request, (event) => {
    if (event.kind !== 'text') return;
    text += event.text;
    if (text !== '') mark('first token');
  });
  if (!chatted.ok) throw new Error(chatted.failure.message);
  mark('answered');
  if (text === '') throw new Error('the guide said nothing');
  return { runsOn: loaded.value.runsOn, marks, tokensPerSecond: chatted.value.tokensPerSecond };
}

window.guideRun = run();
