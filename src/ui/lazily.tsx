/** Parts of the page that are fetched when they are first drawn, and again after they could not be. */
import { createElement, lazy, type ComponentType, type ReactNode } from 'react';

/** Thrown in place of a part that did not come. */
export class PartMissing extends Error {
  override readonly name = 'PartMissing';
  /** Until this is called the part stays missing: React asks for it once. */
  readonly forget: () => void;

  constructor(forget: () => void, cause: unknown) {
    super('a part of the page could not be fetched', { cause });
    this.forget = forget;
  }
}

export function lazily<Props extends object>(
  fetchPart: () => Promise<ComponentType<Props>>,
): (props: Props) => ReactNode {
  const make = (): ComponentType<Props> =>
    lazy(async () => {
      try {
        return { default: await fetchPart() };
      } catch (cause) {
        throw new PartMissing(() => {
          current = make();
        }, cause);
      }
    });
  let current = make();
  return function Part(props) {
    return createElement(current, props);
  };
}
