/** Bytes as words of 8, 16 and 32 bits, little-endian as every machine WebGPU runs on is. */
export interface Views {
  readonly u8: Uint8Array;
  readonly u16: Uint16Array;
  readonly u32: Uint32Array;
}

/** Word views; a source at an odd place is copied, a target must be aligned. */
export function viewOf(bytes: Uint8Array, copying?: 'in place'): Views {
  if (bytes.byteOffset % 4 !== 0) {
    if (copying === 'in place') throw new Error('a plane must start at a multiple of 4 bytes');
    return viewOf(bytes.slice());
  }
  const { buffer, byteOffset, length } = bytes;
  return {
    u8: bytes,
    u16: new Uint16Array(buffer, byteOffset, length >> 1),
    u32: new Uint32Array(buffer, byteOffset, length >> 2),
  };
}
