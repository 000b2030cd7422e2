/** The device page: what it tells, the self-test, the benchmark, and the test that runs by itself. */
import { expect, test, type Locator, type Page } from '@playwright/test';
import { ask, openReady, state } from './steps.ts';

async function openDevice(page: Page, query = ''): Promise<Locator> {
  await openReady(page, query);
  await page.getByRole('button', { name: 'This device' }).click();
  const dialog = page.getByRole('dialog', { name: 'This device' });
  await expect(dialog.getByText('Browser', { exact: true })).toBeVisible();
  return dialog;
}

test('tells adapter, limits and kernels as they are', async ({ page }) => {
  const dialog = await openDevice(page);
  await expect(dialog.getByText('WebGPU works here: models run on this graphics processor.')).toBeVisible();
  const fact = (name: string): Locator =>
    dialog.locator('.device-facts > div').filter({ has: page.getByText(name, { exact: true }) });
  await expect(fact('In the driver’s words')).toContainText('nvidia · ada · NVIDIA GeForce RTX 4070');
  await expect(fact('16-bit numbers')).toContainText('yes');
  await expect(fact('Largest buffer')).toContainText('4.29 GB');
  await expect(fact('Kernels in use')).toContainText('made for graphics processors, 0.011 ms');
  await expect(fact('Kernels in use')).toContainText('right, but not faster: made for emulators, 0.094 ms');
  await expect(fact('Browser')).toContainText('Chrome');
  await dialog.getByText('All limits kernels depend on').click();
  await expect(fact('maxComputeInvocationsPerWorkgroup')).toContainText('1,024');
});

test('an emulator is called one, in the figures too', async ({ page }) => {
  const dialog = await openDevice(page, '?device=software&test=1');
  await expect(dialog.getByText(/emulated on the processor/)).toBeVisible();
  await dialog.getByRole('button', { name: 'Run the benchmark' }).click();
  await expect(dialog.getByText(/^Emulated: these figures/)).toBeVisible();
});

