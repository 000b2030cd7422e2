/**
 * The page's longest tasks. A task is held to the shorter of two measures, since neither
 * falls short of it but by waiting: the wall clock counts other processes too, and the
 * thread's clock leaps in a virtual machine (27 ms of it within 0.3 ms of the wall's).
 */
import type { CDPSession, Page } from '@playwright/test';

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** In microseconds, by the wall and by the thread's clock. */
  readonly ts: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: {
    readonly name?: string;
    readonly chrome_mojo_event_info?: { readonly mojo_interface_tag?: string };
  };
}

export interface Tasks {
  readonly count: number;
  readonly longestMs: number;
  /** The longest, but for the engine's collecting of garbage in it. */
  readonly longestOwnMs: number;
  /** The same in each stretch of the record, of which every one has as many tasks. */
  readonly stretchesMs: readonly number[];
}

const STRETCHES = 60;

/** Starts to record; what it returns stops and tells. */
export async function recordTasks(page: Page): Promise<() => Promise<Tasks>> {
  const devtools = await page.context().newCDPSession(page);
  const events: TraceEvent[] = [];
  devtools.on('Tracing.dataCollected', ({ value }) => events.push(...(value as unknown as TraceEvent[])));
  await devtools.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['toplevel', 'devtools.timeline'] },
  });
  return async () => {
    await stopped(devtools);
    return longestOf(events);
  };
}

async function stopped(devtools: CDPSession): Promise<void> {
  const complete = new Promise((resolve) => devtools.once('Tracing.tracingComplete', resolve));
  await devtools.send('Tracing.end');
  await complete;
  await devtools.detach();
}

function longestOf(events: readonly TraceEvent[]): Tasks {
  const mains = new Set(
    events
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid} ${tid}`),
  );
  const ofMain = events.filter(({ pid, tid }) => mains.has(`${pid} ${tid}`));
  const collections = ofMain.filter(({ name }) => name === 'MajorGC' || name === 'MinorGC');
  const asked = ofMain.filter(
    ({ args }) => args?.chrome_mojo_event_info?.mojo_interface_tag === 'blink.mojom.DevToolsSession',
  );
  // What a test asks the page, to see how far it is, takes longer than all the page does.
  const tasks = ofMain
    .filter((event) => event.name.endsWith('RunTask') && within(event, asked).length === 0)
    .sort((one, other) => one.ts - other.ts);
  const longest = (times: readonly number[]): number => times.reduce((most, ms) => Math.max(most, ms), 0);
  const ownMs = tasks.map((task) => timeOf(task) - spentIn(task, collections));
  const stretchesMs = Array.from({ length: STRETCHES }, (_, n) =>
    longest(ownMs.slice((n * ownMs.length) / STRETCHES, Math.ceil(((n + 1) * ownMs.length) / STRETCHES))),
  );
  return {
    count: tasks.length,
    longestMs: longest(tasks.map(timeOf)),
    longestOwnMs: longest(ownMs),
    stretchesMs,
  };
}

/**
 * The longest that comes again at about the same place of every record of the same
 * doing: what the page does comes again, what the machine does comes anywhere.
 */
export function recurringMs(records: readonly Tasks[]): number {
  const near = ({ stretchesMs }: Tasks, n: number): number =>
    Math.max(...stretchesMs.slice(Math.max(0, n - 1), n + 2));
  return Math.max(
    ...Array.from({ length: STRETCHES }, (_, n) => Math.min(...records.map((record) => near(record, n)))),
  );
}

/** In milliseconds. */
function timeOf({ dur = 0, tdur = dur }: TraceEvent): number {
  return Math.min(dur, tdur) / 1000;
}

function spentIn(task: TraceEvent, collections: readonly TraceEvent[]): number {
  return within(task, collections).reduce((sum, collection) => sum + timeOf(collection), 0);
}

function within({ ts, dur = 0, pid, tid }: TraceEvent, events: readonly TraceEvent[]): readonly TraceEvent[] {
  return events.filter((e) => e.pid === pid && e.tid === tid && e.ts >= ts && e.ts < ts + dur);
}
