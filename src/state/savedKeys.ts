/**
 * What the page keeps in its one object store, by key:
 *
 *   schema             version of what is stored (absent: 1)
 *   settings           Settings
 *   last-model         id of the model used last
 *   open               id of the conversation shown last
 *   head/<id>          Head, one for each conversation
 *   conversation/<id>  Body
 *   draft/<id>         Draft; draft/ alone is a new chat's
 *   download/<job>     Download that a later visit goes on with, or lists as paused
 *   gpu-gb             what the user says the GPU has, in GB
 *   set-aside/<key>    what could not be read, as it was found
 */
export const HEADS = 'head/';
export const BODIES = 'conversation/';
export const DRAFTS = 'draft/';
export const DOWNLOADS = 'download/';
export const SET_ASIDE = 'set-aside/';

export type Opened =
  /** `setAside` counts entries that an upgrade could not read. */
  | { readonly phase: 'open'; readonly setAside: number }
  /** A newer page has written here: nothing is read or changed. */
  | { readonly phase: 'newer' }
  /** No storage in this window. */
  | { readonly phase: 'absent' };
