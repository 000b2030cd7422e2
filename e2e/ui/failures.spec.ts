/** What can go wrong, and that the page says what happened, what is safe, and what to do. */
import { expect, test, type Browser, type Locator, type Page } from '@playwright/test';
import { download, open, row, view } from './modelSteps.ts';
import { answered, answers, ask, load, openReady, state } from './steps.ts';

const chrome = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36';
const ANDROID = `Mozilla/5.0 (Linux; Android 14; Pixel 8) ${chrome}`;

const notice = (page: Page, name: string): Locator => page.getByRole('region', { name });

/** The page with SmolLM2 loaded in the guide's place. */
async function openModel(page: Page, query: string): Promise<void> {
  await page.goto(`/${query}`);
  await load(page);
}

/** The page where loading SmolLM2 has been asked for and fails. */
async function failToLoad(page: Page, query: string): Promise<Locator> {
  const dialog = await open(page, query, 'On this device');
  await row(dialog, 'SmolLM2').getByRole('button', { name: /^Load/ }).click();
  return page.getByRole('alert');
}

test.describe('without a graphics processor', () => {
  const AGENTS: Readonly<Record<string, string>> = {
    'Use graphics acceleration when available': `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${chrome}`,
    'chrome://flags': `Mozilla/5.0 (X11; Linux x86_64) ${chrome}`,
    'Chrome 121 or newer on Android 12': ANDROID,
    'Firefox 141 and newer on Windows':
      'Mozilla/5.0 (Windows NT 10.0; rv:133.0) Gecko/20100101 Firefox/133.0',
    'about:config': 'Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0',
    'Open this page in Chrome.': 'Mozilla/5.0 (Android 14; Mobile; rv:133.0) Gecko/133.0 Firefox/133.0',
    'iPadOS 26':
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Safari/604.1',
    'WebGPU needs Safari 26.':
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.1 Safari/605.1.15',
  };
  for (const [words, userAgent] of Object.entries(AGENTS)) {
    test(`says how it is switched on: ${words}`, async ({ browser }) => {
      const page = await pageAs(browser, userAgent);
      await openReady(page, '?device=NO_WEBGPU');
      const told = notice(page, 'This browser has no WebGPU');
      await expect(told).toContainText('The guide answers here all the same');
      await told.getByText('To run larger models').click();
      await expect(told).toContainText(words);
      await page.close();
    });
  }

  test('the guide answers beside the notice', async ({ page }) => {
    await openReady(page, '?device=NO_WEBGPU&token=0');
    await expect(notice(page, 'This browser has no WebGPU')).toBeVisible();
    await ask(page, 'Hello');
    await answered(page);
    await expect(answers(page)).toContainText('(You wrote: Hello)');
    await expect(page.getByText(/It answers on the processor/)).toBeVisible();
  });

  test('looking again finds what was switched on', async ({ page }) => {
    await openReady(page, '?device=NO_ADAPTER');
    const told = notice(page, 'No graphics processor was offered');
    await told.getByText('To run larger models').click();
    await told.getByRole('button', { name: 'Look again' }).click();
    await expect(told).toBeVisible();
  });

  test('the device page opens on the steps, by keyboard alone', async ({ page }) => {
    await openReady(page, '?device=NO_WEBGPU');
    await page.getByRole('button', { name: 'How to switch it on' }).focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'This device' });
    await expect(dialog.getByRole('listitem').first()).toBeVisible();
    await expect(dialog.getByRole('button', { name: 'Run the self-test' })).toBeHidden();
    await page.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
  });

  test('one that computes wrongly is not trusted, and can be examined', async ({ page }) => {
    await openReady(page, '?device=KERNEL_CHECK_FAILED&test=1');
    const told = notice(page, 'This graphics processor computes wrongly');
    await told.getByText('To run larger models').click();
    await expect(told).toContainText('Nothing it computes can be trusted');
    await page.getByRole('button', { name: 'This device' }).click();
    await page.getByRole('button', { name: 'Run the self-test' }).click();
    await expect(page.getByText(/12 cases passed/)).toBeVisible();
  });
});

