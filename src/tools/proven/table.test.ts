import { describe, expect, it } from 'vitest';
import { BEGIN, END, markedPart, provenTable, withMarkedPart } from './table.ts';

const TABLE = provenTable([
  { family: 'olmoe', container: 'GGUF', formats: ['Q8_0', 'F32'] },
  { family: 'olmoe', container: 'GGUF', formats: ['F32'] },
  { family: 'llama', container: 'safetensors', formats: ['BF16'] },
]);

describe('the table of what is proven', () => {
  it('has a row for each family and every format once', () => {
    expect(TABLE.split('\n').slice(2)).toEqual(['| `llama` | BF16 | – |', '| `olmoe` | – | F32, Q8_0 |']);
  });

  it('goes between its marks and comes back', () => {
    const readme = `before\n${BEGIN}\nold\n${END}\nafter`;
    const written = withMarkedPart(readme, TABLE);
    expect(markedPart(written)).toBe(TABLE);
    expect(written.startsWith('before\n')).toBe(true);
    expect(written.endsWith('\nafter')).toBe(true);
  });

  it('needs its marks', () => {
    expect(() => markedPart('no marks')).toThrow('README.md');
  });
});
