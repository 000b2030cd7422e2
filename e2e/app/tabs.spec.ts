/** One GPU, two tabs: one speaks, the other can take over, and both show the same conversations. */
import { expect } from '@playwright/test';
import { answered, answers, ask, composer } from '../ui/steps.ts';
import { loaded, test } from './product.ts';

test('a second tab says who speaks, takes over, and hands back', async ({ page, context, product }) => {
  await loaded(page);
  await ask(page, 'hello');
  await answered(page);

  const other = await context.newPage();
  await other.goto(product.url);
  const elsewhere = (tab: typeof page) => tab.getByText('Shoal is speaking in another tab');
  await expect(elsewhere(other)).toBeVisible();
  await expect(composer(other)).toHaveCount(0);
  await other.getByRole('button', { name: 'Use it here' }).click();
  await loaded(other);
  await expect(elsewhere(page)).toBeVisible();
  await ask(other, 'What is Shoal?');
  await answered(other);

  // What was said there is here, too.
  await expect(answers(page)).toHaveCount(await answers(other).count());
  await page.getByRole('button', { name: 'Use it here' }).click();
  await loaded(page);
  await other.close();
  await ask(page, 'Where are my chats kept?');
  await answered(page);
});