test('a software adapter is called slow, not hidden', async ({ page }) => {
  await page.goto('/?device=software');
  await expect(page.getByText(/only a program that imitates one.*slowly/)).toBeVisible();
});

test.describe('a model that does not fit', () => {
  test('says what was tried, and loads with less context', async ({ page }) => {
    const alert = await failToLoad(page, '?models=one&failLoad=GPU_OUT_OF_MEMORY&roomFor=2048');
    await expect(alert).toContainText('The graphics memory is full');
    await expect(alert).toContainText(/Tried: 98 MB of weights and .* for a context of 4,096 tokens\./);
    await alert.getByRole('button', { name: 'Load it with a context of 2,048' }).click();
    await expect(alert).toBeHidden();
    await expect(page.locator('.model-line')).toContainText('SmolLM2');
    await expect(state(page)).toHaveText('ready');
  });

  test('gives way to the guide where nothing else was there, and says who answers', async ({ page }) => {
    const alert = await failToLoad(page, '?models=one&failLoad=ADAPTER_TOO_SMALL&load=400');
    await expect(alert).toContainText('has a part larger than it takes at once');
    await expect(alert).toContainText('The guide is being loaded in its place.');
    await expect(alert).toContainText('The guide answers now.');
    await expect(page.locator('.model-title')).toHaveText('The guide');
    await expect(state(page)).toHaveText('ready');
    await ask(page, 'Hello');
    await answered(page);
  });

  test('gives way to the model that was there before it', async ({ page }) => {
    await openModel(page, '?models=many&failLoad=GPU_OUT_OF_MEMORY&failOf=qwen&token=0');
    await page.locator('.model-line').click();
    await page.getByRole('button', { name: 'Load Qwen3 4B Instruct 2507' }).click();
    const alert = page.getByRole('alert');
    await expect(alert).toContainText('“Qwen3 4B Instruct 2507” and its working memory do not fit');
    await expect(alert).toContainText('SmolLM2 135M Instruct answers now.');
    await expect(page.locator('.model-title')).toHaveText('SmolLM2 135M Instruct');
    await expect(state(page)).toHaveText('ready');
    await ask(page, 'Hello');
    await answered(page);
    // It is what the next visit begins with, too.
    await openReady(page, '?models=many');
    await expect(page.locator('.model-title')).toHaveText('SmolLM2 135M Instruct');
  });

  test('a load that is given up leaves the model that was there', async ({ page }) => {
    const dialog = await open(page, '?models=one&load=400', 'On this device');
    await row(dialog, 'SmolLM2').getByRole('button', { name: /^Load/ }).click();
    await page.locator('.model-line').click();
    await row(dialog, 'SmolLM2').getByRole('button', { name: 'Cancel' }).click();
    await expect(row(dialog, 'The guide').getByRole('button', { name: 'Unload' })).toBeVisible();
    await expect(page.getByRole('alert')).toHaveCount(0);
  });

  test('a model that is deleted while it loads is given up, and told of no more', async ({ page }) => {
    const dialog = await open(page, '?models=one&load=600', 'On this device');
    await row(dialog, 'SmolLM2').getByRole('button', { name: /^Load/ }).click();
    await page.locator('.model-line').click();
    await view(dialog, 'Storage');
    await dialog.getByRole('button', { name: /^Delete SmolLM2/ }).click();
    await page
      .getByRole('dialog', { name: /^Delete “SmolLM2/ })
      .getByRole('button', { name: 'Delete' })
      .click();
    await view(dialog, 'On this device');
    await expect(row(dialog, 'The guide').getByRole('button', { name: 'Unload' })).toBeVisible();
    await expect(row(dialog, 'SmolLM2')).toHaveCount(0);
    await expect(page.getByRole('alert')).toHaveCount(0);
  });

  test('leads to smaller ones', async ({ page }) => {
    const alert = await failToLoad(page, '?models=one&failLoad=GPU_OUT_OF_MEMORY');
    await alert.getByRole('button', { name: 'Choose a smaller model' }).click();
    await expect(page.getByRole('dialog', { name: 'Models' })).toBeVisible();
    await expect(alert).toBeHidden();
  });
});

