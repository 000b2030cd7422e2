import { expect, test } from '@playwright/test';
import { GGUF, load, state } from './steps.ts';

test('a chosen file is imported with bytes, speed and time left, then loaded by itself', async ({ page }) => {
  await page.goto('/?import=60');
  await page.locator('input[type=file]').first().setInputFiles(GGUF);
  await expect(page.getByRole('progressbar', { name: 'Import of tiny-model' })).toBeVisible();
  await expect(page.getByText(/^\d\.\d\d of 4\.10 GB · 38 MB\/s · \d+ (s|min) left$/)).toBeVisible();
  await expect(state(page)).toHaveText('ready');
  await expect(page.getByText('214 MB')).toBeVisible();
  await expect(page.getByLabel('Message', { exact: true })).toBeFocused();
});

test('a file dropped anywhere is imported, over an open dialog too', async ({ page }) => {
  await page.goto('/');
  await page.getByRole('button', { name: 'No model' }).click();
  const transfer = await page.evaluateHandle(() => {
    const data = new DataTransfer();
    data.items.add(new File(['GGUF'], 'dropped.gguf'));
    return data;
  });
  await page.dispatchEvent('dialog', 'dragover', { dataTransfer: transfer });
  await expect(page.getByText('Drop to add the model')).toBeVisible();
  await page.dispatchEvent('dialog', 'drop', { dataTransfer: transfer });
  await expect(page.getByText('Drop to add the model')).toBeHidden();
  await expect(
    page.getByRole('dialog').getByRole('progressbar', { name: 'Import of dropped' }),
  ).toBeVisible();
});

test('a repository lists its files with sizes; an address of its page will do', async ({ page }) => {
  await page.goto('/');
  await page.getByLabel('Hugging Face repository').fill('https://hub.example/Qwen/Qwen3-4B-GGUF/tree/main');
  await page.getByRole('button', { name: 'List files' }).click();
  const files = page.getByRole('list', { name: 'Models in Qwen/Qwen3-4B-GGUF' });
  await expect(files.getByRole('listitem')).toHaveCount(4);
  await expect(files.getByText('8.05 GB · 2 parts')).toBeVisible();
  await files.getByRole('button', { name: /Q4_K_M/ }).click();
  await expect(state(page)).toHaveText('ready');
});

test('a repository that does not answer says why, and one with no models says so', async ({ page }) => {
  await page.goto('/?failHub=HTTP_STATUS');
  const repo = page.getByLabel('Hugging Face repository');
  await repo.fill('nobody/nothing');
  await repo.press('Enter');
  await expect(page.getByText(/The server answered with an error \(404\)/)).toBeVisible();
  await page.goto('/');
  await repo.fill('nobody/nothing');
  await repo.press('Enter');
  await expect(page.getByText('nobody/nothing has no model this page can read')).toBeVisible();
  await repo.fill('not a repository');
  await repo.press('Enter');
  expect(await repo.evaluate((field: HTMLInputElement) => field.validationMessage)).toContain('owner/name');
});

test('a repository of safetensors is offered whole, and asks how precisely to keep it', async ({ page }) => {
  await page.goto('/?import=5');
  const repo = page.getByLabel('Hugging Face repository');
  await repo.fill('Qwen/Qwen3-4B');
  await repo.press('Enter');
  const row = page.getByRole('listitem').filter({ hasText: 'The whole model (safetensors)' });
  await expect(row).toContainText('8.04 GB · 3 parts');
  await row.getByRole('button', { name: 'Download The whole model' }).press('Enter');
  const question = page.getByRole('dialog', { name: 'How precise?' });
  await expect(question).toContainText('Qwen/Qwen3-4B: 8.04 GB come over the network whichever you choose.');
  await expect(question.getByRole('radio')).toHaveCount(3);
  await expect(question.getByRole('radio', { name: 'As it is 8.04 GB' })).toBeChecked();
  await expect(question.getByRole('radio', { name: '8 bits about 4.27 GB' })).toBeVisible();
  await question.press('Escape');
  await expect(question).toBeHidden();
  await expect(page.getByRole('progressbar')).toHaveCount(0);

  // The keyboard alone will do.
  await row.getByRole('button', { name: 'Download The whole model' }).press('Enter');
  await question.getByRole('radio', { name: /As it is/ }).focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await expect(question.getByRole('radio', { name: '4 bits about 2.41 GB' })).toBeChecked();
  await page.keyboard.press('Enter');
  await expect(question).toBeHidden();
  await expect(state(page)).toHaveText('ready');
  await page.locator('.model-line').click();
  await expect(page.getByRole('dialog').getByText(/BF16 → q4/)).toBeVisible();
});

