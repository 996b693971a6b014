import { EngineError } from '../errors.ts';
import type { EngineErrorKind } from '../errors.ts';
import { isLoopback, parseReference, registryOf } from './reference.ts';
import { markTransient, retryAfter } from './transient.ts';

/** What the words of a registry, as an engine repeats them, come down to. */
export interface Failure {
  kind: EngineErrorKind;
  transient: boolean;
  hint?: string;
}

/** Engines word the same answer in many ways, so each pattern is loose; the first one that matches decides. */
const patterns: { pattern: RegExp; kind: EngineErrorKind; transient: boolean; hint?: (registry: string) => string }[] =
  [
    {
      pattern: /\b429\b|toomanyrequests|too many requests|rate limit/i,
      kind: 'push-failed',
      transient: true,
      hint: (registry) => `${registry} limits how often it is asked; try again later, or with fewer builds at once.`,
    },
    {
      // Two pushes at once of images that share layers: one counts on what the other is still sending.
      pattern: /blob[ _]unknown|\/manifests\/\S+: 400 Bad Request/i,
      kind: 'push-failed',
      transient: true,
      hint: (registry) => `${registry} misses a layer that the engine took for sent; try again.`,
    },
    {
      pattern:
        /\b401\b|\b403\b|unauthorized|no basic auth|authentication required|denied|forbidden|insufficient_scope/i,
      kind: 'unauthorized',
      transient: false,
      hint: (registry) =>
        `Log in to ${registry}, or set the variables that \`user\` and \`pwd\` of the manifest name; the account needs the right to push there.`,
    },
    {
      pattern: /does not exist locally|no such image|image not known|tag does not exist|reference does not exist/i,
      kind: 'not-found',
      transient: false,
      hint: () => 'Build the image first.',
    },
    {
      pattern: /http response to https client/i,
      kind: 'push-failed',
      transient: false,
      hint: (registry) => `${registry} speaks plain HTTP: add it to \`insecure-registries\` of the engine.`,
    },
    {
      pattern: /x509|certificate/i,
      kind: 'push-failed',
      transient: false,
      hint: (registry) => `The engine does not trust the certificate of ${registry}.`,
    },
    {
      pattern: /\b404\b|not found|name unknown|name invalid|invalid reference|manifest invalid|no such host/i,
      kind: 'not-found',
      transient: false,
      hint: (registry) => `Check the repository's name; it may have to be created at ${registry} first.`,
    },
    {
      pattern: /\b50[0-9]\b|internal server error|bad gateway|service unavailable|gateway time-?out/i,
      kind: 'push-failed',
      transient: true,
      hint: (registry) => `${registry} has trouble; try again later.`,
    },
    {
      pattern:
        /reset|broken pipe|\bEOF\b|timeout|timed out|deadline exceeded|refused|unreachable|temporary failure|try again|server misbehaving|connection (?:closed|lost|broken)|malformed (?:HTTP|MIME)|closed network connection/i,
      kind: 'push-failed',
      transient: true,
      hint: (registry) =>
        isLoopback(registry)
          ? `Is the registry at ${registry} running?`
          : `Check the network between the engine and ${registry}.`,
    },
  ];

/** Reads the last words of a failed push or login. */
export function readFailure(words: string, registry: string): Failure {
  const match = patterns.find(({ pattern }) => pattern.test(words));
  if (!match) return { kind: 'push-failed', transient: false };
  return { kind: match.kind, transient: match.transient, hint: match.hint?.(registry) };
}

interface Wording {
  /** Kind of what matches no better one. */
  fallback: EngineErrorKind;
  /** A better hint for a refused login. */
  unauthorized?: string;
}

/** What a registry refused, as an error that says what failed, what was said, and what to do. */
export function registryError(what: string, reference: string, lines: string[], wording: Wording): EngineError {
  const said = lines.map((line) => line.trim()).filter((line) => line !== '');
  const words = said.slice(-3).join('\n');
  const failure = readFailure(withoutNames(words, reference), registryOf(reference));
  const kind = failure.kind === 'push-failed' ? wording.fallback : failure.kind;
  const error = new EngineError(kind, `${what}: ${said.at(-1) ?? 'no reason was given'}`, {
    hint: (kind === 'unauthorized' && wording.unauthorized) || failure.hint,
    output: said.join('\n'),
  });
  return failure.transient ? markTransient(error, { after: retryAfter(words) }) : error;
}

/** A name such as `team/denied-list`, or a tag such as `401`, must not decide. */
function withoutNames(words: string, reference: string): string {
  const { repository, tag } = parseReference(reference);
  return words
    .replaceAll(reference, '')
    .replaceAll(nameOf(reference), '')
    .replaceAll(`/v2/${repository}/`, '/v2/')
    .replaceAll(`/manifests/${tag}`, '/manifests/-')
    .replaceAll(/&from=[^\s"&:]+/g, '');
}

function nameOf(reference: string): string {
  return reference.replace(/:[^/:]*$/, '');
}
