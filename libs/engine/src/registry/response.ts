import type { DiagnosticCode } from '@nx-image-matrix/diagnostics';
import { EngineError } from '../errors.ts';
import { header } from '../http/request.ts';
import type { HttpAnswer } from '../http/request.ts';
import { isObject } from '../unknown.ts';
import { findAnswer } from './answers.ts';
import type { Place } from './answers.ts';
import { withoutNames } from './names.ts';
import { markTransient, retryAfterHeader } from './transient.ts';
import { plainLine, plainText } from './words.ts';

export interface ResponseWording {
  /** What to do if the login is the cause. */
  hint: string;
  /** Names in the request, which must not influence the result. */
  place?: Place & { tag?: string };
  /** The kind of answers that match no other. Default: `registry-failed` */
  fallback?: DiagnosticCode;
  /** Must not be printed, although the answer may contain it. */
  secret?: string;
}

/** The error for an unsuccessful answer, from the table of answers; transient errors are marked. */
export function responseError(
  what: string,
  answer: HttpAnswer,
  { hint, place, fallback = 'registry-failed', secret }: ResponseWording,
): EngineError {
  const { status, statusText, headers, body } = answer;
  const text = withoutSecret(body.toString('utf8'), secret);
  const output = plainText(text.slice(0, 2_000));
  const said = registryMessage(text);
  const message = `${what}: ${status} ${plainLine(statusText, 80)}`.trim() + (said ? ` (${said})` : '');
  const found = findAnswer(place ? withoutNames(said ?? '', place) : (said ?? ''), status);
  const code = found && found.code !== 'push-failed' ? found.code : fallback;
  // The row for a missing login is about pushes; the caller has a better hint.
  const hint401 = code === 'unauthorized' && found?.status?.includes(401);
  const error = new EngineError(code, message, {
    hint: hint401 ? hint : found?.hint?.(place ?? nowhere(answer)),
    output,
    status,
  });
  if (!found?.transient) return error;
  return markTransient(error, { after: retryAfterHeader(header(headers, 'retry-after')) });
}

function nowhere({ url }: HttpAnswer): Place {
  return { registry: url.host, repository: '' };
}

/** The first error in a registry's answer (OCI distribution specification, "Error codes"), on one line. */
function registryMessage(body: string): string | undefined {
  try {
    const answer: unknown = JSON.parse(body);
    const errors = isObject(answer) ? answer['errors'] : undefined;
    const listed: unknown = Array.isArray(errors) ? errors[0] : undefined;
    if (!isObject(listed)) return undefined;
    const { code, message, detail } = listed;
    const parts = [code, message, detail].filter((part): part is string => typeof part === 'string' && part !== '');
    return plainLine([...new Set(parts)].join(': ')) || undefined;
  } catch {
    return undefined;
  }
}

function withoutSecret(text: string, secret: string | undefined): string {
  const value = secret?.replace(/^\w+ /, '');
  return value ? text.replaceAll(value, '***') : text;
}
