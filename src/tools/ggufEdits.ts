/** Faults put into GGUF files, byte by byte and without the code that reads them. */

/** Overwrites a 32-bit number of the metadata. */
export function setNumber(bytes: Buffer, key: string, value: number): void {
  // The key, then four bytes that name the value's type.
  bytes.writeUInt32LE(value, after(bytes, key) + 4);
}

/** Overwrites a text of the metadata by one of the same length. */
export function setText(bytes: Buffer, key: string, value: string): void {
  const at = after(bytes, key) + 4;
  if (bytes.readBigUInt64LE(at) !== BigInt(value.length)) throw new Error(`${key} has another length`);
  bytes.write(value, at + 8, 'latin1');
}

/** Gives a tensor another name of the same length. */
export function renameTensor(bytes: Buffer, name: string, other: string): void {
  if (other.length !== name.length) throw new Error(`${other} has another length`);
  bytes.write(other, after(bytes, name) - name.length, 'latin1');
}

/** Overwrites how many of its slices a tensor has: the last of its dimensions. */
export function setSlices(bytes: Buffer, tensor: string, count: number): void {
  const at = after(bytes, tensor);
  const dimensions = bytes.readUInt32LE(at);
  bytes.writeBigUInt64LE(BigInt(count), at + 4 + 8 * (dimensions - 1));
}

/** Where what follows the first mention of a key or a name begins. */
export function after(bytes: Buffer, key: string): number {
  const at = bytes.indexOf(key, 0, 'latin1');
  if (at < 0) throw new Error(`the file has no ${key}`);
  return at + key.length;
}
