import 'fake-indexeddb/auto';
import { expect, test } from 'vitest';
import type { DeviceReport, StorageReport, WorkerApi } from '../protocol/api.ts';
import { createAdvice } from './advice.ts';
import { createDevice } from './device.ts';
import { createModelStore } from './modelFacts.ts';
import type { SettingsRoom } from './settings.ts';

const REPORT: DeviceReport = {
  vendor: '',
  architecture: '',
  description: '',
  software: false,
  features: [],
  maxBufferBytes: 4 * 1024 ** 3,
  maxBindingBytes: 2 * 1024 ** 3,
  kernelShape: 'hardware',
  limits: {},
  kernelShapes: [],
};

function advice(gb: number | null, part: Partial<DeviceReport> = {}, storage: StorageReport | null = null) {
  const store = createModelStore();
  const device = createDevice({} as WorkerApi);
  device.store.setState({ device: { phase: 'ready', report: { ...REPORT, ...part } }, storage });
  const settings = { store: { getState: () => ({ contextLength: 4096 }) } } as SettingsRoom;
  const room = createAdvice({ store, device, settings });
  store.setState({ gpuGb: gb });
  return room.recommended()?.id ?? null;
}

test.each([
  [32, 'qwen3-30b-a3b'],
  // 20.3 GB of weights, 0.4 of cache and 0.2 are more than 85 % of 24 GB.
  [24, 'gpt-oss-20b'],
  [16, 'gpt-oss-20b'],
  [8, 'qwen3-4b'],
  [4, 'granite-3b-a800m'],
  [2, 'granite-1b-a400m'],
  [1, 'smollm2-360m'],
])('of a GPU with %i GB: %s', (gb, id) => {
  expect(advice(gb)).toBe(id);
});

test('not what is too slow for a program that imitates one, nor what the storage has no room for', () => {
  expect(advice(32, { software: true })).toBe('granite-1b-a400m');
  expect(advice(32, {}, { usedBytes: 0, quotaBytes: 3e9, persisted: false })).toBe('qwen3-4b');
  expect(advice(32, {}, { usedBytes: 3e9, quotaBytes: 3e9, persisted: false })).toBeNull();
});

test('nothing where nothing fits', () => {
  expect(advice(0.3)).toBeNull();
});
