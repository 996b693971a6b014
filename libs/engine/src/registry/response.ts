import { EngineError } from '../errors.ts';
import { markTransient, retryAfterHeader } from './transient.ts';

/** An answer that is no success, as an error; 429 and 5xx are marked as passing. */
export async function responseError(what: string, response: Response, hint: string): Promise<EngineError> {
  const refused = response.status === 401 || response.status === 403;
  const error = new EngineError(
    refused ? 'unauthorized' : 'registry',
    `${what}: ${response.status} ${response.statusText}`.trim(),
    { hint: refused ? hint : undefined, output: (await response.text()).slice(0, 2_000) },
  );
  if (response.status !== 429 && response.status < 500) return error;
  return markTransient(error, { after: retryAfterHeader(response.headers.get('retry-after')) });
}
