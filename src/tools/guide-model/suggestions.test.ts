/** What the first screen suggests to ask, the guide answers rightly: it is the first thing anybody sees of it. */
import { expect, it } from 'vitest';
import { chinese } from '../../ui/chinese/index.ts';
import { askFirst, FACTS, firstQuestions, isTrue, suggestions } from './firstQuestions.ts';

const REFUSAL =
  'I do not know that. I am the small guide and know only Shoal. Load a larger model in Models.';

it('answers every suggestion, greedily and as the page draws its answers', async () => {
  expect(suggestions.length).toBeGreaterThanOrEqual(3);
  expect(chinese.guide.questions.map(([, question]) => question)).toEqual(suggestions);
  for (const { question, wrong } of await askFirst('public/guide', suggestions))
    expect(wrong, question).toEqual([]);
}, 120_000);

it.each([
  ['What is Shoal?', 'Shoal runs chat models on your own GPU, in a browser tab.', 'It works: I am here.'],
  ['How does it work?', 'This tab runs a chat model on your graphics processor.', 'It works: I am here.'],
  ['What can you do?', 'I explain Shoal and tell stories.', 'I know only Shoal and cannot help.'],
  ['Who are you?', 'I am the guide of Shoal.', 'I am a person, the guide of Shoal.'],
  [
    'Where are my chats kept?',
    'In the browser, on this device.',
    'In the browser of this device and on a server.',
  ],
  ['Is Shoal private?', 'Yes: nothing you write leaves the device.', 'No. It is not private.'],
  ['Hello', 'Hello, I am the guide.', 'You are welcome.'],
  ['Thanks', 'You are welcome.', 'Hello, I am the guide.'],
  [
    'Tell me a story about a hedgehog and the moon.',
    'A hedgehog had never seen the moon. The hedgehog climbed up, and there was the moon. The hedgehog was glad.',
    'A hedgehog had never seen a moon. The hedgehog climbed up, and there was a pine cones. The hedgehog was glad.',
  ],
])('tells right from wrong: %s', (question, right, wrong) => {
  expect(isTrue(FACTS[question]!, right)).toBe(true);
  expect(isTrue(FACTS[question]!, wrong)).toBe(false);
  expect(isTrue(FACTS[question]!, REFUSAL)).toBe(false);
});

it('knows what is right of everything it asks', () => {
  for (const question of firstQuestions) expect(FACTS[question], question).toBeDefined();
});
