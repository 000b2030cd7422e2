/**
 * Where something is missing the built page says so, says what to do, and the guide
 * answers: on a phone, with no storage, with little, with no WebGPU, with a graphics
 * processor that computes wrongly, is too small, or goes away. In both languages.
 */
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { devices, expect } from '@playwright/test';
import { CHROMIUM_FLAGS } from '../../src/tools/chromium.ts';
import { chinese } from '../../src/ui/chinese/index.ts';
import { english } from '../../src/ui/english/index.ts';
import { bigModel } from './modelFiles.ts';
import { choose, type Product, test } from './product.ts';
import { openAs, type Reader } from './reader.ts';

const ENGLISH = { locale: 'en-GB', words: english } as const;
const CHINESE = { locale: 'zh-CN', words: chinese } as const;

/** Puts a line before the worker's own, as a browser would be that has this fault. */
async function inWorker(product: Product, fault: string): Promise<void> {
  const assets = join(product.folder, 'assets');
  const scripts = (await readdir(assets)).filter((name) => name.endsWith('.js'));
  const texts = await Promise.all(scripts.map((name) => readFile(join(assets, name), 'utf8')));
  const worker = texts.findIndex((text) => text.includes('requestAdapter('));
  expect(worker, 'the worker is a script of its own').toBeGreaterThanOrEqual(0);
  await writeFile(join(assets, scripts[worker]!), `${fault}\n${texts[worker]}`);
}

const NO_STORAGE = `IDBFactory.prototype.open = () => { throw new DOMException('closed', 'SecurityError'); };`;

const LITTLE_STORAGE = `StorageManager.prototype.estimate = async () => ({ usage: 2e6, quota: 300e6 });`;

/** An exponential that is off, in every kernel that has one. */
const WRONG_EXP = `{
  const make = GPUDevice.prototype.createShaderModule;
  GPUDevice.prototype.createShaderModule = function (given) {
    return make.call(this, { ...given, code: given.code.replaceAll('exp(', 'exp2(') });
  };
}`;

/** A graphics processor with so little memory: what is over is reported by the error scope around it. */
const LITTLE_MEMORY = `{
  const most = 80e6;
  let bytes = 0, over = false;
  const scopes = [];
  const { createBuffer, pushErrorScope, popErrorScope } = GPUDevice.prototype;
  const { destroy } = GPUBuffer.prototype;
  GPUDevice.prototype.createBuffer = function (given) {
    const buffer = createBuffer.call(this, given);
    bytes += buffer.size;
    over ||= bytes > most;
    return buffer;
  };
  GPUBuffer.prototype.destroy = function () {
    bytes -= this.size;
    destroy.call(this);
  };
  GPUDevice.prototype.pushErrorScope = function (filter) {
    if (filter === 'out-of-memory') over = bytes > most;
    scopes.push(filter);
    pushErrorScope.call(this, filter);
  };
  GPUDevice.prototype.popErrorScope = async function () {
    const told = scopes.pop() === 'out-of-memory' && over;
    const real = await popErrorScope.call(this);
    return told ? new GPUOutOfMemoryError('no room') : real;
  };
}`;

const notice = ({ page }: Reader, name: string) => page.getByRole('region', { name, exact: true });

/** The guide answers all the same. */
async function guideAnswers(read: Reader): Promise<void> {
  await read.ready();
  await read.ask('hello');
}

test('on a phone with no storage the page says both once, and the guide answers', async ({
  product,
  launchOptions,
}) => {
  await inWorker(product, NO_STORAGE);
  const { defaultBrowserType: _, ...phone } = devices['Pixel 7'];
  const read = await openAs(product, launchOptions.args, {
    ...ENGLISH,
    options: phone,
    before: (page) => page.addInitScript(NO_STORAGE),
  });
  const { page } = read;
  const { blocked, phone: onPhone, understood } = english.device;
  for (const line of [blocked.body, blocked.todo])
    await expect(notice(read, blocked.title)).toContainText(line);
  for (const line of [onPhone.body, onPhone.keep])
    await expect(notice(read, onPhone.title)).toContainText(line);
  await read.ready();
  await read.change(chinese);
  await expect(notice(read, chinese.device.phone.title)).toContainText(chinese.device.phone.keep);
  await expect(notice(read, chinese.device.blocked.title)).toContainText(chinese.device.blocked.todo);
  await read.button(chinese.device.understood, notice(read, chinese.device.phone.title)).click();
  await expect(notice(read, chinese.device.phone.title)).toHaveCount(0);
  await expect(notice(read, chinese.device.blocked.title)).toBeVisible();
  expect(understood).not.toBe(chinese.device.understood);
  await read.ask('hello');
  expect(
    await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth),
  ).toBeLessThanOrEqual(0);
});

