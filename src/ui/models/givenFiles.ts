/** Chosen or dropped files and folders → the files of one model. */
import { type GivenFiles, isModelFile } from '../../state/models.ts';

/** A folder may hold its model some levels down, as the cache of Hugging Face's tools does. */
const DEEPEST = 4;

interface Placed {
  readonly file: File;
  /** The folder it lies in, by path; empty where it was given by itself. */
  readonly place: string;
}

/** Of an input for files, or for one folder with all that is below it. */
export function chosenFiles(files: Iterable<File>): GivenFiles {
  return ofOneFolder(
    [...files].map((file) => {
      const path = file.webkitRelativePath;
      return { file, place: path.slice(0, Math.max(0, path.lastIndexOf('/'))) };
    }),
  );
}

/** Of a drop. Everything is taken from the event before the first wait, since it is empty afterwards. */
export async function droppedFiles(transfer: DataTransfer): Promise<GivenFiles> {
  const entries: FileSystemEntry[] = [];
  const loose: Placed[] = [];
  for (const item of transfer.items) {
    if (item.kind !== 'file') continue;
    const entry = item.webkitGetAsEntry();
    const file = item.getAsFile();
    if (entry?.isDirectory) entries.push(entry);
    else if (file) loose.push({ file, place: '' });
  }
  const inside = await Promise.all(entries.filter(isDirectory).map((folder) => modelWithin(folder)));
  return ofOneFolder([...loose, ...inside.flat()]);
}

/** The files that lie beside the highest model file there is: the rest is of no account. */
export function ofOneFolder(placed: readonly Placed[]): GivenFiles {
  const depth = (place: string): number => place.split('/').length;
  const homes = placed
    .filter(({ file }) => isModelFile(file))
    .map(({ place }) => place)
    .toSorted((a, b) => depth(a) - depth(b));
  const home = homes[0] ?? placed[0]?.place ?? '';
  return {
    files: placed.filter(({ place }) => place === home).map(({ file }) => file),
    folder: home.split('/')[0] ?? '',
  };
}

function isDirectory(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

/** Level by level, down to the first that has a model's file; the first level where none has. */
async function modelWithin(root: FileSystemDirectoryEntry): Promise<readonly Placed[]> {
  let first: readonly Placed[] | null = null;
  let level: readonly FileSystemDirectoryEntry[] = [root];
  for (let depth = 0; depth < DEEPEST && level.length > 0; depth++) {
    const entries = (await Promise.all(level.map(entriesOf))).flat();
    const files = entries.filter((entry) => entry.isFile) as FileSystemFileEntry[];
    const placed = (await Promise.all(files.map(placedFile))).filter((file) => file !== null);
    if (placed.some(({ file }) => isModelFile(file))) return placed;
    first ??= placed.length > 0 ? placed : null;
    level = entries.filter(isDirectory);
  }
  // Nothing to read, but the folder's name is worth telling.
  return first ?? [{ file: new File([], root.name), place: root.name }];
}

async function entriesOf(folder: FileSystemDirectoryEntry): Promise<readonly FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  // It gives a hundred at a time, and none when it is through.
  for (;;) {
    const some = await new Promise<readonly FileSystemEntry[]>((resolve) => {
      reader.readEntries(resolve, () => resolve([]));
    });
    if (some.length === 0) return all;
    all.push(...some);
  }
}

/** null for one the browser may not read: if the model needs it, it is told as missing. */
async function placedFile(entry: FileSystemFileEntry): Promise<Placed | null> {
  const file = await new Promise<File | null>((resolve) => {
    entry.file(resolve, () => resolve(null));
  });
  return file && { file, place: entry.fullPath.slice(1, entry.fullPath.lastIndexOf('/')) };
}
