import { memo, type ReactNode } from 'react';
import ReactMarkdown from 'react-markdown';
import remarkGfm from 'remark-gfm';
import { elements } from './elements.tsx';

const PLUGINS = [remarkGfm];

export const Markdown = memo(function Markdown({ text }: { readonly text: string }): ReactNode {
  return (
    <ReactMarkdown remarkPlugins={PLUGINS} components={elements}>
      {text}
    </ReactMarkdown>
  );
});
