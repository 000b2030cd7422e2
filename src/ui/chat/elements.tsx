/**
 * How the elements of a model's Markdown are drawn. It is untrusted: HTML stays
 * text, images are not fetched (an address can carry the conversation away),
 * links open apart and tell no one where they were.
 */
import type { ReactNode } from 'react';
import type { Components } from 'react-markdown';
import { say } from '../say.ts';
import { Code } from './Code.tsx';
import { goToNote } from './Note.tsx';

const REFERENCE = /^#.*?fn-(.*)$/;

function Link({ href, children }: { readonly href: string; readonly children: ReactNode }): ReactNode {
  return (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  );
}

function Reference({ label }: { readonly label: string }): ReactNode {
  return (
    <button
      type="button"
      className="reference"
      aria-label={say.chat.footnote(label)}
      onClick={({ currentTarget }) => goToNote(currentTarget, label)}
    >
      {label}
    </button>
  );
}

interface HastLike {
  readonly type: string;
  readonly value?: string;
  readonly tagName?: string;
  readonly properties?: { readonly className?: unknown };
  readonly children?: readonly HastLike[];
}

/** What stands in a `pre`: its text, and the classes that name its language. */
export function listingOf(pre: HastLike): { readonly text: string; readonly classes: readonly string[] } {
  const code = pre.children?.find(({ tagName }) => tagName === 'code');
  const classes = code?.properties?.className;
  return {
    text: code?.children?.map(({ value }) => value ?? '').join('') ?? '',
    classes: Array.isArray(classes) ? classes.map(String) : [],
  };
}

/** A listing within a list or a quotation. */
export function Listing({ node }: { readonly node: HastLike }): ReactNode {
  const { text, classes } = listingOf(node);
  const language = classes.find((name) => name.startsWith('language-'))?.slice('language-'.length) ?? '';
  return <Code key={language} text={text.replace(/\n$/, '')} language={language} />;
}

export const elements: Components = {
  // An address that was not safe arrives empty: what it stood on stays text.
  a: ({ href, children, node }) => {
    if (node?.properties['dataFootnoteRef'] !== undefined) {
      return <Reference label={decodeURIComponent(REFERENCE.exec(href ?? '')?.[1] ?? '')} />;
    }
    return href ? <Link href={href}>{children}</Link> : children;
  },
  img: ({ src, alt }) => {
    const words = say.chat.image(alt ?? '');
    return typeof src === 'string' && src !== '' ? <Link href={src}>{words}</Link> : words;
  },
  pre: ({ node }) => (node ? <Listing node={node} /> : null),
  // Footnotes are blocks of their own; those the parser gathers under a block repeat them.
  section: ({ node, children }) =>
    node?.properties['dataFootnotes'] === undefined ? <section>{children}</section> : null,
  input: ({ checked }) => (
    <span className="task" role="img" aria-label={checked ? say.chat.done : say.chat.notDone}>
      {checked ? '☑' : '☐'}
    </span>
  ),
  table: ({ children }) => (
    <div className="table" role="group" aria-label={say.chat.table} tabIndex={0}>
      <table>{children}</table>
    </div>
  ),
};
