/** Mixtures of experts on the page: from a folder, chosen or dropped, and out of a repository. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Page } from '@playwright/test';
import { changeConfig, type Folder, hfFolder, setText, shard } from '../../src/tools/hfFolder.ts';
import { answered, answers, ask } from '../ui/steps.ts';
import { startHub } from './hub.ts';
import { dropPath, loaded, openModels, test } from './product.ts';
import { arrivedRecords, type StoredModel, storedModels } from './stored.ts';

/** PyTorch's tiny Qwen3-MoE in three shards, as it is published, with things beside it that are not the model. */
function published(): Folder {
  const folder = hfFolder('qwen3_moe');
  changeConfig(folder, { max_position_embeddings: 48 });
  shard(folder, 3);
  setText(folder, 'README.md', '# tiny');
  return folder;
}

let place: string;
/** On the disk, with another model's files below. */
let path: string;
test.beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'shoal-'));
  path = join(place, 'Tiny-MoE');
  await mkdir(join(path, 'onnx'), { recursive: true });
  await writeFile(join(path, 'onnx', 'config.json'), '{}');
  for (const [name, content] of published()) await writeFile(join(path, name), content);
});
test.afterAll(() => rm(place, { recursive: true }));

const question = (page: Page) => page.getByRole('dialog', { name: 'How precise?' });
const bytesOf = ({ records }: StoredModel): number => records.reduce((sum, { bytes }) => sum + bytes, 0);
const quantised = (page: Page, words: string) => page.getByRole('dialog').getByText(`· ${words} · qwen3_moe`);

async function speaks(page: Page): Promise<void> {
  await ask(page, 'a b c');
  await answered(page);
  await expect(
    answers(page)
      .last()
      .getByText(/tokens\/s/),
  ).toBeVisible();
}

test('a folder becomes a model that answers, before and after a reload', async ({ page }) => {
  await loaded(page);
  const dialog = await openModels(page, 'Add');
  const chooser = page.waitForEvent('filechooser');
  await dialog.getByRole('button', { name: 'Choose a folder' }).click();
  await (await chooser).setFiles(path);
  await expect(question(page)).toContainText('Tiny-MoE: 101 kB of weights');
  await question(page).getByRole('button', { name: 'Import' }).click();
  await loaded(page, 'Tiny-MoE');
  await page.keyboard.press('Escape');
  await speaks(page);

  await page.reload();
  await loaded(page, 'Tiny-MoE');
  await speaks(page);
});

test('a folder that is dropped can be kept in 4 bits; one cut off on the hub goes on, to the same bytes', async ({
  page,
  context,
}) => {
  const hub = await startHub(context, 'someone/Tiny-MoE', published());
  hub.refused = { file: 'model-00003-of-00003.safetensors', left: 5 };
  await loaded(page);
  const dialog = await openModels(page, 'Add');
  await dialog.getByLabel('Hugging Face repository').fill('someone/Tiny-MoE');
  await dialog.getByRole('button', { name: 'List files' }).click();
  const row = dialog.getByRole('listitem').filter({ hasText: 'The whole model' });
  await expect(row).toContainText('101 kB · 3 parts');
  await row.getByRole('button').click();
  await question(page)
    .getByRole('radio', { name: /^4 bits/ })
    .check();
  await question(page).getByRole('button', { name: 'Download' }).click();
  await expect(page.getByRole('alert')).toContainText('What arrived is kept.');
  const [cut] = await storedModels(page);
  expect(cut).toMatchObject({ state: 'partial', origin: 'hub:someone/Tiny-MoE/', title: 'Tiny-MoE' });
  expect(arrivedRecords(cut)).toBeGreaterThan(0);
  expect(arrivedRecords(cut)).toBeLessThan(cut!.records.length);

  hub.refused = null;
  await page.reload();
  await loaded(page);
  await (await openModels(page)).getByRole('button', { name: 'Resume Tiny-MoE' }).click();
  await loaded(page, 'Tiny-MoE');
  await page.keyboard.press('Escape');
  await speaks(page);

  await openModels(page);
  await expect(quantised(page, 'BF16 → q4')).toHaveCount(1);
  await dropPath(page, path);
  await question(page)
    .getByRole('radio', { name: /^4 bits/ })
    .check();
  await question(page).getByRole('button', { name: 'Import' }).click();
  await expect(quantised(page, 'BF16 → q4')).toHaveCount(2);
  await dropPath(page, path);
  await question(page).getByRole('button', { name: 'Import' }).click();
  await expect(quantised(page, 'BF16')).toHaveCount(1);
  const [fromHub, dropped, whole] = (await storedModels(page)).toSorted((a, b) => bytesOf(a) - bytesOf(b));
  expect(fromHub!.records).toEqual(dropped!.records);
  expect(bytesOf(dropped!)).toBeLessThan(bytesOf(whole!));
  await hub.close();
});
