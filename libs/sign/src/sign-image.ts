import {
  EngineError,
  registryError,
  retry,
  retryNote,
  run,
  transientFailure,
  withTries,
} from '@nx-image-matrix/engine';
import type { Cosign } from './cosign.ts';
import { cosignEnvironment, keyArguments } from './environment.ts';
import type { SigningKey } from './key.ts';
import { outputOf } from './output.ts';

/** An image in a registry, and how cosign reaches it. */
export interface ImageAccess {
  /** By digest: `docker.io/acme/app@sha256:...` */
  reference: string;
  /** Whether the registry uses plain HTTP, although it is not on a loopback address. */
  plainHttp: boolean;
  /** The folder with the registry's login. */
  configDir: string;
  environment: NodeJS.ProcessEnv;
  signal: AbortSignal;
}

export interface SignRequest extends ImageAccess {
  key: SigningKey;
  /** Whether the signature is written to a transparency log. */
  transparencyLog: boolean;
  /** A message that the user should see at once. */
  onNote: (line: string) => void;
}

/** Milliseconds of one try; cosign gives up after three minutes by itself. */
const TIMEOUT = 240_000;

const policy = { tries: 3, total: 3 * TIMEOUT, wait: 500, longestWait: 2_000 };

/**
 * Signs an image. Tries again where that can help.
 * @throws EngineError `sign-failed`, or what a registry has answered; `timeout`, `interrupted`
 */
export async function signImage(cosign: Cosign, request: SignRequest): Promise<void> {
  await retry(() => attempt(cosign, request), {
    policy,
    transient: transientFailure,
    signal: request.signal,
    onRetry: (...retried) => request.onNote(retryNote(policy, ...retried)),
    giveUp: withTries,
  });
}

async function attempt(cosign: Cosign, request: SignRequest): Promise<void> {
  const { reference, environment, signal } = request;
  const finished = await run('cosign', signArguments(cosign, request), {
    environment: cosignEnvironment(environment, request),
    timeout: TIMEOUT,
    signal,
  });
  if (finished.exitCode === 0) return;
  const lines = outputOf(finished);
  const last = lines.at(-1) ?? '';
  if (ofSigstore.test(last)) {
    throw new EngineError('sign-failed', `${reference} was not signed: ${last}`, { hint: hintFor(request.key) });
  }
  throw registryError(`${reference} was not signed`, reference, lines, { fallback: 'sign-failed' });
}

/** The services of sigstore, which cosign itself has asked several times. */
const ofSigstore = /https?:\/\/[\w.-]*(?:rekor|fulcio|sigstore|tuf)/i;

function hintFor({ in: place }: SigningKey): string {
  if (place === 'token') return 'keyless signing needs an identity token, and access to the services of sigstore';
  return 'for private images, or without access to the public log, set `transparency_log: false` at `sign`';
}

/** The arguments of `cosign sign`. */
export function signArguments(
  { hasSigningConfig }: Cosign,
  {
    reference,
    key,
    transparencyLog,
    plainHttp,
  }: Pick<SignRequest, 'reference' | 'key' | 'transparencyLog' | 'plainHttp'>,
): string[] {
  // Cosign 3 still has `--tlog-upload`, and refuses it with a signing configuration, which it uses by default.
  const withoutLog = ['--tlog-upload=false', ...(hasSigningConfig ? ['--use-signing-config=false'] : [])];
  return [
    'sign',
    '--yes',
    ...keyArguments(key),
    ...(transparencyLog ? [] : withoutLog),
    ...registryArguments(plainHttp),
    reference,
  ];
}

/** The arguments for a registry over plain HTTP; cosign knows that loopback registries may use it. */
export function registryArguments(plainHttp: boolean): string[] {
  return plainHttp ? ['--allow-http-registry=true'] : [];
}
