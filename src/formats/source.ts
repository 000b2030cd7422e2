/** Bytes at rest somewhere: a File, a URL that answers Range, a file in Node. */
export interface ByteSource {
  readonly name: string;
  readonly size: number;
  /** Exactly `length` bytes from `offset`; FILE_TRUNCATED when fewer are there. */
  read(offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
}
