import { expect, test, type Page } from '@playwright/test';
import { open, row, view } from './modelSteps.ts';
import { GGUF, state } from './steps.ts';

test.describe('adding one’s own', () => {
  test('a chosen file is imported with bytes, speed and time left, then loaded in the guide’s place', async ({
    page,
  }) => {
    const dialog = await open(page, '?import=200', 'Add');
    await dialog.locator('input[type=file]').first().setInputFiles(GGUF);
    await view(dialog, 'On this device');
    await expect(dialog.getByRole('progressbar', { name: 'Import of tiny-model' })).toBeVisible();
    await expect(dialog.getByText(/^\d\.\d\d of 4\.10 GB · 38 MB\/s · \d+ (s|min) left$/)).toBeVisible();
    await expect(row(dialog, 'tiny-model').getByRole('button', { name: 'Unload' })).toBeVisible();
  });

  /** Drags it over what is on top, and drops it there. */
  async function drop(page: Page, name: string, veil: RegExp): Promise<void> {
    const dataTransfer = await page.evaluateHandle((called) => {
      const data = new DataTransfer();
      data.items.add(new File(['GGUF'], called));
      return data;
    }, name);
    const place = page.locator('dialog').last();
    await place.dispatchEvent('dragover', { dataTransfer });
    await expect(page.getByText(veil)).toBeVisible();
    await place.dispatchEvent('drop', { dataTransfer });
    await expect(page.getByText(veil)).toBeHidden();
  }

  test('a file dropped on the dialog is imported, and seen there whichever view is open', async ({
    page,
  }) => {
    const dialog = await open(page, '?import=1000', 'Catalogue');
    await drop(page, 'dropped.gguf', /^Drop to add a model\. For text files/);
    await expect(dialog.getByRole('progressbar', { name: 'Import of dropped' })).toBeVisible();
    await view(dialog, 'Add');
    await drop(page, 'next.gguf', /^Drop to add a model\. For text files/);
    await expect(dialog.getByText('next.gguf is in the list of downloads.')).toBeVisible();
  });

  test('a file of another kind is refused in the dialog about models, and not added to a message unseen', async ({
    page,
  }) => {
    const dialog = await open(page, '?failImport=NOT_A_MODEL&failPast=-1', 'Catalogue');
    await drop(page, 'notes.txt', /^Drop to add a model\. For text files/);
    await expect(dialog.getByRole('alert')).toContainText(/Not a model.*“notes\.txt”/);
    await page.keyboard.press('Escape');
    await expect(page.getByRole('list', { name: 'Files for this message' })).toHaveCount(0);
  });

  test('no other dialog takes files: what became of them would not be seen', async ({ page }) => {
    const covered = /^Close what is open over the page first/;
    const dialog = await open(page, '?models=one&import=60', 'On this device');
    await dialog.getByRole('button', { name: /^Delete/ }).click();
    await drop(page, 'one.gguf', covered);
    await page.getByRole('dialog', { name: /^Delete/ }).press('Escape');
    await expect(row(dialog, 'SmolLM2')).toBeVisible();
    await dialog.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('button', { name: 'Settings' }).click();
    for (const name of ['two.gguf', 'notes.txt']) await drop(page, name, covered);
    await page.keyboard.press('Escape');
    await expect(page.getByRole('list', { name: 'Files for this message' })).toHaveCount(0);
    await page.locator('.model-line').click();
    await expect(row(dialog, 'SmolLM2')).toBeVisible();
    await expect(dialog.getByRole('listitem')).toHaveCount(2);
  });

  test('a repository lists its files with sizes and what fits; an address of its page will do', async ({
    page,
  }) => {
    const dialog = await open(page, '', 'Add');
    await dialog
      .getByLabel('Hugging Face repository')
      .fill('https://hub.example/Qwen/Qwen3-4B-GGUF/tree/main');
    await dialog.getByRole('button', { name: 'List files' }).click();
    const files = dialog.getByRole('list', { name: 'Models in Qwen/Qwen3-4B-GGUF' });
    await expect(files.getByRole('listitem')).toHaveCount(4);
    await expect(files.getByText('8.05 GB · 2 parts · May not fit this device')).toBeVisible();
    await expect(files.getByText('2.50 GB · Fits this device')).toBeVisible();
    await files.getByRole('button', { name: /Q4_K_M/ }).click();
    await view(dialog, 'On this device');
    await expect(row(dialog, /Q4_K_M/).getByRole('button', { name: 'Unload' })).toBeVisible();
  });

  test('a repository that does not answer says why, and one with no models says so', async ({ page }) => {
    const failing = await open(page, '?failHub=HTTP_STATUS', 'Add');
    await failing.getByLabel('Hugging Face repository').fill('nobody/nothing');
    await failing.getByLabel('Hugging Face repository').press('Enter');
    await expect(page.getByText(/The server answered with an error \(404\)/)).toBeVisible();
    const dialog = await open(page, '', 'Add');
    const repo = dialog.getByLabel('Hugging Face repository');
    await repo.fill('nobody/nothing');
    await repo.press('Enter');
    await expect(dialog.getByText('nobody/nothing has no model this page can read')).toBeVisible();
    await repo.fill('not a repository');
    await repo.press('Enter');
    await expect(repo).toHaveAccessibleDescription('A repository is written owner/name.');
    await expect(repo).toHaveValue('not a repository');
  });

  test('an address that leads nowhere stays to be mended, told of beside it', async ({ page }) => {
    const dialog = await open(page, '?failImport=HTTP_STATUS&failPast=-1&failTimes=1&import=3000', 'Add');
    const address = dialog.getByLabel('Address of a GGUF file');
    const start = dialog.getByRole('button', { name: 'Download', exact: true });
    await address.fill('files.example');
    await start.click();
    await expect(address).toHaveAccessibleDescription(/^An address looks like https:/);
    await expect(address).toBeFocused();
    await address.fill('https://files.example/mdoel.gguf');
    await expect(address).toHaveAccessibleDescription('');
    await start.click();
    await expect(dialog.getByText('Reading the file’s table')).toBeVisible();
    await expect(address).toHaveAccessibleDescription(/^The server refused\. .* Check the address\./);
    await expect(address).toHaveValue('https://files.example/mdoel.gguf');
    await expect(address).toBeFocused();
    await expect(dialog.getByRole('alert')).toHaveCount(1);
    // It is still there after a look elsewhere, and there is nothing in the list to clear away.
    await view(dialog, 'On this device');
    await expect(dialog.getByRole('listitem')).toHaveCount(1);
    await view(dialog, 'Add');
    await expect(address).toHaveValue('https://files.example/mdoel.gguf');
    await expect(address).toHaveAccessibleDescription(/Check the address/);

    await address.fill('https://files.example/model.gguf');
    await address.press('Enter');
    await expect(dialog.getByText(/model is arriving: see “On this device”\.$/)).toBeVisible();
    await expect(address).toHaveValue('');
    await expect(dialog.getByRole('alert')).toHaveCount(0);
  });

  test('what is wrong with an address is in sight on a small screen, under what else went wrong', async ({
    page,
  }) => {
    await page.setViewportSize({ width: 320, height: 640 });
    const dialog = await open(page, '?failImport=HTTP_STATUS&failPast=-1&import=50', 'Add');
    await dialog.locator('input[type=file]').first().setInputFiles(GGUF);
    const address = dialog.getByLabel('Address of a GGUF file');
    await expect(dialog.getByRole('alert')).toHaveCount(1);
    await address.fill('https://files.example/slip.gguf');
    await address.press('Enter');
    const wrong = dialog.locator('form [role=alert]');
    await expect(wrong).toContainText('Check the address.');
    await expect(wrong).toBeInViewport({ ratio: 1 });
    const alerts = await dialog.getByRole('region', { name: 'Problems' }).boundingBox();
    expect(alerts?.height).toBeLessThanOrEqual(0.4 * 640);
    expect(alerts?.y ?? 640).toBeLessThan((await address.boundingBox())?.y ?? 0);
  });

  test('a repository that is refused stays in its field, after a look elsewhere too', async ({ page }) => {
    const dialog = await open(page, '?failHub=HTTP_STATUS', 'Add');
    const repo = dialog.getByLabel('Hugging Face repository');
    await repo.fill('Qwen/Qwen3-4');
    await dialog.getByRole('button', { name: 'List files' }).click();
    await expect(repo).toHaveAccessibleDescription(/^The server refused\. .*\(404\)\. Check the address\./);
    await expect(repo).toBeFocused();
    await view(dialog, 'Storage');
    await view(dialog, 'Add');
    await expect(repo).toHaveValue('Qwen/Qwen3-4');
    await expect(repo).toHaveAccessibleDescription(/Check the address/);
    await repo.press('End');
    await repo.press('B');
    await expect(repo).toHaveAccessibleDescription('');
  });

  test('safetensors are offered whole, and ask how precisely to keep them', async ({ page }) => {
    const dialog = await open(page, '?import=5', 'Add');
    const repo = dialog.getByLabel('Hugging Face repository');
    await repo.fill('Qwen/Qwen3-4B');
    await repo.press('Enter');
    const whole = row(dialog, 'The whole model (safetensors)');
    await expect(whole).toContainText('8.04 GB · 3 parts');
    await whole.getByRole('button', { name: 'Download The whole model' }).press('Enter');
    const question = page.getByRole('dialog', { name: 'How precise?' });
    await expect(question).toContainText(
      'Qwen/Qwen3-4B: 8.04 GB come over the network whichever you choose.',
    );
    await expect(question.getByRole('radio')).toHaveCount(3);
    await expect(question.getByRole('radio', { name: 'As it is 8.04 GB' })).toBeChecked();
    await expect(question.getByRole('radio', { name: '8 bits about 4.27 GB' })).toBeVisible();
    await question.press('Escape');
    await expect(question).toBeHidden();

    // The keyboard alone will do.
    await whole.getByRole('button', { name: 'Download The whole model' }).press('Enter');
    await question.getByRole('radio', { name: /As it is/ }).focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await expect(question.getByRole('radio', { name: '4 bits about 2.41 GB' })).toBeChecked();
    await page.keyboard.press('Enter');
    await expect(question).toBeHidden();
    await view(dialog, 'On this device');
    await expect(dialog.getByText(/BF16 → q4/)).toBeVisible();
  });

  test('files of a folder ask the same where they hold floats, and nothing where they are packed', async ({
    page,
  }) => {
    const file = (name: string, content: string) => ({
      name,
      mimeType: 'application/octet-stream',
      buffer: Buffer.from(content),
    });
    const dialog = await open(page, '?import=5', 'Add');
    const choose = (config: object): Promise<void> =>
      dialog
        .locator('input[type=file]')
        .first()
        .setInputFiles([
          file('config.json', JSON.stringify(config)),
          file('model.safetensors', 'x'.repeat(5000)),
        ]);
    await choose({ model_type: 'olmoe', quantization_config: null });
    const question = page.getByRole('dialog', { name: 'How precise?' });
    await expect(question).toContainText('model.safetensors: 5 kB of weights.');
    await question.getByRole('radio', { name: /^8 bits/ }).check();
    await question.getByRole('button', { name: 'Import' }).click();
    await choose({ model_type: 'mixtral', quantization_config: { quant_method: 'gptq' } });
    await expect(question).toBeHidden();
    await view(dialog, 'On this device');
    await expect(dialog.getByText(/BF16 → q8/)).toBeVisible();
    // The guide, and both.
    await expect(dialog.getByRole('listitem')).toHaveCount(3);
  });
});

