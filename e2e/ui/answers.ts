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

/** About 6,000 tokens. */
export const LONG_ANSWER = Array.from(
  { length: 40 },
  (_, n) => `## Part ${n + 1}\n\n${PARAGRAPH.repeat(3)}\n\n- one\n- two\n- three`,
).join('\n\n');
