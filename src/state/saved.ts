/**
 * The settings and the model used last, in the page's own memory. What comes
 * back is checked, since an older version of the page may have written it.
 * Reading what is not there, or not allowed, gives null; a write says whether
 * it held.
 */
import * as v from 'valibot';
import { readEntry, writeEntries } from './savedPlace.ts';
import { SettingsSchema, type Settings } from './settingsSchema.ts';

async function read<T>(key: string, schema: v.GenericSchema<unknown, T>): Promise<T | null> {
  const parsed = v.safeParse(schema, await readEntry(key));
  return parsed.success ? parsed.output : null;
}

export const saved = {
  settings: () => read('settings', SettingsSchema),
  keepSettings: (settings: Settings) => writeEntries([['settings', settings]]),
  lastModel: () => read('last-model', v.string()),
  keepLastModel: (id: string | null) => writeEntries([['last-model', id]]),
};
