/** The ways a model comes here: a file, a repository, an address. Dropping one works anywhere on the page. */
import { useRef, type ReactNode } from 'react';
import { useStore } from 'zustand';
import type { HubFile } from '../../protocol/api.ts';
import { storedFrom } from '../../state/fit.ts';
import { isWholeModel } from '../../state/models.ts';
import { useApp } from '../appContext.ts';
import { say } from '../say.ts';
import { size } from '../format.ts';
import { chosenFiles } from './givenFiles.ts';
import { HubForm, UrlForm } from './AddressForms.tsx';
import { useFit } from './useFit.ts';

export function AddModel(): ReactNode {
  return (
    <div className="add">
      <FilePicker />
      <HubForm />
      <HubFiles />
      <UrlForm />
      <Arriving />
    </div>
  );
}

/** How far it is stands in another view. */
function Arriving(): ReactNode {
  const { models } = useApp();
  // The field of an address tells of it until a file is found there.
  const last = useStore(models.store, ({ imports }) =>
    imports.findLast(({ source, progress }) => progress !== null || source.kind !== 'url'),
  );
  const title = last?.progress?.title ?? last?.label ?? '';
  return (
    <p className="facts" role="status">
      {last && (last.phase === 'waiting' ? say.recommended.waiting(title) : say.add.arriving(title))}
    </p>
  );
}

/** Browsers of phones may know no folders. */
const FOLDERS = 'webkitdirectory' in HTMLInputElement.prototype;

function FilePicker(): ReactNode {
  return (
    <div className="row pick">
      <Picker label={say.add.choose} strong what={{ multiple: true }} />
      {FOLDERS && <Picker label={say.add.chooseFolder} what={{ webkitdirectory: '' }} />}
      <span className="facts drop-hint">{say.add.drop}</span>
    </div>
  );
}

interface PickerProps {
  readonly label: string;
  readonly strong?: boolean;
  /** React's types know no webkitdirectory. */
  readonly what: { readonly multiple: boolean } | { readonly webkitdirectory: '' };
}

function Picker({ label, strong = false, what }: PickerProps): ReactNode {
  const { models } = useApp();
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" className={strong ? 'strong' : ''} onClick={() => input.current?.click()}>
        {label}
      </button>
      <input
        ref={input}
        type="file"
        hidden
        {...what}
        aria-label={label}
        onChange={({ currentTarget }) => {
          void models.addFiles(chosenFiles(currentTarget.files ?? []));
          // The same file may be chosen again after a failure.
          currentTarget.value = '';
        }}
      />
    </>
  );
}

function HubFiles(): ReactNode {
  const { models } = useApp();
  const hub = useStore(models.store, (s) => s.hub);
  switch (hub.phase) {
    case 'idle':
    // Told of beside the field.
    case 'failed':
      return null;
    case 'asking':
      return (
        <p className="facts" role="status">
          {say.add.hubAsking(hub.repo)}
        </p>
      );
    case 'listed':
      if (hub.files.length === 0) return <p className="facts">{say.add.hubNone(hub.repo)}</p>;
      return (
        <ul className="hub-files" aria-label={say.add.hubFiles(hub.repo)}>
          {hub.files.map((file) => (
            <HubRow key={file.path} repo={hub.repo} file={file} />
          ))}
        </ul>
      );
    default:
      return hub satisfies never;
  }
}

function HubRow({ repo, file }: { readonly repo: string; readonly file: HubFile }): ReactNode {
  const { models } = useApp();
  const { path, bytes, parts } = file;
  const name = isWholeModel(path) ? say.add.wholeModel : path;
  // Nothing is known of it but its size, so its cache does not count.
  const { verdict } = useFit()({
    storedBytes: storedFrom(path, bytes),
    kvBytesPerToken: 0,
    contextLength: 0,
  });
  return (
    <li>
      <span className="path">{name}</span>
      <span className="facts">
        {size(bytes)}
        {parts.length > 1 && ` · ${say.add.parts(parts.length)}`}
        {' · '}
        <span className={`verdict ${verdict}`}>{say.fit.verdicts[verdict]}</span>
      </span>
      <button
        type="button"
        aria-label={say.add.downloadFile(name)}
        onClick={() => models.addFromHub(repo, file)}
      >
        {say.add.download}
      </button>
    </li>
  );
}
