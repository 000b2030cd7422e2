import { expect, test } from '@playwright/test';
import { download, open, row, view } from './modelSteps.ts';
import { GGUF } from './steps.ts';

test.describe('downloads', () => {
  test('pause keeps what arrived and tells no failure; resume goes on', async ({ page }) => {
    const dialog = await open(page, '?import=200', 'Add');
    await download(dialog, 'https://files.example/big.gguf');
    await view(dialog, 'On this device');
    await expect(dialog.getByText(/left$/)).toBeVisible();
    await dialog.getByRole('button', { name: /^Pause / }).click();
    await expect(dialog.getByText(/of 4\.10 GB · Paused\. What arrived is kept\./)).toBeVisible();
    await expect(page.getByRole('alert')).toBeHidden();
    await dialog.getByRole('button', { name: /^Resume / }).click();
    await expect(dialog.getByRole('button', { name: 'Unload' })).toBeVisible();
  });

  test('several stand in a row: one arrives, the others say that they wait', async ({ page }) => {
    const dialog = await open(page, '?import=1000', 'Add');
    for (const name of ['one', 'two', 'three']) await download(dialog, `https://files.example/${name}.gguf`);
    // The same again changes nothing.
    await download(dialog, 'https://files.example/two.gguf');
    await view(dialog, 'On this device');
    await expect(dialog.getByRole('progressbar', { name: /^Import of / })).toHaveCount(1);
    await expect(dialog.getByText('Waits for the one before it')).toHaveCount(2);
    await dialog.getByRole('button', { name: 'Remove three.gguf from the list' }).click();
    await expect(dialog.getByText('Waits for the one before it')).toHaveCount(1);
    await dialog.getByRole('button', { name: /^Pause .*one/ }).click();
    await expect(dialog.getByRole('progressbar', { name: /Import of .*two/ })).toBeVisible();
    await expect(dialog.getByRole('button', { name: /^Resume .*one/ })).toBeVisible();
  });

  test('what stops says where, what is safe and what to do, and may be tried again', async ({ page }) => {
    const dialog = await open(page, '?failImport=HTTP_STATUS&failTimes=1', 'Add');
    await download(dialog, 'https://files.example/big.gguf');
    const alert = dialog.getByRole('alert');
    await expect(alert).toContainText(
      /The server answered with an error for “https:\/\/files\.example\/big”\. What arrived is kept\./,
    );
    await alert.getByRole('button', { name: 'Dismiss' }).click();
    await expect(alert).toBeHidden();
    await view(dialog, 'On this device');
    await expect(dialog.getByText(/of 4\.10 GB · Stopped: The server refused\./)).toBeVisible();
    await dialog.getByRole('button', { name: /^Retry / }).click();
    await expect(dialog.getByRole('button', { name: 'Unload' })).toBeVisible();
  });

  test('those the network stopped go on by themselves when it is back', async ({ page, context }) => {
    const dialog = await open(page, '?import=200', 'Add');
    await download(dialog, 'https://files.example/big.gguf');
    await download(dialog, 'https://files.example/next.gguf');
    await view(dialog, 'On this device');
    await expect(dialog.getByText(/left$/)).toBeVisible();
    await context.setOffline(true);
    await expect(
      dialog.getByText(
        /Stopped: The network did not answer\. It goes on by itself when the network is back\./,
      ),
    ).toBeVisible();
    await expect(dialog.getByText('Waits for the network')).toBeVisible();
    await context.setOffline(false);
    await expect(dialog.getByRole('button', { name: 'Unload' })).toBeVisible();
    await expect(dialog.getByRole('button', { name: /^Load / })).toHaveCount(2, { timeout: 60_000 });
  });

  test('local files that stopped go on in this visit; after it they have to be chosen again', async ({
    page,
  }) => {
    const dialog = await open(page, '?import=300', 'Add');
    await dialog.locator('input[type=file]').first().setInputFiles(GGUF);
    await view(dialog, 'On this device');
    await expect(dialog.getByText(/left$/)).toBeVisible();
    await dialog.getByRole('button', { name: /^Pause / }).click();
    await dialog.getByRole('button', { name: /^Resume / }).click();
    await expect(dialog.getByText(/left$/)).toBeVisible();
    const again = await open(page, '?models=unfinishedFile', 'On this device');
    await expect(again.getByText(/Choose its file or folder again to go on/)).toBeVisible();
    await expect(again.getByRole('button', { name: /^Resume / })).toBeHidden();
  });

  test('those under way go on by themselves after a reload; what was paused stays paused', async ({
    page,
  }) => {
    const dialog = await open(page, '?import=5000', 'Add');
    for (const name of ['one', 'two', 'three']) await download(dialog, `https://files.example/${name}.gguf`);
    await view(dialog, 'On this device');
    await expect(dialog.getByText('Waits for the one before it')).toHaveCount(2);
    await dialog.getByRole('button', { name: 'Pause two.gguf' }).click();
    await expect(dialog.getByText('Paused before anything arrived.')).toHaveCount(1);

    const again = await open(page, '?import=400', 'On this device');
    await expect(row(again, 'three.gguf')).toContainText('Waits for the one before it');
    await expect(again.getByRole('progressbar', { name: /^Import of .*one/ })).toBeVisible();
    await expect(row(again, 'two.gguf')).toContainText('Paused before anything arrived.');
    // Both arrive with nobody's doing; the first is loaded in the guide's place.
    await expect(row(again, 'three').getByRole('button', { name: /^Load / })).toBeVisible({
      timeout: 60_000,
    });
    await expect(row(again, 'one').getByRole('button', { name: 'Unload' })).toBeVisible();

    const third = await open(page, '?import=20', 'On this device');
    await expect(row(third, 'two.gguf')).toContainText('Paused before anything arrived.');
    await expect(third.getByRole('progressbar')).toHaveCount(0);
    await third.getByRole('button', { name: 'Remove two.gguf from the list' }).click();
    await expect(third.getByText('Paused before anything arrived.')).toBeHidden();
  });

  test('one that was resumed goes on from what is stored of it', async ({ page }) => {
    const dialog = await open(page, '?models=partial&import=5000', 'On this device');
    await dialog.getByRole('button', { name: 'Resume Qwen3 4B Instruct 2507' }).click();
    await expect(dialog.getByRole('button', { name: 'Pause Qwen3 4B Instruct 2507' })).toBeVisible();
    // What is being written is not offered to be deleted.
    await view(dialog, 'Storage');
    await expect(row(dialog, 'Qwen3 4B Instruct 2507')).toContainText('It is arriving.');
    await expect(dialog.getByRole('button', { name: /^Delete/ })).toHaveCount(0);
    const again = await open(page, '?models=partial&import=2000', 'On this device');
    await expect(again.getByText(/^1\.[2-9]\d of 4\.10 GB · /)).toBeVisible();
    await expect(again.getByRole('button', { name: 'Pause Qwen3 4B Instruct 2507' })).toBeVisible();
  });

  test('with no network they wait, and go on when it is back', async ({ page }) => {
    const dialog = await open(page, '?import=5000', 'Add');
    await download(dialog, 'https://files.example/one.gguf');
    await view(dialog, 'On this device');
    await expect(dialog.getByText('Reading the file’s table')).toBeVisible();
    // The page comes from the service worker then; here it is told that there is no network.
    await page.addInitScript(() => {
      let online = false;
      Object.defineProperty(navigator, 'onLine', { get: () => online });
      addEventListener('online', () => void (online = true), { capture: true });
    });
    const again = await open(page, '?import=5', 'On this device');
    await expect(row(again, 'one.gguf')).toContainText('Waits for the network');
    await page.evaluate(() => dispatchEvent(new Event('online')));
    await expect(row(again, 'one').getByRole('button', { name: 'Unload' })).toBeVisible();
  });

  test('only the tab that has the GPU goes on with them', async ({ page, context }) => {
    const dialog = await open(page, '?import=60000', 'Add');
    await download(dialog, 'https://files.example/one.gguf');
    await view(dialog, 'On this device');
    await expect(dialog.getByText('Reading the file’s table')).toBeVisible();
    const second = await context.newPage();
    await second.goto('/?import=20');
    await expect(second.getByText('Shoal is in use in another tab')).toBeVisible();
    await second.locator('.model-line').click();
    const there = second.getByRole('dialog', { name: 'Models' });
    await there.getByRole('tab', { name: 'On this device' }).click();
    await expect(row(there, 'The guide')).toBeVisible();
    await expect(row(there, 'one.gguf')).toContainText(
      'Another tab is at work on it. When that tab is closed, it goes on here.',
    );
    await expect(row(there, 'one.gguf').getByRole('button')).toHaveCount(0);
    // Its own tab is closed: this one has the GPU now.
    await page.close();
    await expect(row(there, 'one').getByRole('button', { name: 'Unload' })).toBeVisible();
  });

  test('what another tab is at work on is shown with its progress, and goes where the GPU goes', async ({
    page,
    context,
  }) => {
    const TITLE = 'Qwen3 4B Instruct 2507';
    const dialog = await open(page, '?models=partial&import=2000', 'On this device');
    await dialog.getByRole('button', { name: `Resume ${TITLE}` }).click();
    const second = await context.newPage();
    await second.goto('/?models=partial&import=2000');
    await second.locator('.model-line').click();
    const there = second.getByRole('dialog', { name: 'Models' });
    await expect(row(there, TITLE)).toContainText(
      /^.*(1\.[3-9]|[23]\.\d)\d of 4\.10 GB · Another tab is at work on it\./,
    );
    await expect(row(there, TITLE)).toHaveCount(1);
    await expect(row(there, TITLE).getByRole('button')).toHaveCount(0);
    await there.getByRole('tab', { name: 'Storage' }).click();
    await expect(row(there, TITLE)).toContainText('Another tab is at work on it.');
    await expect(there.getByRole('button', { name: `Delete ${TITLE}` })).toHaveCount(0);

    await there.getByRole('button', { name: 'Close' }).click();
    await second.getByRole('button', { name: 'Use it here' }).click();
    await second.locator('.model-line').click();
    await expect(there.getByRole('button', { name: `Pause ${TITLE}` })).toBeVisible();
    await expect(row(dialog, TITLE)).toContainText('Another tab is at work on it.');
    await expect(row(dialog, TITLE).getByRole('button')).toHaveCount(0);
    // Paused there, it may be gone on with in either.
    await there.getByRole('button', { name: `Pause ${TITLE}` }).click();
    await expect(there.getByRole('button', { name: `Resume ${TITLE}` })).toBeVisible();
    await expect(dialog.getByRole('button', { name: `Resume ${TITLE}` })).toBeVisible();
    await expect(page.getByRole('alert')).toHaveCount(0);
    await expect(second.getByRole('alert')).toHaveCount(0);
  });

  test('an unfinished one of an earlier visit goes on from where it was', async ({ page }) => {
    const dialog = await open(page, '?models=partial&import=300', 'On this device');
    await expect(dialog.getByText('1.20 of 4.10 GB · Unfinished. What arrived is kept.')).toBeVisible();
    await dialog.getByRole('button', { name: 'Resume Qwen3 4B Instruct 2507' }).click();
    await expect(dialog.getByText(/^(1\.[2-9]|[23]\.\d)\d of 4\.10 GB · \d/)).toBeVisible();
    await expect(dialog.getByRole('button', { name: 'Unload' })).toBeVisible();
  });
});