test('with no WebGPU and hardly any storage the guide answers on the processor, and both are told', async ({
  product,
}) => {
  const plain = CHROMIUM_FLAGS.filter((flag) => !flag.includes('webgpu'));
  await inWorker(product, LITTLE_STORAGE);
  const read = await openAs(product, plain, CHINESE);
  const { page } = read;
  const { tight, none, howTo } = chinese.device;
  await expect(notice(read, tight.title)).toContainText(tight.body(300e6));
  await expect(notice(read, tight.title)).toContainText(tight.todo);
  const told = page.getByRole('region', {
    name: new RegExp(
      `${chinese.failures.NO_WEBGPU.title as string}|${chinese.failures.NO_ADAPTER.title as string}`,
    ),
  });
  await expect(told).toContainText(none.meanwhile);
  await told.getByText(none.how).click();
  await expect(told.getByRole('listitem')).toHaveText([...howTo.chromiumLinux]);
  await guideAnswers(read);
  await expect(page.getByText('它在 CPU 上回答：')).toBeVisible();
  await read.button(chinese.standing.howTo).click();
  await expect(read.dialog(chinese.device.title).getByRole('listitem')).toHaveText([...howTo.chromiumLinux]);
});

test('a graphics processor that computes wrongly is not used: the guide answers, right, on the processor', async ({
  product,
  launchOptions,
}) => {
  await inWorker(product, WRONG_EXP);
  const read = await openAs(product, launchOptions.args, ENGLISH);
  const { page } = read;
  const title = 'This graphics processor computes wrongly';
  await expect(notice(read, title)).toContainText(english.device.none.meanwhile);
  await notice(read, title).getByText(english.device.none.how).click();
  await expect(notice(read, title)).toContainText(english.device.none.broken);
  await read.ready();
  await read.change(chinese);
  await expect(notice(read, '这个图形处理器算得不对')).toContainText(chinese.device.none.broken);
  await guideAnswers(read);
  await expect(page.getByText('它在 CPU 上回答：')).toBeVisible();

  // The self-test names what is wrong.
  await read.button(chinese.frame.device).click();
  const dialog = read.dialog(chinese.device.title);
  await read.button(chinese.device.test.start, dialog).click();
  await expect(dialog.getByRole('heading', { name: chinese.device.test.failing })).toBeVisible();
  await expect(dialog.locator('.cases code').first()).toHaveText(/\w/);
});

test('a model larger than the memory, and a graphics processor that goes away, lose nothing that was said', async ({
  product,
  launchOptions,
}) => {
  await inWorker(product, LITTLE_MEMORY);
  const folder = await mkdtemp(join(tmpdir(), 'shoal-'));
  await appendFile(join(folder, 'big.gguf'), bigModel());
  const read = await openAs(product, launchOptions.args, ENGLISH);
  const { page } = read;
  await guideAnswers(read);
  const said = await read.answers().locator('.prose').innerText();
  await choose(page, join(folder, 'big.gguf'));
  const alert = page.getByRole('alert');
  await expect(alert.locator('strong')).toHaveText('The graphics memory is full');
  await expect(alert).toContainText('“big”');
  await expect(alert).toContainText(
    /Tried: 15\d MB of weights and [\d.]+ [kM]B for a context of \d+ tokens\./,
  );
  await expect(read.button('Choose a smaller model', alert)).toBeVisible();
  // What answered before comes back.
  await read.ready();
  await read.button('Dismiss', alert).click();
  await page.keyboard.press('Escape');
  await expect(read.answers().locator('.prose')).toHaveText(said);
  await read.ask('What is Shoal?');

  await read.change(chinese);
  await read.send('Tell me a story about a fox.');
  await expect(read.answers().last().locator('.prose')).toHaveText(/(\S+\s+){3}/);
  const devtools = await page.context().newCDPSession(page);
  // The session may end with it.
  void devtools.send('Browser.crashGpuProcess').catch(() => undefined);
  await expect(alert.filter({ hasText: '图形处理器被收回了' })).toBeVisible();
  await expect(read.answers().last().locator('.prose')).toHaveText(/(\S+\s+){3}/);
  await read.button(chinese.alerts.loadAgain, alert).click();
  await read.ready();
  await read.ask('hello');
  await expect(read.answers()).toHaveCount(4);
  await rm(folder, { recursive: true });
});