test.describe('on a phone', () => {
  test('says once what is realistic', async ({ browser }) => {
    const page = await pageAs(browser, ANDROID);
    await openReady(page);
    const told = notice(page, 'On a phone or tablet');
    await expect(told).toContainText('Models up to about 2 GB are realistic here');
    await expect(told).toContainText('Keep this page in front');
    await told.getByRole('button', { name: 'Understood' }).click();
    await expect(told).toBeHidden();
    await page.reload();
    await expect(state(page)).toHaveText('ready');
    await expect(told).toBeHidden();
    await page.close();
  });
});

test.describe('where nothing can be kept', () => {
  test('storage that is closed to the page is told once, and the guide works', async ({ page }) => {
    await page.addInitScript(() => {
      IDBFactory.prototype.open = () => {
        throw new DOMException('storage is switched off', 'SecurityError');
      };
    });
    await openReady(page, '?token=0');
    const told = notice(page, 'Nothing can be kept here');
    await expect(told).toContainText('gone when the page is closed');
    await told.getByRole('button', { name: 'Understood' }).click();
    await expect(told).toBeHidden();
    await ask(page, 'Hello');
    await answered(page);
  });

  test('very little room is told with its size', async ({ page }) => {
    await openReady(page, '?quota=120000000');
    await expect(notice(page, 'There is little storage here')).toContainText('120 MB in all');
  });
});

test('a lost device keeps what was said and offers the model again', async ({ page }) => {
  await openModel(page, '?models=one&loseAfter=40');
  await ask(page, 'Hello');
  const alert = page.getByRole('alert');
  await expect(alert).toHaveCount(1);
  await expect(alert).toContainText('The stored model and this conversation are kept.');
  await expect(answers(page)).toContainText('Reversing a list');
  await expect(page.getByText('Cut off by a failure.')).toBeVisible();
  await alert.getByRole('button', { name: 'Load the model again' }).click();
  await expect(state(page)).toHaveText('ready');
  await expect(alert).toBeHidden();
});

test('files of the guide that are missing are had by loading the page again, and nothing is tried in circles', async ({
  page,
}) => {
  await page.goto('/?failGuide=MISSING_PART');
  const alert = page.getByRole('alert');
  await expect(alert).toHaveCount(1);
  await expect(alert).toContainText('one of them is not there (config.json)');
  await expect(alert).toContainText('reload the page while you are online');
  await expect(alert).not.toContainText(/Choose|Import/);
  await expect(alert).toContainText('No model answers now.');
  await alert.getByRole('button', { name: 'Reload the page' }).click();
  await page.waitForLoadState();
  await expect(alert).toContainText('config.json');
});

test('a kept conversation stays readable where no model can run', async ({ page }) => {
  await openReady(page, '?token=0');
  await ask(page, 'Hello');
  await answered(page);
  await openReady(page, '?device=NO_ADAPTER');
  await expect(answers(page)).toContainText('(You wrote: Hello)');
});

test('a failure before the first word leaves the question, which can be asked again', async ({ page }) => {
  await openReady(page, '?failChat=CONTEXT_FULL');
  await ask(page, 'Hello');
  await expect(page.getByRole('alert')).toContainText('The message is too long');
  await expect(answers(page)).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Answer' })).toBeVisible();
});

