/** The first screen, settings, languages, shortcuts, what the app promises. */
import { expect, test, type Page } from '@playwright/test';
import { answered, answers, ask, composer, load, openReady, state } from './steps.ts';

const settings = (page: Page) => page.getByRole('dialog', { name: 'Settings' });

/** What the fake was asked, which it repeats as its answer. */
async function requestOf(page: Page): Promise<Record<string, unknown>> {
  await answered(page);
  return JSON.parse((await answers(page).last().locator('pre').textContent()) ?? '') as Record<
    string,
    unknown
  >;
}

test('the guide is there at the first open, says what it is, and answers', async ({ page }) => {
  await openReady(page);
  await expect(page.getByText(/^This is the guide, a tiny model of 4\.5 MB/)).toBeVisible();
  await expect(page.locator('.standing')).toContainText('Guide: tiny, explains Shoal only.');
  await page.getByRole('button', { name: 'Where are my chats kept?' }).click();
  await answered(page);
  await expect(answers(page)).toContainText('(You wrote: Where are my chats kept?)');
  await expect(page.locator('.standing')).toBeVisible();
});

test('a question asked while the model loads waits for it', async ({ page }) => {
  await page.goto('/?load=500&token=0');
  await expect(state(page)).toHaveText(/^loading/);
  await ask(page, 'Are you awake?');
  await expect(page.getByText('Are you awake?')).toBeVisible();
  await expect(state(page)).toHaveText(/^loading/);
  await answered(page);
  await expect(answers(page)).toContainText('(You wrote: Are you awake?)');
});

test('where no model is loaded, the way to one is named beside the composer', async ({ page }) => {
  await openReady(page);
  await page.locator('.model-line').click();
  await page.getByRole('tab', { name: 'On this device' }).click();
  await page.getByRole('button', { name: 'Unload' }).click();
  await page.keyboard.press('Escape');
  await expect(page.locator('.standing')).toContainText('No model is loaded.');
  await page.locator('.standing').getByRole('button', { name: 'Models' }).click();
  await expect(page.getByRole('dialog', { name: 'Models' })).toBeVisible();
});

test('without WebGPU the guide answers on the processor, and says so', async ({ page }) => {
  await openReady(page, '?device=NO_WEBGPU&token=0');
  await expect(page.locator('.standing')).toContainText('It answers on the processor');
  await ask(page, 'Hello');
  await answered(page);
  await page.getByRole('button', { name: 'How to switch it on' }).click();
  await expect(page.getByRole('dialog', { name: 'This device' })).toBeVisible();
});

test('the model used last is loaded again; where it is gone, the guide', async ({ page }) => {
  await page.goto('/?models=one');
  await load(page);
  await page.goto('/?models=one');
  await expect(page.locator('.model-title')).toHaveText('SmolLM2 135M Instruct');
  await expect(page.locator('.standing')).toHaveCount(0);
  await expect(state(page)).toHaveText('ready');
  await page.goto('/');
  await expect(page.locator('.model-title')).toHaveText('The guide');
});

test('a style sets its values, and they reach the model; the guide keeps its own', async ({ page }) => {
  await openReady(page, '?models=one&token=0&answer=request');
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByRole('radio', { name: /^Inventive/ }).check();
  await page.keyboard.press('Escape');
  await ask(page, 'Hello');
  expect(await requestOf(page)).toMatchObject({ sampling: { temperature: 0.3, topP: 0.9 } });

  await load(page);
  await ask(page, 'Hello again');
  await expect(answers(page)).toHaveCount(2);
  expect(await requestOf(page)).toMatchObject({ sampling: { temperature: 1.1, topK: 0, topP: 1 } });

  await page.getByRole('button', { name: 'Settings' }).click();
  await expect(page.getByRole('radio', { name: /^Inventive/ })).toBeChecked();
  await page.getByText('Each value', { exact: true }).click();
  await page.getByLabel('Temperature').fill('0.25');
  await expect(page.getByRole('radio', { name: /^Your own/ })).toBeChecked();
  await page.getByRole('button', { name: 'Back to defaults' }).click();
  await expect(page.getByRole('radio', { name: /^Balanced/ })).toBeChecked();
  await expect(page.getByLabel('Temperature')).toHaveValue('0.7');
});

