import { expect, test } from 'vitest';
import { backportsIn } from './lavapipe.ts';

const STANZAS = `Types: deb
URIs: mirror://main
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian.gpg

Types: deb
URIs: mirror://security
Suites: bookworm-security
Components: main
`;

test('takes the release’s stanza, not that of its security updates', () => {
  const [first = '', security = ''] = STANZAS.split('\n\n');
  const wanted = first.replace('bookworm bookworm-updates', 'bookworm-backports');
  expect(backportsIn(STANZAS, 'bookworm')).toBe(`${wanted}\n`);
  expect(backportsIn(`${security}\n\n${first}`, 'bookworm')).toBe(`${wanted}\n`);
  expect(backportsIn(security, 'bookworm')).toBeUndefined();
  expect(backportsIn(STANZAS, 'trixie')).toBeUndefined();
});

test('takes the release’s line', () => {
  const lines =
    'deb mirror://security bookworm-security main\ndeb [arch=amd64] mirror://main bookworm main contrib\n';
  expect(backportsIn(lines, 'bookworm')).toBe(
    'deb [arch=amd64] mirror://main bookworm-backports main contrib\n',
  );
  expect(backportsIn('# deb mirror://main bookworm main\n', 'bookworm')).toBeUndefined();
});
