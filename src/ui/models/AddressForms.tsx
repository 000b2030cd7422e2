/** Where a model is to be had, typed: what is wrong with it stands beside it, and it stays to be mended. */
import { useEffect, useId, useRef, useState, type ReactNode } from 'react';
import { useStore } from 'zustand';
import { useApp } from '../appContext.ts';
import { say } from '../say.ts';
import { together, wordsFor } from '../words.ts';
import { addressOf, repoOf } from './repo.ts';

interface Wrong {
  readonly title: string;
  readonly words: string;
}

interface AddressFormProps {
  readonly label: string;
  readonly hint: string;
  readonly start: string;
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly onAsk: () => void;
  readonly wrong: Wrong | null;
  /** How it stands, while nothing is wrong. */
  readonly children?: ReactNode;
}

function AddressForm({
  label,
  hint,
  start,
  text,
  onText,
  onAsk,
  wrong,
  children,
}: AddressFormProps): ReactNode {
  const id = useId();
  const form = useRef<HTMLFormElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const isWrong = wrong !== null;
  useEffect(() => {
    // Not where the user has gone on to something else.
    if (!isWrong || !form.current?.contains(document.activeElement)) return;
    field.current?.focus();
    form.current.scrollIntoView({ block: 'nearest' });
  }, [isWrong]);
  return (
    <form
      ref={form}
      className="field"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        onAsk();
      }}
    >
      <label htmlFor={id}>{label}</label>
      <div className="row">
        <input
          ref={field}
          id={id}
          inputMode="url"
          placeholder={hint}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          value={text}
          aria-invalid={isWrong}
          aria-describedby={isWrong ? `${id}-wrong` : undefined}
          onChange={({ currentTarget }) => onText(currentTarget.value)}
        />
        <button type="submit">{start}</button>
      </div>
      {wrong && (
        <p id={`${id}-wrong`} className="facts bad" role="alert">
          {wrong.title !== '' && <strong>{wrong.title}. </strong>}
          {wrong.words}
        </p>
      )}
      {children}
    </form>
  );
}

export function HubForm(): ReactNode {
  const { models } = useApp();
  const hub = useStore(models.store, (s) => s.hub);
  const [text, setText] = useState(hub.phase === 'idle' ? '' : hub.repo);
  const [bad, setBad] = useState(false);
  const repo = repoOf(text);
  function wrong(): Wrong | null {
    if (bad) return { title: '', words: say.add.hubBad };
    if (hub.phase !== 'failed' || hub.repo !== repo) return null;
    const { title, happened, todo } = wordsFor(hub.failure);
    return { title, words: together(happened, todo) };
  }
  return (
    <AddressForm
      label={say.add.hubLabel}
      hint={say.add.hubHint}
      start={say.add.hubList}
      text={text}
      onText={(typed) => {
        setText(typed);
        setBad(false);
      }}
      onAsk={() => {
        setBad(repo === null);
        if (repo !== null) void models.listHub(repo);
      }}
      wrong={wrong()}
    />
  );
}

export function UrlForm(): ReactNode {
  const { models } = useApp();
  const { text, failure } = useStore(models.store, (s) => s.address);
  const [bad, setBad] = useState(false);
  useEffect(() => models.watchAddress(), [models]);
  function wrong(): Wrong | null {
    if (bad) return { title: '', words: say.add.urlBad };
    if (!failure) return null;
    const { title, happened, todo } = wordsFor(failure);
    return { title, words: together(happened, say.add.urlTodo[failure.code] ?? todo) };
  }
  return (
    <AddressForm
      label={say.add.urlLabel}
      hint={say.add.urlHint}
      start={say.add.urlStart}
      text={text}
      onText={(typed) => {
        models.typeAddress(typed);
        setBad(false);
      }}
      onAsk={() => {
        const url = addressOf(text);
        setBad(url === null);
        if (url !== null) models.askAddress(url);
      }}
      wrong={wrong()}
    >
      <UrlState />
    </AddressForm>
  );
}

/** From asking until a file is found. */
function UrlState(): ReactNode {
  const { models } = useApp();
  const online = useStore(models.store, (s) => s.online);
  const phase = useStore(
    models.store,
    ({ address, imports }) =>
      imports.find(({ source }) => source.kind === 'url' && source.url === address.asked)?.phase,
  );
  if (phase === undefined) return null;
  const waits = online ? say.downloads.waiting : say.downloads.waitingForNetwork;
  return (
    <p className="facts" role="status">
      {phase === 'waiting' ? waits : say.downloads.starting}
    </p>
  );
}
