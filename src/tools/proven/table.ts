/** The README's table of families and formats, from the golden tests that passed. */

/** A checkpoint that a passed test compared with PyTorch. */
export interface Proven {
  readonly family: string;
  /** 'safetensors' and the packing, or 'GGUF' and the tensor types in it. */
  readonly container: 'safetensors' | 'GGUF';
  readonly formats: readonly string[];
}

export const BEGIN = '<!-- proven: begin (npm run proven -- --write) -->';
export const END = '<!-- proven: end -->';

/** A row per family, a cell per container with the formats in the order they are given by name. */
export function provenTable(proven: readonly Proven[]): string {
  const families = [...new Set(proven.map(({ family }) => family))].sort();
  const cell = (family: string, container: Proven['container']): string => {
    const of = proven.filter((one) => one.family === family && one.container === container);
    return [...new Set(of.flatMap(({ formats }) => formats))].sort(byName).join(', ') || '–';
  };
  const rows = families.map(
    (family) => `| \`${family}\` | ${cell(family, 'safetensors')} | ${cell(family, 'GGUF')} |`,
  );
  return ['| family | safetensors | GGUF |', '| --- | --- | --- |', ...rows].join('\n');
}

function byName(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

/** The text between the marks; throws where they are missing. */
export function markedPart(readme: string): string {
  const [start, end] = places(readme);
  return readme.slice(start, end).trim();
}

export function withMarkedPart(readme: string, table: string): string {
  const [start, end] = places(readme);
  return `${readme.slice(0, start)}\n${table}\n${readme.slice(end)}`;
}

function places(readme: string): readonly [number, number] {
  const start = readme.indexOf(BEGIN);
  const end = readme.indexOf(END);
  if (start < 0 || end < start) throw new Error('README.md has no place for the table of what is proven');
  return [start + BEGIN.length, end];
}
