import { EngineError } from '../errors.ts';
import type { DiagnosticCode } from '@nx-image-matrix/diagnostics';
import { findAnswer } from './answers.ts';
import { withoutNames } from './names.ts';
import { parseReference } from '@nx-image-matrix/manifest/reference';
import { markTransient, retryAfter } from './transient.ts';
import { plainText } from './words.ts';

interface Wording {
  /** Kind of answers that match no other. */
  fallback: DiagnosticCode;
  /** A better hint for a rejected login. */
  unauthorized?: string;
}

/** The error for a rejected request: what failed, the registry's answer, and what to do. */
export function registryError(what: string, reference: string, lines: string[], wording: Wording): EngineError {
  const said = lines.map((line) => plainText(line).trim()).filter((line) => line !== '');
  const words = said.slice(-3).join('\n');
  const place = parseReference(reference);
  const failure = findAnswer(withoutReference(words, reference), statusIn(words));
  const code = failure && failure.code !== 'push-failed' ? failure.code : wording.fallback;
  const error = new EngineError(code, `${what}: ${said.at(-1) ?? 'no reason was given'}`, {
    hint: (code === 'unauthorized' && wording.unauthorized) || failure?.hint?.(place),
    output: said.join('\n'),
  });
  return failure?.transient ? markTransient(error, { after: retryAfter(words) }) : error;
}

/** The status in an engine's message: `unexpected status: 500`, `: 403 Forbidden`, `HTTP 429 response`. */
function statusIn(words: string): number | undefined {
  const found =
    /(?:[Ss]tatus ?(?:[Cc]ode)?|HTTP|responded)\W{1,3}(?:with )?(\d{3})\b|(?:^|[:\s])([45]\d\d) (?=[A-Z])/.exec(words);
  const status = found?.[1] ?? found?.[2];
  return status === undefined ? undefined : Number(status);
}

function withoutReference(words: string, reference: string): string {
  return withoutNames(
    words.replaceAll(reference, '').replaceAll(reference.replace(/:[^/:]*$/, ''), ''),
    parseReference(reference),
  );
}
