import { expect, test } from '@playwright/test';
import { download, open, view } from './modelSteps.ts';
import { GGUF } from './steps.ts';

test.describe('downloads', () => {
  test('pause keeps what arrived and tells no failure; resume goes on', async ({ page }) => {
    const dialog = await open(page, '?import=50', 'Add');
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
    const dialog = await open(page, '?import=60', 'Add');
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
    await expect(alert).toContainText(/The server answered with an error.*What arrived is kept\./);
    await alert.getByRole('button', { name: 'Dismiss' }).click();
    await expect(alert).toBeHidden();
    await view(dialog, 'On this device');
    await expect(dialog.getByText(/of 4\.10 GB · Stopped: The server refused\./)).toBeVisible();
    await dialog.getByRole('button', { name: /^Retry / }).click();
    await expect(dialog.getByRole('button', { name: 'Unload' })).toBeVisible();
  });

  test('those the network stopped go on by themselves when it is back', async ({ page, context }) => {
    const dialog = await open(page, '?import=30', 'Add');
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
    await expect(dialog.getByRole('button', { name: /^Load / })).toHaveCount(2);
  });

  test('local files that stopped go on in this visit; after it they have to be chosen again', async ({
    page,
  }) => {
    const dialog = await open(page, '?import=50', 'Add');
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

  test('the list survives a reload', async ({ page }) => {
    const dialog = await open(page, '?import=5000', 'Add');
    await download(dialog, 'https://files.example/one.gguf');
    await download(dialog, 'https://files.example/two.gguf');
    await view(dialog, 'On this device');
    await expect(dialog.getByText('Waits for the one before it')).toBeVisible();
    const again = await open(page, '?import=5', 'On this device');
    await expect(again.getByText('Paused. What arrived is kept.')).toHaveCount(2);
    await again.getByRole('button', { name: 'Resume one.gguf' }).click();
    await expect(again.getByRole('button', { name: 'Unload' })).toBeVisible();
    await again.getByRole('button', { name: 'Remove two.gguf from the list' }).click();
    await expect(again.getByText('Paused. What arrived is kept.')).toBeHidden();
  });

  test('an unfinished one of an earlier visit goes on from where it was', async ({ page }) => {
    const dialog = await open(page, '?models=partial&import=30', 'On this device');
    await expect(dialog.getByText('1.20 of 4.10 GB · Unfinished. What arrived is kept.')).toBeVisible();
    await dialog.getByRole('button', { name: 'Resume Qwen3 4B Instruct 2507' }).click();
    await expect(dialog.getByText(/^1\.\d\d of 4\.10 GB · /)).toBeVisible();
    await expect(dialog.getByRole('button', { name: 'Unload' })).toBeVisible();
  });
});
