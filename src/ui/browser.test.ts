import { expect, it } from 'vitest';
import { browserOf } from './browser.ts';

const mozilla = (system: string, engine: string): string => `Mozilla/5.0 (${system}) ${engine}`;
const BLINK = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36';

it('tells browsers apart by how WebGPU is switched on in them', () => {
  const told = [
    mozilla('Windows NT 10.0; Win64; x64', BLINK),
    mozilla('X11; Linux x86_64', BLINK),
    mozilla('Linux; Android 14; Pixel 8', BLINK),
    mozilla('X11; Linux x86_64; rv:133.0', 'Gecko/20100101 Firefox/133.0'),
    mozilla(
      'Macintosh; Intel Mac OS X 10_15_7',
      'AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15',
    ),
    mozilla(
      'iPhone; CPU iPhone OS 18_1 like Mac OS X',
      'AppleWebKit/605.1.15 CriOS/130.0 Mobile/15E148 Safari/604.1',
    ),
  ].map((agent) => browserOf(agent, true));
  expect(told).toEqual(['chromium', 'chromiumLinux', 'chromiumAndroid', 'firefox', 'safari', 'safariIos']);
  expect(browserOf(mozilla('Windows NT 10.0', BLINK), false)).toBe('insecure');
});