test('files of a folder ask the same where they hold floats, and nothing where they are packed', async ({
  page,
}) => {
  const file = (name: string, content: string) => ({
    name,
    mimeType: 'application/octet-stream',
    buffer: Buffer.from(content),
  });
  const choose = (config: object): Promise<void> =>
    page
      .locator('input[type=file]')
      .first()
      .setInputFiles([
        file('config.json', JSON.stringify(config)),
        file('model.safetensors', 'x'.repeat(5000)),
      ]);
  await page.goto('/?import=5');
  await choose({ model_type: 'olmoe', quantization_config: null });
  const question = page.getByRole('dialog', { name: 'How precise?' });
  await expect(question).toContainText('model.safetensors: 5 kB of weights.');
  await question.getByRole('radio', { name: /^8 bits/ }).check();
  await question.getByRole('button', { name: 'Import' }).click();
  await expect(state(page)).toHaveText('ready');
  await page.locator('.model-line').click();
  const dialog = page.getByRole('dialog', { name: 'Models' });
  await expect(dialog.getByText(/BF16 → q8/)).toBeVisible();
  await choose({ model_type: 'mixtral', quantization_config: { quant_method: 'gptq' } });
  await expect(dialog.getByRole('listitem')).toHaveCount(2);
  await expect(question).toBeHidden();
});

test('a cancelled download keeps what arrived, tells no failure, and resumes', async ({ page }) => {
  await page.goto('/?import=50');
  await page.getByLabel('Address of a GGUF file').fill('https://files.example/big.gguf');
  await page.getByRole('button', { name: 'Download' }).click();
  await expect(page.getByText(/left$/)).toBeVisible();
  await page.getByRole('button', { name: /^Cancel / }).click();
  await expect(page.getByRole('button', { name: /^Resume / })).toBeVisible();
  await expect(page.getByRole('alert')).toBeHidden();
  await page.getByRole('button', { name: /^Resume / }).click();
  await expect(state(page)).toHaveText('ready');
});

test('a download that stops says where, what is safe and what to do', async ({ page }) => {
  await page.goto('/?failImport=NETWORK');
  await page.getByLabel('Address of a GGUF file').fill('https://files.example/big.gguf');
  await page.getByRole('button', { name: 'Download' }).click();
  const alert = page.getByRole('alert');
  await expect(alert).toContainText(
    /The download stopped at 1\.\d\d of 4\.10 GB\. What arrived is kept\. Resume when you are online\./,
  );
  await alert.getByRole('button', { name: 'Dismiss' }).click();
  await expect(alert).toBeHidden();
  await expect(page.getByRole('button', { name: /^Resume / })).toBeVisible();
});

test('a model is loaded, put away and deleted after a question', async ({ page }) => {
  await page.goto('/?models=many&load=40');
  await page.getByRole('button', { name: /^Load SmolLM2/ }).click();
  await expect(page.getByText(/^Moving weights to the graphics processor \d+ %$/)).toBeVisible();
  await expect(state(page)).toHaveText('ready');
  await page.getByRole('button', { name: /SmolLM2/ }).click();
  const dialog = page.getByRole('dialog', { name: 'Models' });
  await dialog.getByRole('button', { name: 'Unload' }).click();
  await expect(dialog.getByRole('button', { name: /^Load SmolLM2/ })).toBeVisible();

  await dialog.getByRole('button', { name: /^Delete SmolLM2/ }).click();
  const question = page.getByRole('dialog', { name: /^Delete “SmolLM2/ });
  await question.press('Escape');
  await expect(question).toBeHidden();
  await expect(dialog.getByText('SmolLM2 135M Instruct')).toBeVisible();
  await dialog.getByRole('button', { name: /^Delete SmolLM2/ }).click();
  await question.getByRole('button', { name: 'Delete' }).click();
  await expect(dialog.getByText('SmolLM2 135M Instruct')).toBeHidden();
});

test('a load can be cancelled', async ({ page }) => {
  await page.goto('/?models=one&load=200');
  await page.getByRole('button', { name: /^Load / }).click();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByRole('button', { name: /^Load / })).toBeVisible();
  await expect(page.getByRole('alert')).toBeHidden();
});

test('the model used last is loaded again after a reload; one whose load failed is not', async ({ page }) => {
  await page.goto('/?models=one');
  await load(page);
  await page.reload();
  await expect(state(page)).toHaveText('ready');
  await page.goto('/?models=one&failLoad=GPU_OUT_OF_MEMORY');
  await expect(page.getByRole('alert')).toContainText('The graphics memory is full');
  await page.goto('/?models=one');
  await expect(page.getByRole('button', { name: /^Load / })).toBeVisible();
  await expect(page.getByRole('button', { name: 'No model' })).toBeVisible();
});
