/** How each type of tensor is read. */
import { AppError } from '../base/failure.ts';
import { blockForm } from './blockForm.ts';
import { columnPackedForm } from './columnPackedForm.ts';
import type { FileTensor, UnreadableTensor } from './directory.ts';
import { floatForm, isFloat } from './floatForm.ts';
import type { Form } from './form.ts';
import { fp8Form } from './fp8Form.ts';
import { mlx8Form } from './mlx8Form.ts';
import { rowPackedForm } from './rowPackedForm.ts';

/** UNSUPPORTED_TYPE { tensor, type } where nothing here reads the tensor. */
export function formOf(file: FileTensor): Form {
  if (isFloat(file)) return floatForm(file);
  switch (file.type) {
    case 'MXFP4_PAIRS':
    case 'CT_INT4':
    case 'MLX_INT4':
      return rowPackedForm(file);
    case 'GPTQ_INT4':
    case 'AWQ_INT4':
      return columnPackedForm(file);
    case 'MLX_INT8':
      return mlx8Form(file);
    case 'FP8':
      return fp8Form(file);
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
