/** Every kernel's cases on this GPU: progress, what failed on top, and a report to copy. */
import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import type { DeviceReport, SelfTestCase, SelfTestReport } from '../../protocol/api.ts';
import type { TestRun } from '../../state/selfTest.ts';
import { useApp } from '../appContext.ts';
import { CopyButton } from '../chat/CopyButton.tsx';
import { count } from '../format.ts';
import { Progress } from '../models/Progress.tsx';
import { say } from '../say.ts';
import { together, wordsFor } from '../words.ts';
import { reportText, tallyByKernel, tallyOf } from './reportText.ts';

export function SelfTestSection({ report: device }: { readonly report: DeviceReport | null }): ReactNode {
  const { selfTest } = useApp();
  const { run, report, wrongKernels, measuring, failure } = useStore(selfTest.store);
  const waits = useAnswering();
  const words = say.device.test;
  return (
    <section className="device-section">
      <h3>{words.title}</h3>
      <p>{words.about}</p>
      {wrongKernels.length > 0 && <p className="facts bad">{words.reloaded(wrongKernels)}</p>}
      {run ? (
        <Running run={run} />
      ) : (
        <button type="button" disabled={waits || measuring !== null} onClick={() => void selfTest.start()}>
          {report ? words.again : words.start}
        </button>
      )}
      {waits && <p className="facts">{words.waits}</p>}
      {failure && measuring === null && <p className="facts bad">{wordsFor(failure).happened}</p>}
      {report && <Verdict report={report} device={device} />}
    </section>
  );
}

/** Whether an answer is being spoken, here or in another conversation. */
export function useAnswering(): boolean {
  const { chat } = useApp();
  return useStore(chat.store, (s) => s.answering !== null || s.elsewhere !== null);
}

function Running({ run }: { readonly run: TestRun }): ReactNode {
  const { selfTest } = useApp();
  const words = say.device.test;
  const failed = run.cases.filter(({ verdict }) => verdict === 'failed');
  return (
    <>
      <Progress label={words.title} done={run.done} total={run.total} />
      <div className="row">
        <span className="facts grow">
          {run.total === 0 ? words.starting : words.progress(run.done, run.total)}
        </span>
        <button type="button" onClick={selfTest.cancel}>
          {words.stop}
        </button>
      </div>
      <Failing cases={failed} />
    </>
  );
}

interface VerdictProps {
  readonly report: SelfTestReport;
  readonly device: DeviceReport | null;
}

function Verdict({ report, device }: VerdictProps): ReactNode {
  const words = say.device.test;
  const { passed, failed, skipped } = tallyOf(report.cases);
  return (
    <>
      <p role="status">
        <strong>{failed === 0 ? words.right(passed) : words.bad(failed, passed)}</strong>{' '}
        {together(skipped > 0 ? words.skippedSentence(skipped) : '', words.took(report.ms))}
      </p>
      <Failing cases={report.cases.filter(({ verdict }) => verdict === 'failed')} />
      <CopyButton label={words.copy} text={() => reportText(report, device, new Date())} />
      <ByKernel cases={report.cases} />
      <Skipped cases={report.cases.filter(({ verdict }) => verdict === 'skipped')} />
    </>
  );
}

function Failing({ cases }: { readonly cases: readonly SelfTestCase[] }): ReactNode {
  if (cases.length === 0) return null;
  return (
    <div>
      <h4>{say.device.test.failing}</h4>
      <CaseList cases={cases} />
    </div>
  );
}

function Skipped({ cases }: { readonly cases: readonly SelfTestCase[] }): ReactNode {
  if (cases.length === 0) return null;
  return (
    <details>
      <summary>{say.device.test.skipped(cases.length)}</summary>
      <CaseList cases={cases} />
    </details>
  );
}

function CaseList({ cases }: { readonly cases: readonly SelfTestCase[] }): ReactNode {
  return (
    <ul className="cases">
      {cases.map(({ kernel, name, words }) => (
        <li key={`${kernel} ${name}`}>
          <code>{name.startsWith(kernel) ? name : `${kernel}: ${name}`}</code>
          <span className="facts">{words}</span>
        </li>
      ))}
    </ul>
  );
}

function ByKernel({ cases }: { readonly cases: readonly SelfTestCase[] }): ReactNode {
  const words = say.device.test;
  return (
    <details>
      <summary>{words.kernels}</summary>
      <table className="figures">
        <thead>
          <tr>
            <th scope="col">{words.kernel}</th>
            <th scope="col">{words.passedHead}</th>
            <th scope="col">{words.failedHead}</th>
            <th scope="col">{words.skippedHead}</th>
          </tr>
        </thead>
        <tbody>
          {tallyByKernel(cases).map(([kernel, { passed, failed, skipped }]) => (
            <tr key={kernel}>
              <th scope="row">
                <code>{kernel}</code>
              </th>
              <td>{count(passed)}</td>
              <td className={failed > 0 ? 'bad' : ''}>{count(failed)}</td>
              <td>{count(skipped)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
