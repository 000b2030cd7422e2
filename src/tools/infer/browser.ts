/** Headless Chromium with the shipped worker: the model goes into IndexedDB like any other. */
import { AppError } from '../../base/failure.ts';
import { withBuiltPage } from '../builtPage.ts';
import type { InferOptions } from './args.ts';
import { report, type InferReport } from './report.ts';

export function inferInBrowser(options: InferOptions): Promise<InferReport> {
  const { files, logitsFile, weights, contextLength, request } = options;
  return withBuiltPage({ html: 'src/tools/infer/page.html', files, logitsFile }, async (page, server) => {
    const asked = { urls: server.modelUrls, weights, contextLength, request };
    const answer = await page.evaluate((parts) => window.infer(parts), asked);
    if (!answer.ok) throw new AppError(answer.failure.code, answer.failure.message, answer.failure.detail);
    return report(answer.value);
  });
}
