export interface Fitting<T> {
  /** How many parts there are, at least 1. */
  readonly most: number;
  /** All of them are likely to fit. */
  readonly tryMostFirst: boolean;
  /** Made of the last so many parts; its cost grows with them. */
  readonly make: (parts: number) => T;
  /** Holds for fewer parts where it holds for more. */
  readonly fits: (made: T) => boolean;
}

/**
 * What is made of as many parts as fit, or else of one. It makes nothing of more than
 * twice as many as fit (unless told to begin with all), and no more than about
 * 2 log2(most) times: the parts may be thousands, and the room that of a few.
 */
export function mostThatFits<T>({ most, tryMostFirst, make, fits }: Fitting<T>): { made: T; fits: boolean } {
  let tooMany = most + 1;
  if (tryMostFirst && most > 1) {
    const all = make(most);
    if (fits(all)) return { made: all, fits: true };
    tooMany = most;
  }
  let made = make(1);
  if (!fits(made)) return { made, fits: false };
  let kept = 1;
  for (let doubling = true; kept + 1 < tooMany;) {
    const tried: number = doubling ? Math.min(2 * kept, tooMany - 1) : Math.floor((kept + tooMany) / 2);
    const next = make(tried);
    if (fits(next)) [kept, made] = [tried, next];
    else [tooMany, doubling] = [tried, false];
  }
  return { made, fits: true };
}
