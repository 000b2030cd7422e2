/** What the app promises about privacy and storage, in its own words; the guide's card; licence and version. */
import { useEffect, useState, type ReactNode } from 'react';
import { useApp } from './appContext.ts';
import { blocksOf } from './chat/blocks.ts';
import { Prose } from './chat/Prose.tsx';
import { Dialog } from './Dialog.tsx';
import { say } from './say.ts';

export function About(): ReactNode {
  const { view } = useApp();
  return (
    <Dialog title={say.about.title} kind="window" onClose={view.close}>
      <p>{say.what}</p>
      <dl className="promises">
        {say.about.promises.map(([name, words]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
      <h3>{say.about.card}</h3>
      <GuideCard />
      <p className="facts">
        {say.about.licence} {say.about.version(import.meta.env.VITE_SHOAL_VERSION)}
      </p>
    </Dialog>
  );
}

type Card = { readonly phase: 'asking' | 'missing' } | { readonly phase: 'read'; readonly text: string };

/** The card that lies beside the model's files, so that there is one truth. */
function GuideCard(): ReactNode {
  const [card, setCard] = useState<Card>({ phase: 'asking' });
  useEffect(() => {
    const end = new AbortController();
    readCard(end.signal).then(
      (text) => setCard({ phase: 'read', text }),
      () => {
        if (!end.signal.aborted) setCard({ phase: 'missing' });
      },
    );
    return () => end.abort();
  }, []);
  switch (card.phase) {
    case 'asking':
      return <p className="facts">{say.about.cardAsking}</p>;
    case 'missing':
      return <p>{say.about.cardMissing}</p>;
    case 'read':
      return (
        <div lang="en" className="guide-card">
          <Prose blocks={blocksOf(card.text)} definitions="" live={false} />
        </div>
      );
    default:
      return card satisfies never;
  }
}

async function readCard(signal: AbortSignal): Promise<string> {
  const response = await fetch('./guide/README.md', { signal });
  // A static host may answer with its start page for what it does not have.
  if (!response.ok || response.headers.get('content-type')?.includes('html') === true)
    throw new Error('the guide has no card');
  const text = await response.text();
  // The facts for machines, and the title, which the dialog says already.
  return text.replace(/^---\n[\s\S]*?\n---\n/, '').replace(/^\s*# .*\n/, '');
}
