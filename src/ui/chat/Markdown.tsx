/**
 * Model output as Markdown. It is untrusted: HTML stays text, images are not
 * fetched (an address can carry the conversation away), links open apart.
 */
import { memo, type ComponentProps, type ReactNode } from 'react';
import ReactMarkdown, { type Components } from 'react-markdown';
import remarkGfm from 'remark-gfm';
import { CopyButton } from './CopyButton.tsx';
import { say } from '../say.ts';

const PLUGINS = [remarkGfm];

const components: Components = {
  // An address that was not safe arrives empty: what it stood on stays text.
  a: ({ href, children }) =>
    href ? (
      <a href={href} target="_blank" rel="noopener noreferrer">
        {children}
      </a>
    ) : (
      children
    ),
  img: ({ src, alt }) => {
    const words = say.chat.image(alt ?? '');
    return typeof src === 'string' && src !== '' ? (
      <a href={src} target="_blank" rel="noopener noreferrer">
        {words}
      </a>
    ) : (
      words
    );
  },
  pre: ({ children }) => <CodeBlock>{children}</CodeBlock>,
  table: ({ children }) => (
    <div className="table" role="region" aria-label={say.chat.table} tabIndex={0}>
      <table>{children}</table>
    </div>
  ),
};

function CodeBlock({ children }: ComponentProps<'pre'>): ReactNode {
  return (
    <div className="code">
      <pre tabIndex={0}>{children}</pre>
      <CopyButton
        label={say.chat.copyCode}
        text={(button) => button.previousElementSibling?.textContent ?? ''}
      />
    </div>
  );
}

export const Markdown = memo(function Markdown({ text }: { readonly text: string }): ReactNode {
  return (
    <ReactMarkdown remarkPlugins={PLUGINS} components={components}>
      {text}
    </ReactMarkdown>
  );
});
