/**
 * Tests and measurements of this GPU: the full self-test and the benchmark when the
 * user asks, the quick test by itself.
 */
import { createStore } from 'zustand/vanilla';
import type { BenchmarkReport, Failure, SelfTestCase, SelfTestReport, WorkerApi } from '../protocol/api.ts';
import { latestPerFrame } from './frames.ts';
import { newId } from './ids.ts';
import { createQuickTest, type ChatWatched, type ModelsWatched } from './quickTest.ts';

export interface TestRun {
  readonly job: string;
  readonly done: number;
  readonly total: number;
  /** In the order they were run. */
  readonly cases: readonly SelfTestCase[];
}

export interface SelfTestFacts {
  /** The full self-test in progress. */
  readonly run: TestRun | null;
  readonly report: SelfTestReport | null;
  /** Kernels the quick test found wrong on this visit. */
  readonly wrongKernels: readonly string[];
  /** Job of the benchmark in progress. */
  readonly measuring: string | null;
  readonly benchmark: BenchmarkReport | null;
  /** Why the last test or measurement gave nothing. */
  readonly failure: Failure | null;
}

interface Neighbours {
  readonly api: WorkerApi;
  readonly models: ModelsWatched;
  readonly chat: ChatWatched;
  readonly load: (id: string) => Promise<void>;
}

export function createSelfTest({ api, models, chat, load }: Neighbours) {
  const store = createStore<SelfTestFacts>(() => ({
    run: null,
    report: null,
    wrongKernels: [],
    measuring: null,
    benchmark: null,
    failure: null,
  }));

  async function start(): Promise<void> {
    if (busy()) return;
    quick.giveWay();
    const job = newId('test');
    store.setState({ run: { job, done: 0, total: 0, cases: [] }, report: null, failure: null });
    const cases: SelfTestCase[] = [];
    const paced = latestPerFrame<number>((total) => {
      if (store.getState().run?.job === job)
        store.setState({ run: { job, done: cases.length, total, cases: [...cases] } });
    });
    const result = await api.selfTest(job, 'full', (done, _index, total) => {
      cases.push(done);
      paced.put(total);
    });
    paced.end();
    store.setState({ run: null, ...(result.ok ? { report: result.value } : failed(result.failure)) });
  }

  async function measure(): Promise<void> {
    if (busy()) return;
    quick.giveWay();
    const job = newId('measure');
    store.setState({ measuring: job, benchmark: null, failure: null });
    const result = await api.benchmark(job);
    store.setState({
      measuring: null,
      ...(result.ok ? { benchmark: result.value } : failed(result.failure)),
    });
  }

  /** Ends the test or the measurement in progress. */
  function cancel(): void {
    const { run, measuring } = store.getState();
    if (run) api.cancel(run.job);
    if (measuring !== null) api.cancel(measuring);
  }

  /** One at a time, and never beside an answer: each would spoil the other's figures. */
  function busy(): boolean {
    const { run, measuring } = store.getState();
    const { answering, elsewhere } = chat.getState();
    return run !== null || measuring !== null || answering !== null || elsewhere !== null;
  }

  const quick = createQuickTest({
    api,
    models,
    chat,
    busy,
    onWrong: async (kernels, modelId) => {
      store.setState({ wrongKernels: kernels });
      // Loading goes on with kernels that are right, or says that there are none.
      await load(modelId);
    },
  });

  return { store, start, measure, cancel, watch: quick.watch };
}

function failed(failure: Failure): Pick<SelfTestFacts, 'failure'> {
  return { failure: failure.code === 'CANCELLED' ? null : failure };
}
