/** How evenly each layer uses its experts: in bars, in words, and as a table. */
import { useState, type ReactNode } from 'react';
import { useStore } from 'zustand';
import { balanceOf, mostUsed, shareOf, type Balance as Even, type ExpertUsage } from '../../state/experts.ts';
import { useApp } from '../appContext.ts';
import { rate, share } from '../format.ts';
import { say } from '../say.ts';
import { together } from '../words.ts';

interface Layer extends Even {
  readonly layer: number;
}

function layersOf(usage: ExpertUsage): readonly Layer[] {
  return Array.from({ length: usage.shape.layers }, (_, layer) => balanceOf(usage, layer)).flatMap(
    (even, layer) => (even ? [{ layer, ...even }] : []),
  );
}

export function Balance({ usage }: { readonly usage: ExpertUsage }): ReactNode {
  const { experts } = useApp();
  const pointed = useStore(experts.store, (s) => (s.pointed ?? s.pinned)?.layer ?? null);
  const layers = layersOf(usage);
  if (layers.length === 0) return null;
  return (
    <section className="expert-balance">
      <h3>{say.experts.balance}</h3>
      <div className="expert-bars" aria-hidden="true">
        {layers.map(({ layer, evenness }) => (
          <span key={layer} className={layer === pointed ? 'bar pointed' : 'bar'}>
            <i style={{ height: `${Math.max(4, 100 * evenness)}%` }} />
          </span>
        ))}
      </div>
      <p className="facts">{words(usage, layers, pointed)}</p>
      <Table usage={usage} layers={layers} />
    </section>
  );
}

function words(usage: ExpertUsage, layers: readonly Layer[], pointed: number | null): string {
  const { experts: each, layers: all } = usage.shape;
  const one = layers.find(({ layer }) => layer === pointed);
  const least = layers.reduce((a, b) => (b.evenness < a.evenness ? b : a));
  const busy = layers.reduce((a, b) => (b.busiest > a.busiest ? b : a));
  const average = layers.reduce((sum, { evenness }) => sum + evenness, 0) / layers.length;
  const unused = layers.reduce((sum, layer) => sum + layer.unused, 0);
  return together(
    say.experts.tokens(usage.tokens),
    one ? say.experts.layerEven(one.layer + 1, one.evenness) : '',
    say.experts.even(average, least.evenness, least.layer + 1),
    say.experts.busiest(
      busy.layer + 1,
      (mostUsed(usage, busy.layer, 1)[0]?.expert ?? 0) + 1,
      rate(busy.busiest),
    ),
    say.experts.unused(unused, all * each),
  );
}

/** For those who do not see the dots; made when it is opened. */
function Table({
  usage,
  layers,
}: {
  readonly usage: ExpertUsage;
  readonly layers: readonly Layer[];
}): ReactNode {
  const [open, setOpen] = useState(false);
  const { columns } = say.experts;
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{say.experts.table}</summary>
      {open && (
        <table className="expert-table">
          <thead>
            <tr>
              <th scope="col">{columns.layer}</th>
              <th scope="col">{columns.most}</th>
              <th scope="col">{columns.even}</th>
            </tr>
          </thead>
          <tbody>
            {layers.map(({ layer, evenness }) => (
              <tr key={layer}>
                <th scope="row">{layer + 1}</th>
                <td>
                  {mostUsed(usage, layer, 3)
                    .map(({ expert }) => `${expert + 1} (${share(shareOf(usage, layer, expert))})`)
                    .join(say.experts.comma)}
                </td>
                <td>{share(evenness)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </details>
  );
}
