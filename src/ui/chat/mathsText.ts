/**
 * Finds the mathematics in Markdown and writes it the one way the parser is set
 * to: between double dollars. Models write $…$, $$…$$, \(…\) and \[…\]; prices
 * and shell variables hold dollars too, so a single dollar opens only before
 * something solid and closes only after it, with no digit or letter behind
 * (Pandoc's rule), and never around words. Code is left as it is.
 */
export interface MathsText {
  readonly text: string;
  readonly maths: boolean;
}

/** Longer is no formula; as it is, it is text. */
const LONGEST = 2000;

export function mathsText(source: string): MathsText {
  if (!/\$|\\[([]/.test(source)) return { text: source, maths: false };
  let text = '';
  let maths = false;
  for (let at = 0; at < source.length;) {
    const code = codeAt(source, at);
    if (code > 0) {
      text += source.slice(at, at + code);
      at += code;
      continue;
    }
    const formula = formulaAt(source, at);
    if (formula) {
      text += written(source, at, formula);
      maths = true;
      at = formula.end;
      continue;
    }
    const plain = plainAt(source, at);
    // Two dollars that hold no formula must not look like one.
    text += plain === '$$' ? '\\$\\$' : plain;
    at += plain.length;
  }
  return { text, maths };
}

/** Length of the code that begins here: a fence or a span, to its end; 0 for none. */
function codeAt(source: string, at: number): number {
  const char = source.charAt(at);
  if (char !== '`' && char !== '~') return 0;
  const run = /^(`+|~{3,})/.exec(source.slice(at, at + 80))?.[0] ?? '';
  if (run === '') return 0;
  const fence = run.length >= 3 && /^[\s>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?$/.test(lineBefore(source, at));
  if (fence) {
    const close = new RegExp(`\\n[\\s>]*${run[0]}{${run.length},}[ \\t]*(?=\\n|$)`).exec(source.slice(at));
    return close ? close.index + close[0].length : source.length - at;
  }
  if (run.startsWith('~')) return run.length;
  const end = new RegExp(`(?<!\`)\`{${run.length}}(?!\`)`).exec(source.slice(at + run.length));
  return run.length + (end ? end.index + run.length : 0);
}

interface Formula {
  readonly tex: string;
  readonly display: boolean;
  readonly end: number;
}

function formulaAt(source: string, at: number): Formula | null {
  if (source.startsWith('$$', at)) return between(source, at, '$$', '$$', true);
  if (source.startsWith('\\[', at)) return between(source, at, '\\[', '\\]', true);
  if (source.startsWith('\\(', at)) return between(source, at, '\\(', '\\)', false);
  return source.charAt(at) === '$' ? betweenDollars(source, at) : null;
}

function between(source: string, at: number, open: string, close: string, display: boolean): Formula | null {
  const start = at + open.length;
  const end = source.indexOf(close, start);
  if (end < 0 || end - start > LONGEST) return null;
  const tex = source.slice(start, end);
  // A formula has no blank line in it, and is not empty.
  if (tex.trim() === '' || /\n[ \t>]*\n/.test(tex) || tex.includes('$$')) return null;
  return { tex, display, end: end + close.length };
}

function betweenDollars(source: string, at: number): Formula | null {
  const start = at + 1;
  if (!/[^\s$]/.test(source.charAt(start)) || /\w/.test(source.charAt(at - 1))) return null;
  for (let end = start; end < source.length && end - start <= LONGEST; end++) {
    const char = source.charAt(end);
    if (char === '\\') end++;
    else if (char === '\n' && /^\s*$/.test(lineAfter(source, end))) return null;
    else if (char === '$') {
      const tex = source.slice(start, end);
      const closes = /\S$/.test(tex) && !/[\w$]/.test(source.charAt(end + 1));
      return closes && !isPrice(tex) ? { tex, display: false, end: end + 1 } : null;
    }
  }
  return null;
}

/** "5 a month, or", "20/month", "10, or 20": an amount with words behind it, or nothing but words. */
function isPrice(tex: string): boolean {
  if (/[\\^_={}]/.test(tex)) return false;
  return /^\d[^]*(?<!\p{L})\p{L}{2,}/u.test(tex) || /\p{L}{2,}\s+\p{L}{2,}\s+\p{L}{2,}/u.test(tex);
}

/** A formula that has its lines to itself is set on its own; any other stays in the line. */
function written(source: string, at: number, { tex, display, end }: Formula): string {
  // The line's own beginning: a quotation's sign, an item's indent.
  const before = lineBefore(source, at);
  const lead = /^[\s>]*$/.test(before) ? before : null;
  if (display && lead !== null && /^[ \t.,;:]*$/.test(lineAfter(source, end - 1))) {
    const lines = tex
      .replace(/^[\s>]+|[\s>]+$/g, '')
      .split('\n')
      .map((line) => line.replace(/^[\s>]+/, ''));
    return ['$$', ...lines.map((line) => lead + line), `${lead}$$`].join('\n');
  }
  // In a table's cell a bar would end the cell.
  const flat = tex.trim().replace(/\s*\n[\s>]*/g, ' ');
  return display ? `$$\\displaystyle ${flat}$$` : `$$${flat}$$`;
}

/** What stands here and is no formula: an escaped sign, a run of dollars, or as much as holds neither. */
function plainAt(source: string, at: number): string {
  const rest = source.slice(at, at + 4096);
  return /^(?:\\[^]|\$\$|\$|[^\\$`~]+|[^])/.exec(rest)?.[0] ?? rest;
}

function lineBefore(source: string, at: number): string {
  return source.slice(source.lastIndexOf('\n', at - 1) + 1, at);
}

/** The rest of the line after this character. */
function lineAfter(source: string, at: number): string {
  const end = source.indexOf('\n', at + 1);
  return source.slice(at + 1, end < 0 ? source.length : end);
}
