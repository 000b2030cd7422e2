/** Colours for code: highlight.js with the languages most often written in chats, fetched with the first listing. */
import rehypeHighlight from 'rehype-highlight';

type Transform = ReturnType<typeof rehypeHighlight>;
type Tree = Parameters<Transform>[0];
type Report = Parameters<Transform>[1];

/** Coloured text: a string, or a span of a class around more of the same. */
export type Coloured = string | { readonly className: string; readonly children: readonly Coloured[] };

const transform = rehypeHighlight({ detect: false });
// It tells of languages it does not know; their code stays plain.
const unheard = { message: () => undefined } as unknown as Report;

export function highlight(language: string, text: string): readonly Coloured[] {
  const code = {
    type: 'element',
    tagName: 'code',
    properties: { className: [`language-${language.toLowerCase()}`] },
    children: [{ type: 'text', value: text }],
  } as const;
  const tree = {
    type: 'root',
    children: [{ type: 'element', tagName: 'pre', properties: {}, children: [code] }],
  } as unknown as Tree;
  transform(tree, unheard);
  return (code.children as unknown as readonly Node[]).map(coloured);
}

interface Node {
  readonly type: string;
  readonly value?: string;
  readonly properties?: { readonly className?: readonly string[] };
  readonly children?: readonly Node[];
}

function coloured({ value, properties, children }: Node): Coloured {
  if (value !== undefined) return value;
  return { className: properties?.className?.join(' ') ?? '', children: (children ?? []).map(coloured) };
}