test('half-typed numbers change nothing, and what was typed stays until the field is left', async ({
  page,
}) => {
  await openReady(page, '?models=one');
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByText('Each value', { exact: true }).click();
  const temperature = page.getByLabel('Temperature');
  await temperature.fill('');
  await expect(temperature).toHaveValue('');
  await page.getByLabel('Top-k').focus();
  await expect(temperature).toHaveValue('0.7');
  await temperature.fill('7');
  await expect(settings(page)).toContainText('Needs a number from 0 to 2. It stays 0.7.');
  await page.getByLabel('Top-k').focus();
  await expect(temperature).toHaveValue('0.7');
  await expect(settings(page)).toContainText('Needs a number from 0 to 2.');
  // Between two steps of the arrows.
  await temperature.fill('0.72');
  await expect(settings(page)).not.toContainText('Needs a number');
  await page.getByLabel('Top-k').fill('40.5');
  await expect(settings(page)).toContainText('Needs a whole number from 0 to 1,000. It stays 40.');
  await page.getByLabel('Seed').focus();
  await expect(page.getByLabel('Top-k')).toHaveValue('40');
  await expect(temperature).toHaveValue('0.72');
});

test('going back to the defaults can be undone, and keeps the language', async ({ page }) => {
  await openReady(page);
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByLabel('Language').selectOption('en');
  await page.getByLabel('Theme').selectOption('dark');
  await page.getByLabel('System prompt').fill('You are a pirate.');
  await page.getByRole('button', { name: 'Back to defaults' }).click();
  await expect(page.getByLabel('System prompt')).toHaveValue('');
  await expect(page.getByLabel('Theme')).toHaveValue('system');
  await expect(page.getByLabel('Language')).toHaveValue('en');
  await settings(page).getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByLabel('System prompt')).toHaveValue('You are a pirate.');
  await expect(page.getByLabel('Theme')).toHaveValue('dark');
});

test('what is chosen in the settings keeps the focus, and closing them gives it back', async ({ page }) => {
  await openReady(page);
  const opener = page.getByRole('button', { name: /^(Settings|设置)$/ });
  await opener.focus();
  await page.keyboard.press('Enter');
  for (const [label, value, again] of [
    ['Theme', 'dark', 'Theme'],
    ['Language', 'zh', '语言'],
    ['语言', 'en', 'Language'],
  ] as const) {
    await page.getByLabel(label).focus();
    await page.getByLabel(label).selectOption(value);
    await expect(page.getByLabel(again)).toHaveValue(value);
    await expect(page.getByLabel(again)).toBeFocused();
  }
  await page.getByRole('radio', { name: /^Balanced/ }).focus();
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('radio', { name: /^Inventive/ })).toBeChecked();
  await expect(page.getByRole('radio', { name: /^Inventive/ })).toBeFocused();
  const reset = page.getByRole('button', { name: 'Back to defaults' });
  await reset.focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await expect(reset).toBeFocused();
  await settings(page).getByRole('button', { name: 'Undo' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('radio', { name: /^Inventive/ })).toBeChecked();
  await expect(reset).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(opener).toBeFocused();
});

test('another language, chosen in another tab, leaves whoever writes where they are', async ({
  page,
  context,
}) => {
  await openReady(page);
  await composer(page).fill('Half a quest');
  const other = await context.newPage();
  await other.goto('/');
  await other.getByRole('button', { name: 'Settings' }).click();
  await other.getByLabel('Language').selectOption('zh');
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-Hans');
  await page.keyboard.type('ion');
  await expect(page.getByLabel('消息', { exact: true })).toHaveValue('Half a question');
});

test('the context says what memory it takes, and loads again with another length', async ({ page }) => {
  await page.goto('/?models=one');
  await load(page);
  await page.getByRole('button', { name: 'Settings' }).click();
  // 4096 positions of 46,080 bytes.
  await expect(settings(page)).toContainText('4,096 tokens take 189 MB with SmolLM2 135M Instruct.');
  await page.getByLabel('Context').fill('2048');
  await expect(settings(page)).toContainText('2,048 tokens take 94 MB');
  await page.getByRole('button', { name: 'Load again with the new length' }).click();
  await expect(settings(page)).not.toContainText('Loaded with');
  await page.getByLabel('Context').fill('100000');
  await expect(settings(page)).toContainText('SmolLM2 135M Instruct reads at most 8,192 tokens.');
});

