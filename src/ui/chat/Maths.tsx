/** Markdown with formulas, written between double dollars (mathsText.ts). */
import 'katex/dist/katex.min.css';
import { memo, type ReactNode } from 'react';
import ReactMarkdown, { type Components, type Options } from 'react-markdown';
import remarkGfm from 'remark-gfm';
import remarkMath from 'remark-math';
import { elements, Listing, listingOf } from './elements.tsx';
import { Formula } from './Formula.tsx';

const PLUGINS: Options['remarkPlugins'] = [remarkGfm, [remarkMath, { singleDollarTextMath: false }]];

const withMaths: Components = {
  ...elements,
  code: ({ className, children }) => {
    const inline = className?.includes('math-inline') === true;
    return inline ? (
      <Formula tex={typeof children === 'string' ? children : ''} display={false} />
    ) : (
      <code>{children}</code>
    );
  },
  pre: ({ node }) => {
    if (!node) return null;
    const { text, classes } = listingOf(node);
    return classes.includes('math-display') ? <Formula tex={text} display /> : <Listing node={node} />;
  },
};

export const Maths = memo(function Maths({ text }: { readonly text: string }): ReactNode {
  return (
    <ReactMarkdown remarkPlugins={PLUGINS} components={withMaths}>
      {text}
    </ReactMarkdown>
  );
});
