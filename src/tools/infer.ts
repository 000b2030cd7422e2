/**
 * The engine without the page: `npm run infer -- --model PATH …`. Prints one JSON
 * object; a failure is one line `error CODE: words` and status 1.
 */
import { asAppError } from '../base/failure.ts';
import { readArgs } from './infer/args.ts';
import { inferInBrowser } from './infer/browser.ts';
import { inferInNode } from './infer/node.ts';

export async function main(args: readonly string[]): Promise<number> {
  try {
    const options = readArgs(args);
    const run = options.runtime === 'browser' ? inferInBrowser : inferInNode;
    console.log(JSON.stringify(await run(options)));
    return 0;
  } catch (error) {
    const { code, message } = asAppError(error);
    console.log(`error ${code}: ${message}`);
    if (code === 'INTERNAL') console.error(error);
    return 1;
  }
}