test.describe('the conversations at the left', () => {
  const column = (page: Page) => page.getByRole('navigation', { name: 'Conversations' });

  test('stand as they were left where the page is wide', async ({ page }) => {
    await openReady(page);
    await page.getByRole('button', { name: 'Conversations', exact: true }).click();
    await expect(column(page)).toBeVisible();
    await page.reload();
    await expect(column(page)).toBeVisible();
    // The defaults of the settings are no reason to close them.
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByRole('button', { name: 'Back to defaults' }).click();
    await page.reload();
    await expect(column(page)).toBeVisible();
    await expect(state(page)).toHaveText('ready');
    await page.keyboard.press('Control+b');
    await expect(column(page)).toBeHidden();
    await page.reload();
    await expect(state(page)).toHaveText('ready');
    await expect(column(page)).toBeHidden();
  });

  test('are closed where the window becomes narrow, and there again where it is wide', async ({ page }) => {
    await openReady(page);
    await page.getByRole('button', { name: 'Conversations', exact: true }).click();
    await expect(column(page)).toBeVisible();
    await composer(page).focus();
    for (const width of [1280, 390, 1280, 390]) {
      await page.setViewportSize({ width, height: 844 });
      await expect(column(page)).toBeVisible({ visible: width > 390 });
      await expect(page.locator('dialog[open]')).toHaveCount(0);
      await expect(composer(page)).toBeFocused();
    }
    // One opened there goes over into the column; closed on the wide page, they stay closed.
    await page.getByRole('button', { name: 'Conversations', exact: true }).click();
    await expect(page.locator('.sidebar-drawer')).toBeVisible();
    await page.setViewportSize({ width: 1280, height: 844 });
    await expect(column(page)).toBeVisible();
    await page.keyboard.press('Control+b');
    await expect(column(page)).toBeHidden();
    await page.setViewportSize({ width: 390, height: 844 });
    await page.setViewportSize({ width: 1280, height: 844 });
    await expect(column(page)).toBeHidden();
  });

  test('are closed when a phone opens the page, and say nothing of the wide one', async ({ page }) => {
    await openReady(page);
    await page.getByRole('button', { name: 'Conversations', exact: true }).click();
    await expect(column(page)).toBeVisible();
    await page.setViewportSize({ width: 390, height: 844 });
    await page.reload();
    await expect(state(page)).toHaveText('ready');
    const drawer = page.locator('.sidebar-drawer');
    await expect(drawer).toHaveCount(0);
    await page.getByRole('button', { name: 'Conversations', exact: true }).click();
    await expect(drawer).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(drawer).toHaveCount(0);
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.reload();
    await expect(column(page)).toBeVisible();
  });
});

test('the theme of the settings stands above the system’s, and is kept', async ({ page }) => {
  const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  await page.emulateMedia({ colorScheme: 'light' });
  await openReady(page);
  const light = await ground();
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByLabel('Theme').selectOption('dark');
  await expect.poll(ground).not.toBe(light);
  const dark = await ground();
  await openReady(page);
  expect(await ground()).toBe(dark);
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByLabel('Theme').selectOption('system');
  await expect.poll(ground).toBe(light);
});

