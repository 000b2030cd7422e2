/**
 * The messages of a conversation as a tree, and the branch that is shown. Pure:
 * every change gives a new tree. A change copies the tables (thousands of
 * references, well under a millisecond); a message is never copied.
 */
import { ROOT, type Body, type Message } from './conversation.ts';

export interface Tree extends Body {
  readonly byId: ReadonlyMap<string, Message>;
  /** Ids of those that follow a message, or begin the conversation (ROOT), oldest first. */
  readonly children: ReadonlyMap<string, readonly string[]>;
}

/** Which of how many branches; `at` counts from 1. */
export interface Siblings {
  readonly at: number;
  readonly count: number;
}

const under = (parent: string | null): string => parent ?? ROOT;

export function treeOf({ messages, chosen }: Body): Tree {
  const byId = new Map(messages.map((message) => [message.id, message]));
  const children = new Map<string, string[]>();
  for (const { id, parent } of messages) {
    const list = children.get(under(parent));
    if (list) list.push(id);
    else children.set(under(parent), [id]);
  }
  return { messages, chosen, byId, children };
}

export const NO_MESSAGES: Tree = treeOf({ messages: [], chosen: {} });

/** The branch that is shown, first message first. Where none was chosen, the newest is. */
export function visiblePath(tree: Tree): readonly Message[] {
  const path: Message[] = [];
  for (let at = ROOT; ;) {
    const next = shownChild(tree, at);
    // A cycle can only come from a file someone made; the path is never longer than the tree.
    if (!next || path.length >= tree.messages.length) return path;
    path.push(next);
    at = next.id;
  }
}

function shownChild(tree: Tree, parent: string): Message | undefined {
  const ids = tree.children.get(parent) ?? [];
  const chosen = tree.chosen[parent];
  return tree.byId.get(chosen !== undefined && ids.includes(chosen) ? chosen : (ids.at(-1) ?? ''));
}

/** From the first message to this one. */
export function pathTo(tree: Tree, id: string): readonly Message[] {
  const path: Message[] = [];
  for (let at = tree.byId.get(id); at && path.length < tree.messages.length;) {
    path.push(at);
    at = at.parent === null ? undefined : tree.byId.get(at.parent);
  }
  return path.reverse();
}

/** Of an unknown message, or one being spoken: the only one. */
export function siblingsOf(tree: Tree, id: string): Siblings {
  const message = tree.byId.get(id);
  if (!message) return { at: 1, count: 1 };
  const ids = tree.children.get(under(message.parent)) ?? [];
  return { at: ids.indexOf(id) + 1, count: ids.length };
}

/** Shows the branch beside this one, where there is one. */
export function chooseBeside(tree: Tree, id: string, step: -1 | 1): Tree {
  const message = tree.byId.get(id);
  if (!message) return tree;
  const ids = tree.children.get(under(message.parent)) ?? [];
  const other = ids[ids.indexOf(id) + step];
  if (other === undefined) return tree;
  return { ...tree, chosen: { ...tree.chosen, [under(message.parent)]: other } };
}

/**
 * Of one conversation that two tabs have written, all of both: messages are only added, and only
 * grow. Where both chose a branch, `later` did so last.
 */
export function joined(earlier: Body, later: Body): Tree {
  const after = new Map(later.messages.map((message) => [message.id, message]));
  const before = new Map(earlier.messages.map((message) => [message.id, message]));
  const fuller = (one: Message): Message => {
    const other = after.get(one.id);
    return other && other.content.length >= one.content.length ? other : one;
  };
  return treeOf({
    messages: [...earlier.messages.map(fuller), ...later.messages.filter(({ id }) => !before.has(id))],
    chosen: { ...earlier.chosen, ...later.chosen },
  });
}

/** With one more message, which is shown; or with a longer form of one it has, in the same place. */
export function withMessage(tree: Tree, message: Message): Tree {
  const byId = new Map(tree.byId).set(message.id, message);
  if (tree.byId.has(message.id))
    return { ...tree, messages: tree.messages.map((one) => (one.id === message.id ? message : one)), byId };
  const parent = under(message.parent);
  const siblings = tree.children.get(parent) ?? [];
  return {
    messages: [...tree.messages, message],
    // Where there is no choice nothing is noted of it.
    chosen: siblings.length === 0 ? tree.chosen : { ...tree.chosen, [parent]: message.id },
    byId,
    children: new Map(tree.children).set(parent, [...siblings, message.id]),
  };
}
