/** What this GPU does in a second, of what a model asks for. */
import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import type { BenchmarkReport } from '../../protocol/api.ts';
import { useApp } from '../appContext.ts';
import { rate } from '../format.ts';
import { Progress } from '../models/Progress.tsx';
import { say } from '../say.ts';
import { useAnswering } from './SelfTestSection.tsx';

export function BenchmarkSection({ software }: { readonly software: boolean }): ReactNode {
  const { selfTest } = useApp();
  const { run, measuring, benchmark } = useStore(selfTest.store);
  const waits = useAnswering();
  const words = say.device.bench;
  return (
    <section className="device-section">
      <h3>{words.title}</h3>
      <p>{words.about}</p>
      {measuring !== null ? (
        <>
          <Progress label={words.running} done={0} total={0} />
          <div className="row">
            <span className="facts grow">{words.running}</span>
            <button type="button" onClick={selfTest.cancel}>
              {say.device.test.stop}
            </button>
          </div>
        </>
      ) : (
        <button type="button" disabled={waits || run !== null} onClick={() => void selfTest.measure()}>
          {benchmark ? words.again : words.start}
        </button>
      )}
      {benchmark && <Figures report={benchmark} />}
      {benchmark && software && <p className="facts">{words.emulated}</p>}
    </section>
  );
}

function Figures({ report }: { readonly report: BenchmarkReport }): ReactNode {
  const words = say.device.bench;
  return (
    <table className="figures">
      <thead>
        <tr>
          <th scope="col">{words.what}</th>
          <th scope="col">{words.figure}</th>
        </tr>
      </thead>
      <tbody>
        {report.rows.map(({ name, value, unit }) => (
          <tr key={name}>
            <th scope="row">{words.rows[name] ?? name}</th>
            <td>
              {rate(value)} {unit}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
