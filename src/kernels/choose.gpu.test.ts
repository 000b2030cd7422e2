/** The choice on a real adapter, and that a shape that computes wrong is never chosen. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Gpu, PipelineRequest } from '../gpu/index.ts';
import { openTestGpu } from '../gpu/testGpu.ts';
import { chooseShape } from './choose.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openTestGpu();
});
afterAll(() => gpu.dispose());

/** The same GPU with a compiler that is wrong about the kernels `broken` picks. */
function miscompiling(broken: (request: PipelineRequest) => boolean): Gpu {
  const get = (request: PipelineRequest) => {
    const wgsl = broken(request)
      ? request.wgsl.replaceAll('sums += four_dots', 'sums -= four_dots')
      : request.wgsl;
    return gpu.pipelines.get({ ...request, wgsl });
  };
  return { ...gpu, memory: gpu.memory, pipelines: { get, size: 0 } };
}

test('on an emulator its own shape is tried alone', async () => {
  const { shape, checked } = await chooseShape(gpu);
  expect(shape).toBe('software');
  expect(checked).toEqual({ software: { passed: true, message: '', milliseconds: null } });
});

test('else both are, and here both compute right and the software one is faster', async () => {
  const bytes = gpu.memory.bytes;
  const choose = () => chooseShape({ ...gpu, memory: gpu.memory, facts: { ...gpu.facts, software: false } });
  let { shape, checked } = await choose();
  // Beside other work a measurement may be of that: one of some is of the shapes.
  for (let tried = 0; tried < 8 && shape !== 'software'; tried++) ({ shape, checked } = await choose());
  expect(checked.hardware).toMatchObject({ passed: true, message: '' });
  expect(checked.software).toMatchObject({ passed: true, message: '' });
  // Timed, that is; on a busy machine the difference from an empty submission may vanish.
  expect(checked.software?.milliseconds).toBeTypeOf('number');
  expect(checked.hardware?.milliseconds).toBeTypeOf('number');
  expect(shape).toBe('software');
  expect(gpu.memory.bytes).toBe(bytes);
  gpu.assertHealthy();
});

test('a shape that computes wrong is out, and not timed', async () => {
  const { shape, checked } = await chooseShape(miscompiling(({ label }) => label.includes('.software')));
  expect(shape).toBe('hardware');
  expect(checked.software).toMatchObject({ passed: false, milliseconds: null });
  expect(checked.software?.message).toContain('matvec.q4m.software');
});

test('none right is KERNEL_CHECK_FAILED', async () => {
  await expect(chooseShape(miscompiling(() => true))).rejects.toMatchObject({ code: 'KERNEL_CHECK_FAILED' });
});
