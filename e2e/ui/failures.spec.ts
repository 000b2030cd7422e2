import { expect, test } from '@playwright/test';
import { answered, answers, ask, load, state } from './steps.ts';

test('with no WebGPU the page says how to switch it on, browser by browser', async ({ browser }) => {
  const chrome = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36';
  const agents = {
    'Settings, System': `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${chrome}`,
    'chrome://flags': `Mozilla/5.0 (X11; Linux x86_64) ${chrome}`,
    'about:config': 'Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0',
    'iPadOS 26': 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1',
  };
  for (const [words, userAgent] of Object.entries(agents)) {
    const page = await browser.newPage({ userAgent });
    await page.goto('http://localhost:5174/?device=NO_WEBGPU');
    await expect(page.getByRole('alert')).toContainText(words);
    await expect(page.getByRole('button', { name: 'Choose a file' })).toBeHidden();
    await page.close();
  }
});

test('a software adapter is called slow, not hidden', async ({ page }) => {
  await page.goto('/?device=software');
  await expect(page.getByText(/only a program that imitates one.*slowly/)).toBeVisible();
});

test('a lost device keeps what was said and offers the model again', async ({ page }) => {
  await page.goto('/?models=one&loseAfter=40');
  await load(page);
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

test('a kept conversation stays readable where no model can run', async ({ page }) => {
  await page.goto('/?models=one&token=0');
  await load(page);
  await ask(page, 'Hello');
  await answered(page);
  await page.goto('/?models=one&device=NO_ADAPTER');
  await expect(answers(page)).toContainText('(You wrote: Hello)');
  await expect(page.getByRole('alert')).toContainText('No graphics processor was offered');
  await expect(page.getByRole('button', { name: /^Load / })).toBeHidden();
});

test('a failure before the first word leaves the question, which can be asked again', async ({ page }) => {
  await page.goto('/?models=one&failChat=CONTEXT_FULL');
  await load(page);
  await ask(page, 'Hello');
  await expect(page.getByRole('alert')).toContainText('The message is too long');
  await expect(answers(page)).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Answer' })).toBeVisible();
});

for (const [code, words] of [
  ['NOT_A_MODEL', 'Not a model'],
  ['UNSUPPORTED_FAMILY', 'This family of models is not supported yet'],
  ['QUOTA', 'Not enough room'],
  ['RECORD_CORRUPT', 'A stored model is damaged'],
  ['MODEL_BUSY', 'Another tab is at work on this model'],
] as const) {
  test(`${code} is told inside the dialog it happened in, and the page lives on`, async ({ page }) => {
    await page.goto(`/?models=one&import=2&failImport=${code}`);
    await page.getByRole('button', { name: 'No model' }).click();
    const dialog = page.getByRole('dialog', { name: 'Models' });
    await dialog.getByLabel('Address of a GGUF file').fill('https://files.example/big.gguf');
    await dialog.getByRole('button', { name: 'Download', exact: true }).click();
    await expect(dialog.getByRole('alert')).toContainText(words);
    await page.keyboard.press('Escape');
    await expect(page.getByRole('alert')).toContainText(words);
    await load(page);
  });
}

test('weights that turn out to be no numbers end the answer, keep its words, and are told', async ({
  page,
}) => {
  await page.goto('/?models=one&failChat=KERNEL_CHECK_FAILED&failWhat=logits&failAfter=30');
  await load(page);
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
