import type { KeyboardEvent } from 'react';

/**
 * An input method is composing characters: its keys are its own, and Enter chooses one of them.
 * Safari ends composing just before that Enter, and tells it by the number 229.
 */
export function isComposing({ nativeEvent, keyCode }: KeyboardEvent): boolean {
  return nativeEvent.isComposing || keyCode === 229;
}