test('the self-test counts as it goes, stops when told, and ends with a report to copy', async ({
  page,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const dialog = await openDevice(page, '?test=500');
  await dialog.getByRole('button', { name: 'Run the self-test' }).click();
  await expect(dialog.getByText(/^\d+ of 13 cases$/)).toBeVisible();
  await dialog.getByRole('button', { name: 'Stop' }).click();
  await expect(dialog.getByText(/cases passed/)).toBeHidden();
  await dialog.getByRole('button', { name: 'Run the self-test' }).click();
  await expect(dialog.getByText('All is right: 12 cases passed.')).toBeVisible();
  await expect(dialog.getByText('1 skipped', { exact: true })).toBeVisible();
  await dialog.getByRole('button', { name: 'Copy the report' }).click();
  const copied = (): Promise<string> => page.evaluate(() => navigator.clipboard.readText());
  await expect.poll(copied).toContain('12 passed, 0 failed, 1 skipped');
  expect(await copied()).toContain('skipped: cooperative matrices: not offered here');
});

test('what failed stands on top, with what was wrong', async ({ page }) => {
  const dialog = await openDevice(page, '?test=1&failTest=router');
  await dialog.getByRole('button', { name: 'Run the self-test' }).click();
  await expect(dialog.getByText('2 cases failed, 10 passed.', { exact: false })).toBeVisible();
  await expect(dialog.getByText('off by 0.3 where 0.001 is allowed').first()).toBeVisible();
  await dialog.getByText('By kernel').click();
  await expect(dialog.getByRole('row', { name: 'router 0 2 0' })).toBeVisible();
});

test('the benchmark tells each figure with its unit, and can be stopped', async ({ page }) => {
  const dialog = await openDevice(page, '?test=800');
  await dialog.getByRole('button', { name: 'Run the benchmark' }).click();
  await dialog.getByRole('button', { name: 'Stop' }).click();
  await expect(dialog.getByRole('table')).toBeHidden();
  await dialog.getByRole('button', { name: 'Run the benchmark' }).click();
  await expect(dialog.getByRole('row', { name: 'Weights of 4 bits, multiplied 392 GB/s' })).toBeVisible();
  await expect(dialog.getByRole('row', { name: 'The loaded model speaks 31.4 tokens/s' })).toBeVisible();
});

test('neither runs beside an answer', async ({ page }) => {
  await openReady(page, '?token=100');
  await ask(page, 'Hello');
  await page.getByRole('button', { name: 'This device' }).click();
  const dialog = page.getByRole('dialog', { name: 'This device' });
  await expect(dialog.getByText('It can begin when the answer has ended.')).toBeVisible();
  await expect(dialog.getByRole('button', { name: 'Run the self-test' })).toBeDisabled();
  await expect(dialog.getByRole('button', { name: 'Run the benchmark' })).toBeDisabled();
});

test('a kernel found wrong after loading is not used, and the page says so', async ({ page }) => {
  await openReady(page, '?test=1&failTest=router');
  // Some seconds after the load the quick test finds it; the guide goes on, on the processor.
  const standing = page.locator('.standing');
  await expect(standing).toContainText('It answers on the processor: WebGPU is here, but a test found', {
    timeout: 15_000,
  });
  await expect(standing).not.toContainText('offers no WebGPU');
  await expect(state(page)).toHaveText('ready');
  await standing.getByRole('button', { name: 'What to do' }).click();
  const dialog = page.getByRole('dialog', { name: 'This device' });
  await expect(dialog).toContainText('A computation gave wrong numbers (router).');
  await expect(dialog).toContainText('Models that need this computation do not run here');
  await expect(dialog).toContainText('Update the browser and the graphics driver');
  await expect(dialog).toContainText('kernels that compute wrongly here: router.');
  await expect(dialog).not.toContainText('models run on this graphics processor');
});

const WITHOUT: readonly (readonly [code: string, why: string, button: string, fact: string])[] = [
  ['NO_WEBGPU', 'this browser offers no WebGPU', 'How to switch it on', 'no'],
  [
    'NO_ADAPTER',
    'WebGPU is here, but no graphics processor was offered',
    'How to switch it on',
    'yes, but no graphics processor was offered',
  ],
  ['ADAPTER_TOO_SMALL', 'allows less than models need', 'What to do', 'yes, but not used'],
  ['KERNEL_CHECK_FAILED', 'WebGPU is here, but a test found', 'What to do', 'yes, but not used'],
];
for (const [code, why, button, fact] of WITHOUT) {
  test(`why the guide answers on the processor is told as it is: ${code}`, async ({ page }) => {
    await openReady(page, `?device=${code}`);
    const standing = page.locator('.standing');
    await expect(standing).toContainText(`It answers on the processor: `);
    await expect(standing).toContainText(why);
    await standing.getByRole('button', { name: button }).click();
    const row = page
      .locator('.device-facts > div')
      .filter({ has: page.getByText('WebGPU', { exact: true }) });
    await expect(row.locator('dd')).toHaveText(fact);
  });
}

test.describe('in Chinese', () => {
  test.use({ locale: 'zh-CN' });

  test('the page, the test and the figures speak it', async ({ page }) => {
    await page.goto('/?test=1&failTest=router');
    await page.getByRole('button', { name: '这台设备' }).click();
    const dialog = page.getByRole('dialog', { name: '这台设备' });
    await expect(dialog.getByText('WebGPU 可用：模型在这个图形处理器上运行。')).toBeVisible();
    await dialog.getByRole('button', { name: '运行自检' }).click();
    await expect(dialog.getByText('2 项未通过，10 项通过。', { exact: false })).toBeVisible();
    await dialog.getByRole('button', { name: '运行性能测试' }).click();
    await expect(dialog.getByRole('row', { name: /^4 位权重的乘法 392 GB\/s/ })).toBeVisible();
  });
});
