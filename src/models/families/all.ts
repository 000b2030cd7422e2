import { AppError } from '../../base/failure.ts';
import type { Family } from './family.ts';
import { gemma3 } from './gemma3.ts';
import { llama, mistral } from './llama.ts';
import { qwen2, qwen3 } from './qwen.ts';

const FAMILIES: readonly Family[] = [llama, mistral, qwen2, qwen3, gemma3];

/** UNSUPPORTED_FAMILY { family } where no family reads such files. */
export function familyOfArchitecture(name: string): Family {
  return found(
    FAMILIES.find(({ architectures }) => architectures.includes(name)),
    name,
  );
}

export function familyOfModelType(name: string): Family {
  return found(
    FAMILIES.find(({ modelTypes }) => modelTypes.includes(name)),
    name,
  );
}

export function unsupported(family: string, what: string): AppError {
  return new AppError('UNSUPPORTED_FAMILY', `${family} models ${what} do not run here yet`, { family });
}

function found(family: Family | undefined, name: string): Family {
  if (family !== undefined) return family;
  throw new AppError('UNSUPPORTED_FAMILY', `${name} models do not run here yet`, { family: name });
}
