/** Markdown with formulas, written between double dollars (mathsText.ts). */
import 'katex/dist/katex.min.css';
import { memo, type ReactNode } from 'react';
import ReactMarkdown, { type Components, type Options } from 'react-markdown';
import rehypeKatex from 'rehype-katex';
import remarkGfm from 'remark-gfm';
import remarkMath from 'remark-math';
import { say } from '../say.ts';
import { elements } from './elements.tsx';

const REMARK: Options['remarkPlugins'] = [remarkGfm, [remarkMath, { singleDollarTextMath: false }]];

const KATEX = {
  // No links, no images, no classes of the model's choosing.
  trust: false,
  strict: 'ignore',
  // In em: a model can't paint over the page.
  maxSize: 20,
  maxExpand: 200,
  // A command it does not know is shown by name, in the text's own colour.
  errorColor: 'inherit',
} as const;

const REHYPE: Options['rehypePlugins'] = [[rehypeKatex, KATEX]];

const withMaths: Components = {
  ...elements,
  span: ({ className, children, style, 'aria-hidden': hidden }) => {
    // What KaTeX can't read stays as it was written.
    if (className === 'katex-error') return <code className="maths-source">{children}</code>;
    if (className === 'katex-display') {
      return (
        <span className="katex-display" role="group" aria-label={say.chat.maths} tabIndex={0}>
          {children}
        </span>
      );
    }
    return (
      <span className={className} style={style} aria-hidden={hidden}>
        {children}
      </span>
    );
  },
};

export const Maths = memo(function Maths({ text }: { readonly text: string }): ReactNode {
  return (
    <ReactMarkdown remarkPlugins={REMARK} rehypePlugins={REHYPE} components={withMaths}>
      {text}
    </ReactMarkdown>
  );
});
