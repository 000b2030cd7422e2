/** Before the first message: who answers here, what one can ask, and what this device could run instead. */
import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import { useApp } from './appContext.ts';
import { focusToWrite } from './chat/focus.ts';
import { NewChatPrompt } from './chat/NewChatPrompt.tsx';
import { Cautions } from './device/Cautions.tsx';
import { DeviceLine } from './DeviceLine.tsx';
import { Mark } from './icons.tsx';
import { Recommended } from './models/Recommended.tsx';
import { say } from './say.ts';
import { useWho } from './useWho.ts';

export function Welcome(): ReactNode {
  const { view } = useApp();
  const who = useWho();
  return (
    <section className="welcome">
      <Mark />
      {who === 'guide' ? <GuideWords /> : who !== 'model' && <p className="what">{say.what}</p>}
      {who === 'guide' && <Questions questions={say.guide.questions} />}
      {who === 'model' && <Questions questions={say.chat.suggestions.map((text) => [text, text])} />}
      {(who === 'guide' || who === 'nobody') && <ThisDevice />}
      <div className="row wrap">
        <NewChatPrompt />
        <p className="facts about">
          <button type="button" className="link" onClick={() => view.open('about')}>
            {say.guide.about}
          </button>
        </p>
      </div>
    </section>
  );
}

function GuideWords(): ReactNode {
  const { models } = useApp();
  const bytes = useStore(models.store, (s) => s.cards?.find(({ builtIn }) => builtIn === true)?.bytes);
  // Until the worker has said how large it is no figure is made up.
  if (bytes === undefined) return <p className="what">{say.what}</p>;
  return (
    <>
      <p className="what">{say.guide.sentence(bytes)}</p>
      {say.guide.foreign !== '' && <p>{say.guide.foreign}</p>}
    </>
  );
}

/** What is shown, and what is asked. */
function Questions({ questions }: { readonly questions: readonly (readonly string[])[] }): ReactNode {
  const { chat } = useApp();
  return (
    <ul className="suggestions" aria-label={say.guide.try}>
      {questions.map(([shown = '', asked = '']) => (
        <li key={asked}>
          <button
            type="button"
            onClick={({ detail }) => {
              focusToWrite(detail);
              chat.send(asked);
            }}
          >
            {shown}
          </button>
        </li>
      ))}
    </ul>
  );
}

/** What it can run, in one line; where that is known, the model tells more than the adapter's name. */
function ThisDevice(): ReactNode {
  const { models, device } = useApp();
  const ready = useStore(device.store, (s) => s.device.phase === 'ready' && !s.device.report.software);
  const some = useStore(models.store, () => models.recommended() !== null);
  return (
    <div className="this-device">
      {ready && some ? <Cautions /> : <DeviceLine />}
      <Recommended />
    </div>
  );
}
