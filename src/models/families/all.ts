import { AppError } from '../../base/failure.ts';
import { deepseek2, deepseekV2, deepseekV3, glm4MoeLite, mistral4 } from './deepseek.ts';
import type { Family } from './family.ts';
import { gemma3 } from './gemma3.ts';
import { gptOss } from './gptOss.ts';
import { graniteMoe } from './granite.ts';
import { lfm2Moe } from './lfm2.ts';
import { llama, llama4, mistral, mixtral, smollm3 } from './llama.ts';
import { olmoe, qwen2, qwen2Moe, qwen3, qwen3Moe } from './qwen.ts';

const FAMILIES: readonly Family[] = [
  llama,
  mistral,
  qwen2,
  qwen3,
  gemma3,
  smollm3,
  mixtral,
  olmoe,
  graniteMoe,
  qwen2Moe,
  qwen3Moe,
  gptOss,
  deepseekV2,
  deepseekV3,
  glm4MoeLite,
  mistral4,
  deepseek2,
  llama4,
  lfm2Moe,
];

/**
 * A dense family and one with experts may share an architecture's name.
 * UNSUPPORTED_FAMILY { family } where no family reads such files.
 */
export function familyOfArchitecture(name: string, withExperts: boolean): Family {
  const named = FAMILIES.filter(({ architectures }) => architectures.includes(name));
  return found(named.find(({ moe }) => (moe !== null) === withExperts) ?? named[0], name);
}

export function familyOfModelType(name: string): Family {
  return found(
    FAMILIES.find(({ modelTypes }) => modelTypes.includes(name)),
    name,
  );
}

export function unsupported(family: string, what: string): AppError {
  return new AppError('UNSUPPORTED_FAMILY', `${family} models ${what} do not run here yet`, {
    family,
    what,
  });
}

function found(family: Family | undefined, name: string): Family {
  if (family !== undefined) return family;
  throw new AppError('UNSUPPORTED_FAMILY', `${name} models do not run here yet`, { family: name });
}