test('the language changes at once, everywhere, and is kept', async ({ page }) => {
  await openReady(page);
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByLabel('Language').selectOption('zh');
  await expect(page.getByRole('dialog', { name: '设置' })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-Hans');
  await page.keyboard.press('Escape');
  await expect(page.getByText(/^这是“向导”/)).toBeVisible();
  await page.reload();
  await expect(page.getByText(/^这是“向导”/)).toBeVisible();
  await page.getByRole('button', { name: '设置' }).click();
  await page.getByLabel('语言').selectOption('en');
  await expect(page.getByRole('dialog', { name: 'Settings' })).toBeVisible();
});

test.describe('where the browser prefers Chinese', () => {
  test.use({ locale: 'zh-CN' });

  test('the page speaks it from the first, and asks the guide in English', async ({ page }) => {
    await page.goto('/?token=0');
    await expect(page.locator('html')).toHaveAttribute('lang', 'zh-Hans');
    await expect(page.getByText('向导只懂英文', { exact: false })).toBeVisible();
    await page.getByRole('button', { name: '我的对话存在哪里？' }).click();
    await expect(page.getByText('(You wrote: Where are my chats kept?)', { exact: true })).toBeVisible();
  });
});

test('shortcuts work where nothing is written, and with Ctrl where something is', async ({ page }) => {
  await openReady(page);
  await composer(page).fill('');
  await composer(page).press('?');
  await expect(composer(page)).toHaveValue('?');
  await composer(page).press('Control+,');
  await expect(settings(page)).toBeVisible();
  await page.keyboard.press('m');
  await expect(settings(page)).toBeVisible();
  await page.keyboard.press('Escape');

  await composer(page).blur();
  await page.keyboard.press('?');
  const sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await expect(sheet).toContainText('New chat');
  await sheet.getByRole('checkbox').uncheck();
  await page.keyboard.press('Escape');
  await page.keyboard.press('m');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.keyboard.press('Control+/');
  await sheet.getByRole('checkbox').check();
  await page.keyboard.press('Escape');
  await page.keyboard.press('m');
  await expect(page.getByRole('dialog', { name: 'Models' })).toBeVisible();
  await page.keyboard.press('Escape');
  await page.keyboard.press('c');
  await expect(composer(page)).toBeFocused();
});

test('shortcuts go among conversations, and to the search', async ({ page }) => {
  await openReady(page, '?token=0');
  for (const question of ['First question', 'Second question']) {
    await ask(page, question);
    await answered(page);
    await page.keyboard.press('Control+Shift+O');
    await expect(page.locator('.welcome')).toBeVisible();
  }
  await composer(page).blur();
  await page.keyboard.press('j');
  await expect(page.locator('.conversation')).toContainText('Second question');
  await page.keyboard.press('j');
  await expect(page.locator('.conversation')).toContainText('First question');
  await page.keyboard.press('k');
  await expect(page.locator('.conversation')).toContainText('Second question');
  await page.keyboard.press('/');
  await expect(page.getByRole('searchbox')).toBeFocused();
});

test('what is typed right after asking for the search is searched for, and does nothing else', async ({
  page,
}) => {
  await openReady(page, '?token=0');
  await ask(page, 'Tides and mussels');
  await answered(page);
  await page.reload();
  await expect(state(page)).toHaveText('ready');
  // The code of the list takes its time.
  await page.route(/Sidebar-/, async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await route.continue();
  });
  await composer(page).press('Control+k');
  await page.keyboard.type('nsm mussels');
  await page.keyboard.press('Enter');
  const search = page.getByRole('searchbox');
  await expect(search).toBeFocused();
  await expect(search).toHaveValue('nsm mussels');
  await expect(composer(page)).toHaveValue('');
  await expect(page.getByRole('article', { name: 'You' })).toHaveCount(1);
  await expect(page.getByRole('dialog')).toHaveCount(0);

  await composer(page).focus();
  await page.keyboard.press('Control+k');
  await page.keyboard.type('tides');
  await expect(search).toHaveValue('tides');
  await expect(page.getByRole('button', { name: /^Tides and mussels/ })).toBeVisible();
});

test('the app says in its own words what it promises, and shows the guide’s card', async ({ page }) => {
  await page.route('**/guide/README.md', (route) =>
    route.fulfill({
      contentType: 'text/markdown',
      body: '---\nlicense: mit\n---\n\n# The guide\n\nTrained on **stories**.\n',
    }),
  );
  await openReady(page);
  await page.getByRole('button', { name: 'About and privacy' }).click();
  const about = page.getByRole('dialog', { name: 'About and privacy' });
  await expect(about).toContainText('There is no account and no server of ours.');
  await expect(about).toContainText('When the browser may clear them');
  await expect(about.locator('.guide-card strong')).toHaveText('stories');
  await expect(about.locator('.guide-card')).not.toContainText('license');
  await expect(about).toContainText(/Version \d+\.\d+\.\d+/);
});

test('where the card is missing, About says so', async ({ page }) => {
  await page.route('**/guide/README.md', (route) => route.fulfill({ status: 404 }));
  await openReady(page);
  await page.getByRole('button', { name: 'About and privacy' }).click();
  await expect(page.getByText('The card could not be read.', { exact: false })).toBeVisible();
});
