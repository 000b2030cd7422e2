/** crypto.subtle copies what it hashes, so a large expert is hashed piece by piece. */
const PIECE_BYTES = 32 * 1024 * 1024;

/** SHA-256 in lowercase hex; of more than 32 MiB, that of the hashes (32 bytes each) of its pieces of 32 MiB. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const hashed = bytes.length > PIECE_BYTES ? await pieceHashes(bytes) : bytes;
  return Array.from(await digestOf(hashed), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function pieceHashes(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const pieces = Math.ceil(bytes.length / PIECE_BYTES);
  const hashes = new Uint8Array(pieces * 32);
  for (let piece = 0; piece < pieces; piece++) {
    const part = bytes.subarray(piece * PIECE_BYTES, (piece + 1) * PIECE_BYTES);
    hashes.set(await digestOf(part), piece * 32);
  }
  return hashes;
}

async function digestOf(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}
