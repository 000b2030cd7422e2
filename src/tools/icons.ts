/**
 * Draws public/icon*.{svg,png} from the mark (src/ui/mark.ts):
 * `node src/tools/run.mjs src/tools/icons.ts`. Chromium turns the SVG into PNG.
 */
import { writeFile } from 'node:fs/promises';
import { chromium } from 'playwright';
import { MARK_DOTS, MARK_SIDE } from '../ui/mark.ts';
import { CHROMIUM_FLAGS, ensureChromium } from './chromium.ts';

const LIT = '#ff8765';
const DIM = '#6d8488';
const GROUND = '#0b1213';

interface Look {
  /** Share of the side the mark takes. */
  readonly share: number;
  /** Of the ground's corners, in shares of the side; a maskable icon has none. */
  readonly corner: number;
  readonly ground: string;
}

function svg({ share, corner, ground }: Look, side: number): string {
  const scale = (share * side) / MARK_SIDE;
  const start = (side * (1 - share)) / 2;
  const dots = MARK_DOTS.map(
    ({ x, y, r, lit }) => `<circle cx="${x}" cy="${y}" r="${r}" fill="${lit ? LIT : DIM}"/>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side}" viewBox="0 0 ${side} ${side}">`,
    ground === '' ? '' : `<rect width="${side}" height="${side}" rx="${corner * side}" fill="${ground}"/>`,
    `<g transform="translate(${start} ${start}) scale(${scale})">${dots.join('')}</g>`,
    '</svg>\n',
  ].join('');
}

const ICONS: readonly { readonly file: string; readonly side: number; readonly look: Look }[] = [
  { file: 'icon-192.png', side: 192, look: { share: 0.8, corner: 0.22, ground: GROUND } },
  { file: 'icon-512.png', side: 512, look: { share: 0.8, corner: 0.22, ground: GROUND } },
  // Launchers cut to a circle of 80 %: the mark stays inside it.
  { file: 'icon-maskable-512.png', side: 512, look: { share: 0.58, corner: 0, ground: GROUND } },
];

export async function main(): Promise<number> {
  const place = new URL('../../public/', import.meta.url);
  // In a tab's strip of 16 px a ground would cost the dots their size.
  await writeFile(new URL('icon.svg', place), svg({ share: 1, corner: 0, ground: '' }, MARK_SIDE));

  const browser = await chromium.launch({ executablePath: ensureChromium().path, args: [...CHROMIUM_FLAGS] });
  const page = await browser.newPage();
  for (const { file, side, look } of ICONS) {
    await page.setViewportSize({ width: side, height: side });
    await page.setContent(`<style>body{margin:0}svg{display:block}</style>${svg(look, side)}`);
    await writeFile(new URL(file, place), await page.screenshot({ omitBackground: true }));
  }
  await browser.close();
  return 0;
}
