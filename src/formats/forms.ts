/** How each type of tensor is read. */
import { AppError } from '../base/failure.ts';
import { blockForm } from './blockForm.ts';
import type { FileTensor, UnreadableTensor } from './directory.ts';
import { floatForm, isFloat } from './floatForm.ts';
import type { Form } from './form.ts';

/** UNSUPPORTED_TYPE { tensor, type } where nothing here reads the tensor. */
export function formOf(file: FileTensor): Form {
  if (isFloat(file)) return floatForm(file);
  switch (file.type) {
    case 'UNREADABLE':
      throw unreadable(file);
    default:
      return blockForm(file);
  }
}

function unreadable({ name, dtype }: UnreadableTensor): AppError {
  return new AppError('UNSUPPORTED_TYPE', `tensor ${name} is stored as ${dtype}, which is not read here`, {
    tensor: name,
    type: dtype,
  });
}