for (const [code, words] of [
  ['NOT_A_MODEL', 'Not a model'],
  ['UNSUPPORTED_FAMILY', 'This family of models is not supported yet'],
  ['QUOTA', 'Not enough room'],
  ['MODEL_BUSY', 'Another tab is at work on this model'],
] as const) {
  test(`${code} is told inside the dialog it happened in, and the page lives on`, async ({ page }) => {
    const dialog = await open(page, `?import=2&failImport=${code}`, 'Add');
    await download(dialog, 'https://files.example/big.gguf');
    await expect(dialog.getByText(words).first()).toBeVisible();
    await view(dialog, 'On this device');
    await page.keyboard.press('Escape');
    await ask(page, 'Hello');
    await answered(page);
  });
}

test('weights that turn out to be no numbers end the answer, keep its words, and are told', async ({
  page,
}) => {
  await openModel(page, '?models=one&failChat=KERNEL_CHECK_FAILED&failWhat=logits&failAfter=30');
  await ask(page, 'Hello');
  const alert = page.getByRole('alert');
  await expect(alert).toContainText('The model computes no numbers');
  await expect(alert).toContainText('“SmolLM2 135M Instruct” gave values that are not numbers');
  await expect(answers(page)).toContainText('Reversing a list');
  await expect(page.getByText('Cut off by a failure.')).toBeVisible();
  await expect(state(page)).toHaveText('ready');
});

test('a worker that cannot start is told, not waited for', async ({ page }) => {
  await page.goto('/?crash=1');
  await expect(page.getByRole('alert').first()).toContainText('A fault in this page');
});

test.describe('in Chinese', () => {
  test.use({ locale: 'zh-CN' });

  test('the notice, the steps and the ways out speak it', async ({ page }) => {
    await page.goto('/?device=NO_WEBGPU');
    const told = notice(page, '这个浏览器没有 WebGPU');
    await expect(told).toContainText('向导仍然可以在这里回答');
    await told.getByText('要运行更大的模型').click();
    await expect(told).toContainText('chrome://flags');
  });

  test('the guide has its Chinese name in failures, in what takes their place, in figures and in lists', async ({
    page,
  }) => {
    await page.goto('/?models=one&failLoad=GPU_OUT_OF_MEMORY&token=0&failChat=BAD_TEMPLATE&failAfter=4');
    await expect(state(page)).toHaveText('就绪');
    await page.locator('.suggestions button').first().click();
    await expect(page.getByRole('alert')).toContainText('用来告诉“向导”谁在说话的模板');
    await page.getByRole('alert').getByRole('button', { name: '关闭提示' }).click();
    await page.locator('.model-line').click();
    const dialog = page.getByRole('dialog');
    await expect(row(dialog, '向导')).toBeVisible();
    await row(dialog, 'SmolLM2').getByRole('button').first().click();
    await expect(page.getByRole('alert')).toContainText('现在由“向导”回答。');
    await expect(page.locator('body')).not.toContainText(/\bguide\b/i);
  });

  test('what the guide said is its own in either language, kept as it always was', async ({ page }) => {
    await page.goto('/?token=0');
    await expect(state(page)).toHaveText('就绪');
    await page.locator('.suggestions button').first().click();
    await page.getByRole('button', { name: /词元\/秒/ }).click();
    const figures = page.locator('.answer-facts');
    await expect(figures).toContainText('向导');
    await page.getByRole('button', { name: '设置' }).click();
    await expect(page.getByRole('dialog')).not.toContainText(/guide/i);
    await page.getByLabel('语言').selectOption('en');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: /tokens\/s/ }).click();
    await expect(figures).toContainText('The guide');
  });

  test('so does a failure', async ({ page }) => {
    await page.goto('/?failChat=CONTEXT_FULL');
    await page.getByLabel('消息', { exact: true }).fill('你好');
    await page.getByLabel('消息', { exact: true }).press('Enter');
    await expect(page.getByRole('alert')).toContainText('消息太长');
  });
});

async function pageAs(browser: Browser, userAgent: string): Promise<Page> {
  const context = await browser.newContext({ userAgent, baseURL: 'http://localhost:5174/' });
  return context.newPage();
}
