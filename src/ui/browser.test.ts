import { expect, it } from 'vitest';
import { browserName, browserOf, isHandheld } from './browser.ts';

const mozilla = (system: string, engine: string): string => `Mozilla/5.0 (${system}) ${engine}`;
const BLINK = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36';
const GECKO = 'Gecko/20100101 Firefox/133.0';
const WEBKIT = 'AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15';
const MAC = mozilla('Macintosh; Intel Mac OS X 10_15_7', WEBKIT);
const IPHONE = mozilla(
  'iPhone; CPU iPhone OS 18_1 like Mac OS X',
  'AppleWebKit/605.1.15 CriOS/130.0 Mobile/15E148 Safari/604.1',
);

it('tells browsers apart by how WebGPU is switched on in them', () => {
  const told = [
    mozilla('Windows NT 10.0; Win64; x64', BLINK),
    mozilla('X11; Linux x86_64', BLINK),
    mozilla('Linux; Android 14; Pixel 8', BLINK),
    mozilla('Windows NT 10.0; Win64; x64; rv:133.0', GECKO),
    mozilla('X11; Linux x86_64; rv:133.0', GECKO),
    mozilla('Android 14; Mobile; rv:133.0', GECKO),
    MAC,
    IPHONE,
  ].map((agent) => browserOf(agent, true));
  expect(told).toEqual([
    'chromium',
    'chromiumLinux',
    'chromiumAndroid',
    'firefox',
    'firefoxLinux',
    'firefoxAndroid',
    'safari',
    'safariIos',
  ]);
  expect(browserOf(mozilla('Windows NT 10.0', BLINK), false)).toBe('insecure');
});

it('sees through an iPad that says it is a Mac', () => {
  expect(browserOf(MAC, true, 5)).toBe('safariIos');
  expect(browserOf(MAC, true, 0)).toBe('safari');
  expect(isHandheld(MAC, 5)).toBe(true);
  expect(isHandheld(MAC, 0)).toBe(false);
});

it('knows what fits a hand', () => {
  expect(isHandheld(IPHONE)).toBe(true);
  expect(isHandheld(mozilla('Linux; Android 14; Pixel 8', BLINK))).toBe(true);
  expect(isHandheld(mozilla('X11; Linux x86_64', BLINK))).toBe(false);
});

it('names a browser as people do', () => {
  expect(browserName(mozilla('X11; Linux x86_64', BLINK))).toBe('Chrome 130');
  expect(browserName(mozilla('X11; Linux x86_64', `${BLINK} Edg/130.0.2849.68`))).toBe('Edge 130.0.2849.68');
  expect(browserName(mozilla('X11', GECKO))).toBe('Firefox 133');
  expect(browserName(MAC)).toBe('Safari 18.1');
  expect(browserName(IPHONE)).toBe('Chrome 130');
  expect(browserName('curl/8')).toBe('curl/8');
});
