import { expect, it } from 'vitest';
import type { AdapterFacts } from '../gpu/index.ts';
import { memoryShelf } from '../storage/index.ts';
import { openVerdicts, verdictKey } from './verdicts.ts';

const FACTS: AdapterFacts = {
  vendor: 'nvidia',
  architecture: 'ada',
  description: '',
  software: false,
  features: ['subgroups'],
  limits: { maxBufferSize: 4096 },
};

it('keeps what was found for the same adapter, browser and page alone', async () => {
  const shelf = memoryShelf();
  const first = openVerdicts(shelf, verdictKey(FACTS, 'Firefox 150', 'main-a.js'));
  await first.learn([
    { kernel: 'glu.silu', verdict: 'passed' },
    { kernel: 'sample.hardware', verdict: 'failed' },
    { kernel: 'sample.hardware', verdict: 'passed' },
    { kernel: 'embed.f16', verdict: 'skipped' },
  ]);
  const later = openVerdicts(shelf, verdictKey(FACTS, 'Firefox 150', 'main-a.js'));
  expect([...(await later.wrong())]).toEqual(['sample.hardware']);
  expect(await later.unknownOf(['glu.silu', 'sample.hardware', 'embed.f16'])).toEqual(['embed.f16']);
  for (const key of [
    verdictKey({ ...FACTS, description: 'driver 2' }, 'Firefox 150', 'main-a.js'),
    verdictKey(FACTS, 'Firefox 151', 'main-a.js'),
    verdictKey(FACTS, 'Firefox 150', 'main-b.js'),
  ])
    expect([...(await openVerdicts(shelf, key).wrong())]).toEqual([]);
});

it('takes a kernel that passes later for right again', async () => {
  const verdicts = openVerdicts(memoryShelf(), 'here');
  await verdicts.learn([{ kernel: 'glu.silu', verdict: 'failed' }]);
  await verdicts.learn([{ kernel: 'glu.silu', verdict: 'passed' }]);
  expect((await verdicts.wrong()).size).toBe(0);
});

it('goes on without storage, and without what is no verdict', async () => {
  const closed = {
    ...memoryShelf(),
    get: () => Promise.reject(new Error('closed')),
    set: () => Promise.reject(new Error('closed')),
  };
  const verdicts = openVerdicts(closed, 'here');
  await verdicts.learn([{ kernel: 'glu.silu', verdict: 'failed' }]);
  expect([...(await verdicts.wrong())]).toEqual(['glu.silu']);
  const shelf = memoryShelf();
  await shelf.set('here', { right: 'all of them' });
  expect(await openVerdicts(shelf, 'here').unknownOf(['a'])).toEqual(['a']);
});
