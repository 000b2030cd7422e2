/** The model in the box, and what the app promises about privacy and storage. */
import { size } from '../format.ts';

export const guide = {
  name: 'The guide',
  /** The one sentence of the first screen: what answers here, in the app's words. */
  sentence: (bytes: number) =>
    `This is the guide, a tiny model of ${size(bytes)} that came with the page. It is no assistant: it greets, explains Shoal and tells simple stories; it knows nothing of the world, and it makes mistakes.`,
  /** Where the page speaks a language the guide does not; '' where it does. */
  foreign: '',
  try: 'You can ask',
  /** What is shown, and what the guide is asked: it understands English alone. */
  questions: [
    ['What is this app?', 'What is this app?'],
    ['Where are my chats kept?', 'Where are my chats kept?'],
    ['Tell me a story about a hedgehog and the moon.', 'Tell me a story about a hedgehog and the moon.'],
  ],
  loading: 'The guide is getting ready. You can write already.',
  about: 'About and privacy',
};

export const about = {
  title: 'About and privacy',
  promises: [
    [
      'Nothing you write leaves this device',
      'There is no account and no server of ours. Questions and answers are computed here and stay here.',
    ],
    [
      'When the network is used',
      'For this page’s own files, when you open it and there is a newer version. For a model, when you ask for one: from the place you name, which sees that it was fetched. For nothing else: no statistics, no fonts, no pictures from addresses a model writes.',
    ],
    [
      'Where models and chats lie',
      'In this browser’s storage on this device, under this page’s address. Other sites can’t read it; whoever uses this browser profile can.',
    ],
    [
      'How to delete them',
      'A chat from its menu in the list at the left; a model under Models. Everything at once: clear this site’s data in the browser’s settings.',
    ],
    [
      'When the browser may clear them',
      'When the disk runs full, unless it has promised to keep them: Models says whether it has. Safari also clears them when the page was not used for seven days, unless it is installed. A private window clears them when it is closed.',
    ],
    [
      'What a model says',
      'Models make things up, small ones more often. This page is what to trust about privacy and storage, not the guide.',
    ],
  ],
  card: 'The guide’s card',
  cardAsking: 'Fetching the card',
  cardMissing: 'The card could not be read. It is the file guide/README.md of this page.',
  licence: 'Free and open source, under the MIT licence.',
  version: (version: string) => `Version ${version}`,
};
