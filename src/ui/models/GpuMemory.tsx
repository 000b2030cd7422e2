/** The user's own word for how much memory the GPU has: browsers tell none. */
import { useId, type ReactNode } from 'react';
import { useStore } from 'zustand';
import { STATED_MEMORY } from '../../state/fit.ts';
import { useApp } from '../appContext.ts';
import { say } from '../say.ts';

export function GpuMemory(): ReactNode {
  const { models } = useApp();
  const gpuGb = useStore(models.store, (s) => s.gpuGb);
  const id = useId();
  const hint = useId();
  return (
    <div className="gpu-memory">
      <label htmlFor={id}>{say.fit.gpuLabel}</label>
      <select
        id={id}
        aria-describedby={hint}
        value={gpuGb ?? ''}
        onChange={({ currentTarget: { value } }) => models.stateGpu(value === '' ? null : Number(value))}
      >
        <option value="">{say.fit.gpuUnknown}</option>
        {STATED_MEMORY.map((gb) => (
          <option key={gb} value={gb}>
            {say.fit.gpuGb(gb)}
          </option>
        ))}
      </select>
      <p id={hint} className="facts">
        {say.fit.gpuHint}
      </p>
    </div>
  );
}
