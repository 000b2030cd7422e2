import { afterEach, describe, expect, it } from 'vitest';
import { ago, count, duration, formatIn, plural, percent, rate, size, sizeOf } from './format.ts';
import { format as chinese } from './chinese/format.ts';
import { format as english } from './english/format.ts';

describe('numbers as people read them', () => {
  it('gives sizes in powers of ten, as the disk shows them', () => {
    expect([950, 98_362_432, 4_100_000_000, 16_100_000_000, 120e9].map(size)).toEqual([
      '1 kB',
      '98 MB',
      '4.10 GB',
      '16.1 GB',
      '120 GB',
    ]);
  });

  it('gives a part in the unit of its whole', () => {
    expect(sizeOf(1_200_000_000, 4_100_000_000)).toBe('1.20 of 4.10 GB');
    expect(sizeOf(400_000, 98_000_000)).toBe('0 of 98 MB');
  });

  it('gives times to plan with', () => {
    expect([0.2, 59.4, 90, 3599, 3600, 7180].map(duration)).toEqual([
      '1 s',
      '60 s',
      '2 min',
      '1 h 0 min',
      '1 h 0 min',
      '2 h 0 min',
    ]);
  });

  it('says done only when it is', () => {
    expect([percent(999, 1000), percent(1000, 1000), percent(0, 0)]).toEqual(['99 %', '100 %', '']);
  });

  it('gives rates three digits', () => {
    expect([2.345, 23.45, 234.5].map(rate)).toEqual(['2.35', '23.5', '235']);
  });
});

describe('in the language of the page', () => {
  const now = Date.UTC(2026, 10, 24, 12);
  const hours = (n: number): number => now - n * 3_600_000;
  afterEach(() => formatIn('en', english));

  it('tells parts, times and how long ago', () => {
    expect(count(12_500)).toBe('12,500');
    expect([0.001, 3, 30, 24 * 15, 24 * 400].map((n) => ago(hours(n), now))).toEqual([
      'this minute',
      '3 hours ago',
      'yesterday',
      '2 weeks ago',
      'last year',
    ]);
    formatIn('zh-Hans', chinese);
    expect(sizeOf(1_200_000_000, 4_100_000_000)).toBe('1.20 / 4.10 GB');
    expect([30, 90, 7180].map(duration)).toEqual(['30 秒', '2 分钟', '2 小时']);
    expect([3, 30].map((n) => ago(hours(n), now))).toEqual(['3小时前', '昨天']);
  });

  it('knows one from many where the language does', () => {
    const forms = { one: 'token', other: 'tokens' };
    expect([0, 1, 2].map((n) => plural(n, forms))).toEqual(['tokens', 'token', 'tokens']);
    formatIn('zh-Hans', chinese);
    expect(plural(1, { one: '个', other: '个' })).toBe('个');
  });
});