test.describe('the catalogue', () => {
  test('tells what fits, with the sum it rests on, and takes the user’s word for the memory', async ({
    page,
  }) => {
    const dialog = await open(page, '', 'Catalogue');
    const list = dialog.getByRole('list', { name: 'Models to download' });
    const qwen = row(dialog, 'Qwen3 4B Instruct 2507');
    await expect(qwen).toContainText(
      'May not fit this device 2.77 GB of weights + 604 MB for 4,096 tokens + 200 MB to work in = 3.57 GB, of 4 GB that this GPU is guessed to have.',
    );
    await expect(list.getByRole('listitem').first()).toContainText('Recommended for this device');
    await expect(list.getByRole('listitem').first()).toContainText('Granite 3.1 3B-A800M');
    const large = row(dialog, 'Qwen3 30B-A3B Instruct 2507');
    await expect(large).toContainText('May not fit this device');

    const memory = dialog.getByLabel('This GPU has');
    await memory.selectOption('4 GB');
    await expect(large).toContainText('Does not fit this device');
    await expect(qwen).toContainText('Tight on this device');
    await expect(qwen).toContainText('= 3.57 GB, of the 4 GB this GPU has.');
    await memory.selectOption('6 GB');
    await expect(qwen).toContainText('Fits this device');
    await memory.selectOption('32 GB');
    await expect(large).toContainText('Fits this device');

    await page.reload();
    await page.locator('.model-line').click();
    await view(dialog, 'Catalogue');
    await expect(memory).toHaveValue('32');
  });

  test('is narrowed to what fits and to a kind, and ordered by size', async ({ page }) => {
    const dialog = await open(page, '', 'Catalogue');
    const list = dialog.getByRole('list', { name: 'Models to download' });
    await expect(list.getByRole('listitem')).toHaveCount(16);
    await dialog.getByLabel('This GPU has').selectOption('4 GB');
    await dialog.getByLabel('Kind').selectOption('Mixtures of experts');
    await dialog.getByLabel('Only what fits').check();
    await expect(list.locator('.model-head strong')).toHaveText([
      'Granite 3.1 3B-A800M',
      'Granite 3.1 1B-A400M',
    ]);
    await expect(list.getByRole('listitem')).toHaveCount(2);
    await dialog.getByLabel('Order').selectOption('Smallest first');
    await expect(list.getByRole('listitem').first()).toContainText('1B-A400M');
  });

  test('a download from it shows how far it is, then offers to load', async ({ page }) => {
    const dialog = await open(page, '?import=200', 'Catalogue');
    const entry = row(dialog, 'Granite 3.1 3B-A800M');
    await entry.getByRole('button', { name: 'Download Granite 3.1 3B-A800M' }).click();
    await expect(entry.getByText(/^Downloading \d+ %$/)).toBeVisible();
    await expect(entry.getByText('On this device', { exact: true })).toBeVisible();
    await expect(entry.getByRole('button', { name: 'Unload' })).toBeVisible();
  });

  test('without a graphics processor nothing fits, and it says so', async ({ page }) => {
    const dialog = await open(page, '?device=NO_WEBGPU', 'Catalogue');
    await expect(row(dialog, 'SmolLM2 135M')).toContainText('Needs a graphics processor');
    await dialog.getByLabel('Only what fits').check();
    await expect(dialog.getByText('Nothing of this kind fits.')).toBeVisible();
  });
});

