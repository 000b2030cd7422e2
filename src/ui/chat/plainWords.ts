/** An answer's Markdown as it is said aloud: no signs, a pause after each heading, item and row. */
import { say } from '../say.ts';
import { blocksOf, type Block } from './blocks.ts';
import { mathsText } from './mathsText.ts';

export interface PlainWords {
  readonly words: string;
  /** There is more of it than this. */
  readonly cut: boolean;
}

/** Looked into for each character said: signs and addresses are most of some answers. */
const LOOKED_INTO = 3;

/** At most so many characters, to the end of a sentence where one ends in their second half. */
export function plainWords(markdown: string, longest: number): PlainWords {
  const looked = markdown.slice(0, LOOKED_INTO * longest);
  let words = '';
  for (const block of blocksOf(looked)) {
    words = `${words} ${wordsOf(block)}`.trim();
    if (words.length > longest) return { words: beginning(words, longest), cut: true };
  }
  return { words, cut: looked.length < markdown.length };
}

function wordsOf(block: Block): string {
  switch (block.kind) {
    case 'code':
      return paused(say.chat.code(block.language));
    case 'note':
      return `${paused(say.chat.footnote(block.label))} ${wordsOfText(block.text)}`;
    case 'text':
      return wordsOfText(block.text);
    default:
      return block satisfies never;
  }
}

const FENCE =
  /^([ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?)(`{3,}|~{3,})[ \t]*([\w+#.-]*)[^\n]*(?:\n[^]*?(?:\n[ \t>]*\2[`~]*[ \t]*$|$(?![^]))|$)/gm;
/** Rules, the line under a table's head or a heading, addresses of links: nothing is said of them. */
const SILENT = /^(?:[ \t]*[|:=*_ \t-]+|[ \t]*\[[^\]\n]+\]:[ \t]*\S.*)$/;
const HEAD_RULE = /^[ \t>]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-*:?[ \t]*)+$/m;
const QUOTED = /^(?:[ \t]*>)+[ \t]?/;
const ITEM = /^[ \t]*[-*+][ \t]+(?:\[([ xX])\][ \t]+)?/;
const NUMBER = /^[ \t]*\d{1,9}[.)][ \t]/;
const HEADING = /^[ \t]*#{1,6}[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$/;

function wordsOfText(source: string): string {
  const named = source.replace(
    FENCE,
    (_, lead: string, __, language: string) => lead + say.chat.code(language),
  );
  const kept: string[] = [];
  const text = inline(keepLiteral(mathsText(named).text, kept));
  const table = HEAD_RULE.test(text);
  const lines: string[] = [];
  let running = '';
  const end = (): void => {
    if (running !== '') lines.push(paused(running));
    running = '';
  };
  for (const raw of text.split('\n')) {
    const line = raw.replace(QUOTED, '');
    const heading = HEADING.exec(line)?.[1];
    const item = ITEM.exec(line);
    const row = table && line.includes('|');
    if (line.trim() === '' || SILENT.test(line) || heading !== undefined || item || row || NUMBER.test(line))
      end();
    if (SILENT.test(line)) continue;
    const said = row ? cellsOf(line) : (heading ?? (item ? itemOf(line, item) : line.trim()));
    running = `${running} ${said}`.trim();
    if (heading !== undefined || row) end();
  }
  end();
  return literal(lines.join(' '), kept);
}

function cellsOf(row: string): string {
  return row
    .split('|')
    .map((cell) => cell.trim())
    .filter((cell) => cell !== '')
    .join(', ');
}

function itemOf(line: string, [sign, box]: RegExpExecArray): string {
  const said = line.slice(sign.length).trim();
  if (box === undefined) return said;
  return `${box === ' ' ? say.chat.notDone : say.chat.done}: ${said}`;
}

/** Code, formulas and escaped signs: what is in them is no Markdown. */
const LITERAL = /(`+)(?!`)([^]*?[^`])\1(?!`)|\$\$([^]*?)\$\$|\\([!-/:-@[-`{-~])/g;

function keepLiteral(text: string, kept: string[]): string {
  return text.replace(LITERAL, (_, __, code?: string, tex?: string, sign?: string) => {
    kept.push(tex === undefined ? (code ?? sign ?? '') : tex.replace(/\\displaystyle\b|[\\{}]/g, ' ').trim());
    return `\ue000${kept.length - 1}\ue001`;
  });
}

function literal(text: string, kept: readonly string[]): string {
  return text
    .replace(/\ue000(\d+)\ue001/g, (_, at: string) => kept[Number(at)] ?? '')
    .replace(/\s+/g, ' ')
    .trim();
}

function inline(text: string): string {
  return (
    text
      .replace(/\[\^[^\]\s]+\]/g, '')
      .replace(/!\[([^\]]*)\](?:\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)|\[[^\]\n]*\])?/g, (_, alt: string) =>
        say.chat.image(alt),
      )
      .replace(/\[([^[\]]*)\](?:\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)|\[[^\]\n]*\])/g, '$1')
      .replace(/<((?:https?:\/\/|mailto:)[^<>\s]+)>/g, '$1')
      .replace(/(\*{1,3}|~~)(?=\S)([^*~]*\S)\1/g, '$2')
      .replace(/(?<![\p{L}\p{N}_])(_{1,3})(?=\S)([^_]*\S)\1(?![\p{L}\p{N}_])/gu, '$2')
      // Those left over stand around others, or have lost their other half.
      .replace(/\*{2,}|~~/g, '')
  );
}

/** Where no sign ends it, a stop does, as its writing has it. */
function paused(line: string): string {
  if (/[\p{sc=Han}]$/u.test(line)) return `${line}。`;
  return /[\p{L}\p{N})\]"”’\ue001]$/u.test(line) ? `${line}.` : line;
}

function beginning(words: string, longest: number): string {
  const cut = words.slice(0, longest);
  const sentence = /^[^]*(?:[.!?](?=\s)|[。！？])/u.exec(cut)?.[0] ?? '';
  if (sentence.length > longest / 2) return sentence.trim();
  const space = cut.lastIndexOf(' ');
  return `${(space > longest / 2 ? cut.slice(0, space) : cut).replace(/[\ud800-\udbff]$/, '')} …`;
}
