/**
 * Bytes from the GPU without creating an object per read: a ring of staging
 * buffers made once, as many as there are steps in flight.
 */
import { AppError } from '../base/failure.ts';
import type { BufferRange, Gpu } from './types.ts';

export interface ReadbackTicket {
  /** The bytes, once the submitted copy has run; then the slot is free again. Call after submit. */
  read(): Promise<ArrayBuffer>;
  /** Gives the slot back unread. */
  discard(): void;
}

export interface ReadbackRing {
  /**
   * Encodes a copy, and behind it one of `also`; offsets and bytes are multiples of 4.
   * All slots taken is a bug of the caller.
   */
  copy(
    encoder: GPUCommandEncoder,
    source: GPUBuffer,
    offset: number,
    bytes: number,
    also?: BufferRange | null,
  ): ReadbackTicket;
  readonly free: number;
  dispose(): void;
}

const LOSS_DELAY_MS = 200;

export function createReadbackRing(gpu: Gpu, slots: number, bytesPerSlot: number): ReadbackRing {
  const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
  const stagings = Array.from({ length: slots }, (_, slot) =>
    gpu.memory.buffer(`readback ${slot}`, bytesPerSlot, usage),
  );
  const idle = [...stagings];

  return {
    get free() {
      return idle.length;
    },
    copy(encoder, source, offset, bytes, also) {
      const all = bytes + (also?.size ?? 0);
      if (all > bytesPerSlot) throw new Error(`readback of ${all} bytes in a slot of ${bytesPerSlot}`);
      const staging = idle.shift();
      if (staging === undefined) throw new Error(`all ${slots} readback slots are in flight`);
      encoder.copyBufferToBuffer(source, offset, staging, 0, bytes);
      if (also) encoder.copyBufferToBuffer(also.buffer, also.offset, staging, bytes, also.size);
      return ticketFor(gpu, staging, all, idle);
    },
    dispose() {
      for (const staging of stagings) gpu.memory.free(staging);
      idle.length = 0;
    },
  };
}

/** A lost device breaks what is on its way a moment before it says that it is lost. */
export function lossToldOrLate(gpu: Gpu): Promise<unknown> {
  return Promise.race([gpu.lost, new Promise((late) => setTimeout(late, LOSS_DELAY_MS))]);
}

function ticketFor(gpu: Gpu, staging: GPUBuffer, bytes: number, idle: GPUBuffer[]): ReadbackTicket {
  let spent = false;
  function spend(): void {
    if (spent) throw new Error('a readback ticket was used twice');
    spent = true;
  }
  return {
    async read() {
      spend();
      try {
        await staging.mapAsync(GPUMapMode.READ, 0, bytes);
      } catch (cause) {
        await lossToldOrLate(gpu);
        gpu.assertHealthy();
        throw new AppError('GPU_ERROR', 'The GPU could not be read back', { what: 'readback' }, cause);
      }
      const copy = staging.getMappedRange(0, bytes).slice(0);
      staging.unmap();
      idle.push(staging);
      return copy;
    },
    discard() {
      spend();
      idle.push(staging);
    },
  };
}
