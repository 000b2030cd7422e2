/** What this device is and can do, and what to do where it can't. */
import type { Browser } from '../browser.ts';
import { count, seconds, size } from '../format.ts';

export const device = {
  asking: 'Looking at this device',
  can: (name: string, storage: string) => `This device can do it: ${name}${storage}.`,
  software: (name: string) =>
    `There is no graphics processor here, only a program that imitates one (${name}). Small models answer, slowly.`,
  free: (bytes: number) => `, ${size(bytes)} of storage free`,
  unnamed: 'a graphics processor with WebGPU',
  open: 'About this device',
  title: 'This device',
  /** One sentence over the facts. */
  verdict: {
    gpu: 'WebGPU works here: models run on this graphics processor.',
    software: 'WebGPU works here, but emulated on the processor: everything is right, and slow.',
  },
  yes: 'yes',
  no: 'no',
  unknown: 'the browser does not say',
  /** In place of yes or no, where the one is there and the other is not used. */
  webgpu: {
    noAdapter: 'yes, but no graphics processor was offered',
    unused: 'yes, but not used',
  },
  facts: {
    name: 'Graphics processor',
    driver: 'In the driver’s words',
    noWords: 'nothing: this browser hides them',
    webgpu: 'WebGPU',
    f16: '16-bit numbers',
    subgroups: 'Subgroups',
    timestamps: 'Timestamps',
    buffer: 'Largest buffer',
    binding: 'Largest part a kernel sees',
    kernels: 'Kernels in use',
    browser: 'Browser',
    memory: 'Memory',
    cores: 'Processor cores',
    storage: 'Storage of this page',
    limits: 'All limits kernels depend on',
  },
  shapes: { hardware: 'made for graphics processors', software: 'made for emulators' },
  shape: (name: string, ms: number) =>
    ms > 0 ? `${name}, ${ms < 1 ? ms.toFixed(3) : ms.toFixed(1)} ms` : name,
  /** `time` comes from `shape`. */
  passedOver: (name: string) => `right, but not faster: ${name}`,
  wrong: (name: string) => `computes wrongly, not used: ${name}`,
  atLeast: (gigabytes: number) => `${count(gigabytes)} GB or more, as the browser tells it`,
  used: (used: number, quota: number) =>
    quota > 0 ? `${size(used)} used of ${size(quota)}` : `${size(used)} used`,

  test: {
    title: 'Self-test',
    about:
      'Runs every computation this page knows on this graphics processor, and compares the numbers with plain arithmetic. On a graphics processor it takes a minute or less, on an emulator many.',
    start: 'Run the self-test',
    again: 'Run it again',
    starting: 'Fetching the cases',
    progress: (done: number, total: number) => `${count(done)} of ${count(total)} cases`,
    stop: 'Stop',
    stopping: 'Stopping',
    waits: 'It can begin when the answer has ended.',
    right: (passed: number) => `All is right: ${count(passed)} cases passed.`,
    bad: (failed: number, passed: number) =>
      `${count(failed)} ${failed === 1 ? 'case' : 'cases'} failed, ${count(passed)} passed. Models don’t use the kernels that failed.`,
    skipped: (n: number) => `${count(n)} skipped`,
    skippedSentence: (n: number) => `${count(n)} can’t run here and ${n === 1 ? 'was' : 'were'} skipped.`,
    took: (ms: number) => `It took ${seconds(ms)}.`,
    failing: 'Failed',
    kernels: 'By kernel',
    kernel: 'Kernel',
    passedHead: 'Passed',
    failedHead: 'Failed',
    skippedHead: 'Skipped',
    copy: 'Copy the report',
    reloaded: (kernels: readonly string[]) =>
      `A test after loading found kernels that compute wrongly here: ${kernels.join(', ')}. They are no longer used.`,
  },

  bench: {
    title: 'Benchmark',
    about: 'A few seconds of the work a model asks for. Close what else is busy for true figures.',
    start: 'Run the benchmark',
    again: 'Run it again',
    running: 'Measuring',
    what: 'What',
    figure: 'Figure',
    emulated: 'Emulated: these figures tell how fast the processor imitates a graphics processor.',
    rows: {
      copy: 'Memory copied, reads and writes counted',
      matvec4: 'Weights of 4 bits, multiplied',
      matvec8: 'Weights of 8 bits, multiplied',
      matvec16: 'Weights of 16 bits, multiplied',
      dispatch: 'Cost of one more kernel',
      latency: 'From asking to the answer’s first byte',
      tokens: 'The loaded model speaks',
    } as Readonly<Record<string, string>>,
  },

  none: {
    meanwhile: 'The guide answers here all the same: it is small enough for the processor.',
    how: 'To run larger models',
    retry: 'Look again',
    /** Where some of its kernels are wrong and others right. */
    partly: 'Models that need this computation do not run here until it is repaired.',
    broken: 'Nothing it computes can be trusted, so no model but the guide runs here until this is repaired.',
  },
  /** Steps, in order. */
  howTo: {
    insecure: [
      'This page came over plain http, and browsers offer WebGPU only over https or from localhost.',
      'Open it by its https address.',
    ],
    chromium: [
      'Open the browser’s settings, System, and turn on “Use graphics acceleration when available”.',
      'Restart the browser. WebGPU needs version 113 or newer.',
      'If it is still missing, update the graphics driver.',
    ],
    chromiumLinux: [
      'Turn on graphics acceleration in the browser’s settings, System.',
      'WebGPU is on by default with Intel graphics of 2020 and later from version 144, with NVIDIA drivers of 535 and later from version 147.',
      'With others, open chrome://flags, enable “Unsafe WebGPU Support” and “Vulkan”, and restart the browser.',
    ],
    chromiumAndroid: [
      'WebGPU needs Chrome 121 or newer on Android 12 or newer, and not every phone’s graphics processor has it.',
      'Update both and open this page again.',
    ],
    firefox: [
      'WebGPU is on in Firefox 141 and newer on Windows, and in 147 and newer on Macs with Apple silicon.',
      'Update Firefox, then check in its settings, General, that hardware acceleration is allowed.',
      'On a Mac with an Intel processor, use a current Chrome or Edge.',
    ],
    firefoxLinux: [
      'Firefox on Linux may keep WebGPU switched off: open about:config and set dom.webgpu.enabled to true.',
      'Restart Firefox. If it is still missing, use a current Chrome or Chromium.',
    ],
    firefoxAndroid: ['Firefox on Android keeps WebGPU switched off. Open this page in Chrome.'],
    safariIos: [
      'On iPhone and iPad every browser has Safari’s WebGPU, which needs iOS or iPadOS 26.',
      'Update the system in Settings, General, Software Update, and open this page again.',
    ],
    safari: ['WebGPU needs Safari 26.', 'Update macOS or Safari and open this page again.'],
    other: ['Open this page in a current Chrome, Edge, Firefox or Safari.'],
  } satisfies Record<Browser, readonly string[]>,

  phone: {
    title: 'On a phone or tablet',
    body: 'The browser ends pages that take much memory, without asking. Models up to about 2 GB are realistic here; larger ones may end the page while they load.',
    keep: 'Keep this page in front while it downloads or answers: in the background it is stopped.',
  },
  blocked: {
    title: 'Nothing can be kept here',
    body: 'The browser gives this page no storage: a private window, or storage switched off for this site. The guide works; models and conversations are gone when the page is closed.',
    todo: 'To keep them, open the page in an ordinary window and allow it to store data.',
  },
  tight: {
    title: 'There is little storage here',
    body: (quota: number) =>
      `The browser gives this page ${size(quota)} in all, as it does in private windows and on full disks. The guide works; most models don’t fit.`,
    todo: 'Open the page in an ordinary window, or free space on the disk.',
  },
  understood: 'Understood',

  tried: (weights: number, cache: number, tokens: number) =>
    `Tried: ${size(weights)} of weights and ${size(cache)} for a context of ${count(tokens)} tokens.`,
  lessContext: (tokens: number) => `Load it with a context of ${count(tokens)}`,
  smallerModel: 'Choose a smaller model',
  runTest: 'To the self-test',
};
