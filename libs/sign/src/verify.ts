import { run } from '@nx-image-matrix/engine';
import { cosignEnvironment, PUBLIC_KEY } from './environment.ts';
import { registryArguments, type ImageAccess } from './sign-image.ts';

interface VerifyRequest extends ImageAccess {
  /** In PEM; absent: a signature of any identity counts. */
  publicKey?: string;
  transparencyLog: boolean;
}

/** Milliseconds; on a failure the image is signed again, so there is no second try. */
const TIMEOUT = 60_000;

/**
 * Whether an image has a signature that counts: `cosign verify` is the only judge. A signature of another key, or of
 * another image, does not count.
 * @throws EngineError `timeout`, `interrupted`
 */
export async function isSigned(request: VerifyRequest): Promise<boolean> {
  const { environment, signal } = request;
  const { exitCode } = await run('cosign', verifyArguments(request), {
    environment: cosignEnvironment(environment, request),
    timeout: TIMEOUT,
    signal,
  });
  return exitCode === 0;
}

/** The arguments of `cosign verify`. */
export function verifyArguments({
  reference,
  publicKey,
  transparencyLog,
  plainHttp,
}: Pick<VerifyRequest, 'reference' | 'publicKey' | 'transparencyLog' | 'plainHttp'>): string[] {
  const anybody = ['--certificate-identity-regexp=.*', '--certificate-oidc-issuer-regexp=.*'];
  return [
    'verify',
    ...(publicKey === undefined ? anybody : ['--key', `env://${PUBLIC_KEY}`]),
    ...(transparencyLog ? [] : ['--insecure-ignore-tlog=true']),
    ...registryArguments(plainHttp),
    reference,
  ];
}
