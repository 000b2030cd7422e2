/**
 * Numbers as people read them, in the language the page speaks: sizes as the disk
 * shows them (1 GB is 10⁹ bytes), with the language's own digits and separators.
 */
import { format as english } from './english/format.ts';

export type FormatWords = typeof english;

let tag = 'en';
let words: FormatWords = english;

/** `speak` in say.ts calls this: words and numbers change together. */
export function formatIn(language: string, told: FormatWords): void {
  tag = language;
  words = told;
}

/** A fixed number of decimals; none are grouped, so that a figure never changes its look under the eye. */
function decimals(value: number, digits: number): string {
  return new Intl.NumberFormat(tag, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    useGrouping: false,
  }).format(value);
}

export function size(bytes: number): string {
  if (bytes >= 1e9) return `${decimals(bytes / 1e9, bytes >= 1e11 ? 0 : bytes >= 1e10 ? 1 : 2)} GB`;
  if (bytes >= 1e6) return `${decimals(bytes / 1e6, bytes >= 1e7 ? 0 : 1)} MB`;
  return `${decimals(Math.ceil(bytes / 1e3), 0)} kB`;
}

/** Both in the unit of the whole: "1.20 of 4.10 GB". */
export function sizeOf(done: number, total: number): string {
  const [unit, scale, digits] =
    total >= 1e9
      ? (['GB', 1e9, 2] as const)
      : total >= 1e6
        ? (['MB', 1e6, 0] as const)
        : (['kB', 1e3, 0] as const);
  return words.of(decimals(done / scale, digits), decimals(total / scale, digits), unit);
}

export function speed(bytesPerSecond: number): string {
  return `${size(bytesPerSecond)}/s`;
}

/** Rounded to what a person plans with. */
export function duration(seconds: number): string {
  if (seconds < 60) return words.seconds(decimals(Math.max(1, Math.ceil(seconds)), 0));
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? words.minutes(minutes) : words.hours(Math.floor(minutes / 60), minutes % 60);
}

export function count(value: number): string {
  return new Intl.NumberFormat(tag).format(value);
}

/** The form of a word for so many things, where the language has more than one. */
export function plural(value: number, forms: { readonly one: string; readonly other: string }): string {
  return new Intl.PluralRules(tag).select(value) === 'one' ? forms.one : forms.other;
}

/** '' where there are no steps to count. */
export function percent(done: number, total: number): string {
  return total > 1 ? `${Math.min(100, Math.floor((100 * done) / total))} %` : '';
}

/** A part of a whole, 0 to 1: one decimal below ten per cent. */
export function share(part: number): string {
  return `${decimals(100 * part, part > 0 && part < 0.0995 ? 1 : 0)} %`;
}

/** Three significant digits, never more than one decimal past ten. */
export function rate(value: number): string {
  return decimals(value, value >= 100 ? 0 : value >= 10 ? 1 : 2);
}

/** Milliseconds as seconds. */
export function seconds(milliseconds: number): string {
  return words.seconds(decimals(milliseconds / 1000, milliseconds < 10_000 ? 2 : 1));
}

const STEPS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 365 * 86_400_000],
  ['month', 30 * 86_400_000],
  ['week', 7 * 86_400_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

/** How long ago, in the largest whole unit: "yesterday", "3 hours ago"; times in milliseconds. */
export function ago(then: number, now: number): string {
  const past = Math.max(0, now - then);
  const [unit, length] = STEPS.find(([, step]) => past >= step) ?? (['minute', 60_000] as const);
  return new Intl.RelativeTimeFormat(tag, { numeric: 'auto' }).format(-Math.floor(past / length), unit);
}