test.describe('models on this device', () => {
  test('the guide is built in: nothing to delete, no storage', async ({ page }) => {
    const dialog = await open(page, '?models=one', 'On this device');
    const guide = row(dialog, 'The guide');
    await expect(guide).toContainText('Came with this page: it takes no storage.');
    await expect(guide).toContainText('16 experts, 2 for each token');
    await expect(guide.getByRole('button')).toHaveText(['Unload']);
  });

  test('a model is loaded, put away and deleted after a question', async ({ page }) => {
    const dialog = await open(page, '?models=many&load=40', 'On this device');
    await dialog.getByRole('button', { name: /^Load SmolLM2/ }).click();
    await expect(state(page)).toHaveText('ready');
    await page.locator('.model-line').click();
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
    const dialog = await open(page, '?models=one&load=500', 'On this device');
    await dialog.getByRole('button', { name: /^Load / }).click();
    await page.locator('.model-line').click();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await expect(dialog.getByRole('button', { name: /^Load SmolLM2/ })).toBeVisible();
    await expect(page.getByRole('alert')).toBeHidden();
  });

  test('verifying shows how far it is, can be ended, and finds what is whole', async ({ page }) => {
    const dialog = await open(page, '?models=one&load=300', 'On this device');
    const smol = row(dialog, 'SmolLM2');
    await smol.getByRole('button', { name: 'Verify SmolLM2 135M Instruct' }).click();
    await expect(smol.getByText(/^Comparing piece \d+ of 20 with its hash$/)).toBeVisible();
    await smol.getByRole('button', { name: /^Stop verifying/ }).click();
    await expect(smol.getByRole('progressbar')).toBeHidden();
    await smol.getByRole('button', { name: /^Verify/ }).click();
    await expect(smol.getByText('Intact: all 20 pieces (98 MB) are what was written.')).toBeVisible();
  });

  test('bad pieces are counted and fetched again', async ({ page }) => {
    const dialog = await open(page, '?models=many&load=5&bad=3', 'On this device');
    const qwen = row(dialog, 'hash').or(row(dialog, 'Qwen3 4B Instruct 2507')).filter({ hasText: 'Q4_K_M' });
    await qwen.getByRole('button', { name: /^Verify/ }).click();
    await expect(qwen.getByRole('alert')).toHaveText('3 of 20 pieces are not what was written.');
    await qwen.getByRole('button', { name: /^Fetch the damaged pieces/ }).click();
    await expect(dialog.getByRole('progressbar', { name: /^Import of / }).first()).toBeVisible();

    const smol = row(dialog, 'SmolLM2');
    await smol.getByRole('button', { name: /^Verify/ }).click();
    await expect(smol.getByRole('alert')).toContainText('Choose its file or folder again');
  });
});

