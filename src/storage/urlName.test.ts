import { expect, it } from 'vitest';
import { urlName } from './urlName.ts';

it('reads the last part of an address, broken escapes included', () => {
  expect(urlName('https://host/a/My%20model.gguf?download=true#x')).toBe('My model.gguf');
  expect(urlName('https://host/%E0%A4%A.gguf')).toBe('%E0%A4%A.gguf');
  expect(urlName('https://host/')).toBe('');
});
