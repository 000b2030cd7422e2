/**
 * Expected failures. A bug throws an ordinary Error; something a user can meet
 * (a truncated file, a full disk, a lost device) is an AppError with one of
 * these codes, and the page turns the code into words in one table.
 */
export type FailureCode =
  // the device
  | 'NO_WEBGPU' // navigator.gpu is absent
  | 'NO_ADAPTER' // requestAdapter gave null
  | 'ADAPTER_TOO_SMALL' // a limit is below what the smallest kernel needs
  | 'DEVICE_LOST'
  | 'GPU_OUT_OF_MEMORY'
  | 'GPU_ERROR' // a validation or internal error the device reported
  | 'KERNEL_CHECK_FAILED' // no kernel variant computed the right numbers here
  // the model's files
  | 'NOT_A_MODEL'
  | 'FILE_TRUNCATED'
  | 'FILE_CORRUPT'
  | 'UNSUPPORTED_FAMILY'
  | 'UNSUPPORTED_TYPE' // a tensor type no layout exists for
  | 'UNSUPPORTED_TOKENIZER'
  | 'BAD_DIMENSIONS'
  | 'MISSING_TENSOR'
  | 'MISSING_PART' // a shard of a split model is absent
  | 'BAD_TEMPLATE'
  // storage
  | 'QUOTA'
  | 'STORAGE'
  | 'RECORD_CORRUPT' // a stored record does not match its hash
  | 'MODEL_NOT_FOUND'
  | 'MODEL_BUSY' // another tab writes this model
  // network
  | 'NETWORK'
  | 'HTTP_STATUS'
  | 'NO_RANGES' // the server ignores Range
  | 'SOURCE_CHANGED' // the remote file is not the one the download began with
  // use
  | 'CONTEXT_FULL'
  | 'BAD_REQUEST'
  | 'CANCELLED' // how a cancelled job ends on its way to the page; never shown
  | 'INTERNAL';

export type FailureDetail = Readonly<Record<string, string | number>>;

export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: FailureCode;
  /** Facts the words need: a file's name, bytes asked and bytes there. */
  readonly detail: FailureDetail;

  constructor(code: FailureCode, message: string, detail: FailureDetail = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.detail = detail;
  }
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}

/** Any thrown value as an AppError: what is not one already is a bug, so INTERNAL. */
export function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new AppError('INTERNAL', message, {}, error);
}