test('the storage view says what takes how much, verifies, deletes, and asks to be kept', async ({
  page,
}) => {
  const dialog = await open(page, '?models=many&persisted=0', 'Storage');
  await expect(dialog.getByText('5.40 GB used of 120 GB that the browser allows')).toBeVisible();
  const parts = dialog.locator('.storage-parts');
  await expect(parts.getByText('Unfinished downloads')).toBeVisible();
  await expect(parts).toContainText('4.20 GB');
  await expect(parts).toContainText('1.20 GB');
  await expect(dialog.getByText('The browser may remove it when the disk runs full.')).toBeVisible();
  await dialog.getByRole('button', { name: 'Ask the browser to keep it' }).click();
  await expect(dialog.getByText(/The browser has not agreed/)).toBeVisible();
  await dialog.getByRole('button', { name: /^Verify SmolLM2/ }).click();
  await expect(dialog.getByText(/^Intact/)).toBeVisible();
  await dialog.getByRole('button', { name: /^Delete SmolLM2/ }).click();
  await page
    .getByRole('dialog', { name: /^Delete “SmolLM2/ })
    .getByRole('button', { name: 'Delete' })
    .click();
  await expect(dialog.getByText('5.30 GB used')).toBeVisible();
});

test('the views are tabs: arrow keys go from one to the next', async ({ page }) => {
  const dialog = await open(page, '?models=one', 'On this device');
  await dialog.getByRole('tab', { name: 'On this device' }).focus();
  await page.keyboard.press('ArrowRight');
  await expect(dialog.getByRole('tab', { name: 'Catalogue' })).toBeFocused();
  await expect(dialog.getByRole('tabpanel', { name: 'Catalogue' })).toBeVisible();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await expect(dialog.getByRole('tabpanel', { name: 'Storage' })).toBeVisible();
});

test('the model used last is loaded again after a reload', async ({ page }) => {
  const dialog = await open(page, '?models=one', 'On this device');
  await dialog.getByRole('button', { name: /^Load SmolLM2/ }).click();
  await expect(state(page)).toHaveText('ready');
  await page.reload();
  await expect(page.locator('.model-line')).toContainText('SmolLM2');
  await expect(state(page)).toHaveText('ready');
});
