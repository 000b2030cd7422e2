/** The plain reading of routes, and of what expertSort makes of them; and random routes. */

export interface Chosen {
  readonly id: number;
  readonly weight: number;
}

/** [tokens][perToken] */
export type Routes = readonly (readonly Chosen[])[];

/** `topK` of `experts` for each token in ascending order, then the `shared` ids after them. */
export function randomRoutes(
  { tokens, experts, topK, shared }: Readonly<Record<'tokens' | 'experts' | 'topK' | 'shared', number>>,
  random: () => number,
): Routes {
  return Array.from({ length: tokens }, () => {
    const ids = new Set<number>();
    while (ids.size < topK) ids.add(Math.floor(random() * experts));
    const chosen = [...ids].sort((a, b) => a - b);
    for (let j = 0; j < shared; j++) chosen.push(experts + j);
    return chosen.map((id) => ({ id, weight: Math.fround(random() * 2 - 0.5) }));
  });
}

/** As the kernels bind them: (id, weight bits) [tokens, perToken]. */
export function packRoutes(routes: Routes): Uint32Array<ArrayBuffer> {
  const flat = routes.flat();
  const words = new Uint32Array(flat.length * 2);
  const floats = new Float32Array(words.buffer);
  flat.forEach(({ id, weight }, entry) => {
    words[entry * 2] = id;
    floats[entry * 2 + 1] = weight;
  });
  return words;
}

/** A slot of `slots` for each id, none used twice, in no order; `absent` ids have none. */
export function randomSlots(
  ids: number,
  slots: number,
  absent: readonly number[],
  random: () => number,
): Uint32Array<ArrayBuffer> {
  const free = Array.from({ length: slots }, (_, slot) => slot);
  return Uint32Array.from({ length: ids }, (_, id) => {
    if (absent.includes(id)) return NO_SLOT;
    const [slot] = free.splice(Math.floor(random() * free.length), 1);
    if (slot === undefined) throw new Error(`${ids} ids in ${slots} slots`);
    return slot;
  });
}

const NO_SLOT = 0xffffffff;

export interface Tile {
  readonly id: number;
  readonly slot: number;
  readonly first: number;
  readonly count: number;
}

export interface Sorted {
  readonly order: readonly number[];
  readonly tiles: readonly Tile[];
}

/** `slots`: [ids], of the ids from `idBase`. */
export function plainSort(
  routes: Routes,
  slots: Uint32Array,
  { idBase, tile }: Readonly<Record<'idBase' | 'tile', number>>,
): Sorted {
  const entriesOf = Array.from(slots, (): number[] => []);
  routes.flat().forEach((chosen, entry) => entriesOf[chosen.id - idBase]?.push(entry));
  const order: number[] = [];
  const tiles: Tile[] = [];
  slots.forEach((slot, id) => {
    if (slot === NO_SLOT) return;
    const entries = entriesOf[id]!;
    for (let start = 0; start < entries.length; start += tile) {
      const some = entries.slice(start, start + tile);
      tiles.push({ id, slot, first: order.length, count: some.length });
      order.push(...some);
    }
  });
  return { order, tiles };
}

/** As the kernels bind them. */
export function packTiles(tiles: readonly Tile[]): Uint32Array<ArrayBuffer> {
  return Uint32Array.from(tiles.flatMap(({ id, slot, first, count }) => [id, slot, first, count]));
}
