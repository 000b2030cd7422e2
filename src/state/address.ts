/**
 * The address of a file as the user types it. It stays until a file is found there, so
 * that a slip can be mended; what is wrong with it is told beside it while it is in sight.
 */
import type { Failure, ModelSource } from '../protocol/api.ts';
import type { AddressFacts, ModelStore } from './modelFacts.ts';

export function createAddress(store: ModelStore, importModel: (source: ModelSource) => Promise<void>) {
  let inSight = 0;

  function put(part: Partial<AddressFacts>): void {
    store.setState(({ address }) => ({ address: { ...address, ...part } }));
  }

  function isAsked(source: ModelSource): boolean {
    return source.kind === 'url' && source.url === store.getState().address.asked;
  }

  /** Until the function that is returned is called. */
  function watchAddress(): () => void {
    inSight++;
    return () => void inSight--;
  }

  /** `url` is what the typed text means. */
  function askAddress(url: string): void {
    put({ asked: url, failure: null });
    void importModel({ kind: 'url', url });
  }

  /** A file is there. What is typed since stays. */
  function found(source: ModelSource): void {
    if (isAsked(source)) put({ text: '', asked: null, failure: null });
  }

  /** Whether it is told of where the address stands. */
  function refused(source: ModelSource, failure: Failure): boolean {
    if (!isAsked(source)) return false;
    put({ failure });
    return inSight > 0;
  }

  return {
    typeAddress: (text: string): void => put({ text, asked: null, failure: null }),
    watchAddress,
    askAddress,
    found,
    refused,
  };
}
