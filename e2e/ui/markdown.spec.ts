/** What models write: drawn as they mean it, and never run. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { answered, answers, ask, openReady, saysOnce } from './steps.ts';

async function answer(page: Page, name: string, query = 'token=0', timeout?: number): Promise<void> {
  await openReady(page, `?answer=${name}&${query}`);
  await ask(page, 'Tell me about the tides');
  await answered(page, timeout);
}

test('code has its language, its colours and a button; the colours come with the first listing', async ({
  page,
}) => {
  const fetched: string[] = [];
  page.on('request', (request) => fetched.push(request.url()));
  await openReady(page, '?answer=rich&token=0');
  expect(fetched.filter((url) => /highlight|Maths|KaTeX/.test(url))).toEqual([]);
  await ask(page, 'Tell me about the tides');
  await answered(page);
  const code = answers(page).locator('.code');
  await expect(code.locator('.code-language')).toHaveText('ts');
  await expect(code.locator('.hljs-keyword').first()).toHaveText('export');
  await expect(code.locator('.hljs-comment').first()).toHaveText('// Greets one fish by name.');
  const ground = await code.evaluate((box) => getComputedStyle(box).backgroundColor);
  expect(
    await code
      .locator('.hljs-keyword')
      .first()
      .evaluate((word) => getComputedStyle(word).color),
  ).not.toBe(ground);
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await saysOnce(code.getByRole('button'), 'Copied');
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toMatch(/^\/\/ Greets one fish by name\.\nexport function greet[^]*\n\}$/);
});

test('formulas are drawn, prices are not, and what is no formula stays', async ({ page }) => {
  const fonts: string[] = [];
  const refused: string[] = [];
  page.on('response', (response) => {
    if (/KaTeX.*woff/.test(response.url())) fonts.push(new URL(response.url()).host);
  });
  page.on('console', (message) => {
    if (message.type() === 'error') refused.push(message.text());
  });
  await answer(page, 'rich');
  const said = answers(page);
  await expect(said.locator('.katex math')).toHaveCount(3);
  await expect(said.locator('.formula .katex-display')).toHaveCount(1);
  await expect(said.locator('p', { hasText: 'It costs $5 and $10.' })).toBeVisible();
  await expect(said.locator('.maths-source')).toHaveText(['\\frac{1}{', '\\nosuchcommand{x}']);
  const sizes = await said
    .locator('.katex-html')
    .first()
    .evaluate((formula) =>
      ['m', '2'].map((text) => {
        const part = [...formula.querySelectorAll('.mord')].findLast(
          ({ textContent }) => textContent === text,
        );
        return part ? parseFloat(getComputedStyle(part).fontSize) : 0;
      }),
    );
  // KaTeX's style sheet must be of the same version as its program.
  expect((sizes[1] ?? 0) / (sizes[0] ?? 1)).toBeCloseTo(0.7);
  await expect.poll(() => fonts.length).toBeGreaterThan(1);
  expect(new Set(fonts)).toEqual(new Set(['localhost:5174']));
  expect(refused).toEqual([]);
});

test('tables, tasks, footnotes and links by name', async ({ page }) => {
  await answer(page, 'rich');
  const said = answers(page);
  await expect(said.getByRole('table').getByRole('row')).toHaveCount(3);
  await expect(said.getByRole('img', { name: 'done', exact: true })).toHaveCount(1);
  await expect(said.getByRole('img', { name: 'not done' })).toHaveCount(1);
  const link = said.getByRole('link', { name: 'link by name' });
  await expect(link).toHaveAttribute('href', 'https://tides.example/table');
  await expect(link).toHaveAttribute('target', '_blank');
  await expect(link).toHaveAttribute('rel', /noopener noreferrer/);
  await said.getByRole('button', { name: 'Footnote 1' }).click();
  await expect(said.getByRole('note', { name: 'Footnote 1' })).toBeFocused();
  await expect(said.getByRole('note')).toHaveText(/The note says this\./);
  expect(page.url()).not.toContain('#');
});

test('hostile Markdown runs nothing, fetches nothing and hangs nothing', async ({ page }) => {
  test.setTimeout(120_000);
  const fetched: string[] = [];
  const dialogs: string[] = [];
  page.on('request', (request) => fetched.push(request.url()));
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  await answer(page, 'hostile', 'token=0&piece=997', 60_000);
  const said = page.locator('.conversation');
  await expect(said.getByText('The safe end.')).toBeVisible();
  await expect(page.locator('.code').last()).toContainText('an unclosed fence');
  // All of it is looked at, top to bottom: rows exist only near the view.
  const seen = new Set<string>();
  for (let top = 0, height = Infinity; top < Math.min(height, 12_000); top += 500) {
    await page.evaluate((to) => scrollTo(0, to), top);
    await page.waitForTimeout(60);
    height = await page.evaluate(() => document.documentElement.scrollHeight);
    const found = await said.evaluate((section) => ({
      bad: [
        ...section.querySelectorAll(
          'script, img, iframe, object, embed, style, link, svg:not(.icon), form:not(.rewrite), base, meta',
        ),
      ].map(({ outerHTML }) => outerHTML.slice(0, 200)),
      handlers: [...section.querySelectorAll('*')]
        .flatMap((element) => Array.from(element.attributes))
        .filter(({ name }) => name.startsWith('on'))
        .map(({ name, value }) => `${name}=${value}`),
      links: [...section.querySelectorAll('a')].map((link) => `${link.protocol} ${link.rel} ${link.target}`),
    }));
    expect(found.bad.filter((html) => !html.includes('katex') && !html.startsWith('<svg xmlns'))).toEqual([]);
    expect(found.handlers).toEqual([]);
    for (const link of found.links) seen.add(link);
  }
  expect([...seen].filter((link) => !/^https?: noopener noreferrer nofollow _blank$/.test(link))).toEqual([]);
  expect(await page.evaluate(() => 'stolen' in window)).toBe(false);
  expect(dialogs).toEqual([]);
  expect(fetched.filter((url) => !url.startsWith('http://localhost:5174/'))).toEqual([]);
});

test('rich answers are accessible and never scroll sideways, in both schemes', async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 900 });
  await answer(page, 'rich');
  await expect(answers(page).locator('.hljs-keyword').first()).toBeVisible();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    expect(
      await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth),
    ).toBeLessThanOrEqual(0);
    const { violations } = await new AxeBuilder({ page })
      .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'])
      .options({ rules: { 'color-contrast-enhanced': { enabled: true } } })
      .analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual(
      [],
    );
  }
});

test('an answer without formulas fetches nothing of them', async ({ page }) => {
  const fetched: string[] = [];
  page.on('request', (request) => fetched.push(request.url()));
  await answer(page, 'long');
  expect(fetched.filter((url) => /Maths|KaTeX|highlight/.test(url))).toEqual([]);
});
