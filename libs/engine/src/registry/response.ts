import { EngineError } from '../errors.ts';
import type { EngineErrorKind } from '../errors.ts';
import { markTransient, retryAfterHeader } from './transient.ts';

/** An answer that is no success, as an error; 429 and 5xx are marked as passing. */
export async function responseError(what: string, response: Response, hint: string): Promise<EngineError> {
  const { status, statusText } = response;
  const output = (await response.text().catch(() => '')).slice(0, 2_000);
  const said = registryMessage(output);
  const message = `${what}: ${status} ${statusText}`.trim() + (said ? ` (${said})` : '');
  const error = new EngineError(kinds[status] ?? 'registry', message, {
    hint: kinds[status] === 'unauthorized' ? hint : (hints[status] ?? (status >= 500 ? trouble : undefined)),
    output,
  });
  if (status !== 408 && status !== 429 && status < 500) return error;
  return markTransient(error, { after: retryAfterHeader(response.headers.get('retry-after')) });
}

const kinds: Record<number, EngineErrorKind> = { 401: 'unauthorized', 403: 'unauthorized', 404: 'not-found' };
const trouble = 'The registry has trouble; try again later.';
const hints: Record<number, string> = {
  404: "Check the repository's name; it may have to be created in the registry first.",
  429: 'The registry limits how often it is asked; try again later.',
};

/** The first of the errors that a registry lists (OCI distribution specification, "Error codes"). */
function registryMessage(body: string): string | undefined {
  try {
    const { errors } = JSON.parse(body) as { errors?: { code?: string; message?: string }[] };
    return [errors?.[0]?.code, errors?.[0]?.message].filter((part) => part).join(': ') || undefined;
  } catch {
    return undefined;
  }
}
