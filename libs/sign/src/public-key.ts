import { EngineError, plainText, run } from '@nx-image-matrix/engine';
import { cosignEnvironment, keyArguments, PASSWORD_VARIABLE } from './environment.ts';
import type { SigningKey } from './key.ts';
import { outputOf } from './output.ts';

/** Milliseconds; a key management service is asked over the network. */
const TIMEOUT = 60_000;

/**
 * The public half of a key, in PEM; so the key can be read, and its password is right.
 * @param variable the variable that the manifest names
 * @throws EngineError `bad-key`, `timeout`, `interrupted`
 */
export async function publicKeyOf(
  key: Exclude<SigningKey, { in: 'token' }>,
  variable: string,
  environment: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<string> {
  const finished = await run('cosign', ['public-key', ...keyArguments(key)], {
    environment: cosignEnvironment(environment, { key }),
    timeout: TIMEOUT,
    signal,
  });
  if (finished.exitCode === 0 && finished.stdout.startsWith('-----BEGIN PUBLIC KEY-----')) return finished.stdout;
  const lines = outputOf(finished);
  throw new EngineError(
    'bad-key',
    `cosign cannot use the key of ${variable}: ${lines.at(-1) ?? 'no reason was given'}`,
    {
      hint: hintFor(key, environment),
      output: plainText(lines.join('\n')),
    },
  );
}

function hintFor({ in: place }: SigningKey, environment: NodeJS.ProcessEnv): string {
  if (place === 'service') return 'check the URI, and the login of the key management service';
  if (environment[PASSWORD_VARIABLE] === undefined) {
    return `set ${PASSWORD_VARIABLE} to the password of the key, or to an empty text if it has none`;
  }
  return `check the value of ${PASSWORD_VARIABLE}, which is the password of the key`;
}
