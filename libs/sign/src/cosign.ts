import { EngineError, run } from '@nx-image-matrix/engine';
import { cosignEnvironment } from './environment.ts';

/** The installed cosign. Builds of distributions know no version of themselves, so its flags count. */
export interface Cosign {
  /** Whether it takes its services from a signing configuration (cosign 2.6 and later). */
  hasSigningConfig: boolean;
}

const hint = 'install cosign 2.0 or later: https://docs.sigstore.dev/cosign/system_config/installation/';

/**
 * The cosign on the `PATH`.
 * @throws EngineError `no-cosign` if there is none, or it is too old
 */
export async function findCosign(environment: NodeJS.ProcessEnv): Promise<Cosign> {
  const help = await helpOf(environment);
  const has = (flag: string): boolean => new RegExp(`(?:^|\\s)${flag}\\b`).test(help);
  const hasSigningConfig = has('--use-signing-config');
  // Cosign 1 has another flag, `--no-tlog-upload`; cosign 3 does not list `--tlog-upload` any more.
  if (has('--yes') && (hasSigningConfig || has('--tlog-upload'))) return { hasSigningConfig };
  throw new EngineError('no-cosign', 'the installed cosign is too old: `cosign sign` has no `--tlog-upload`', { hint });
}

async function helpOf(environment: NodeJS.ProcessEnv): Promise<string> {
  try {
    const options = { environment: cosignEnvironment(environment, {}), timeout: 60_000 };
    const { exitCode, stdout, stderr } = await run('cosign', ['sign', '--help'], options);
    if (exitCode === 0) return stdout + stderr;
    throw new EngineError('no-cosign', '`cosign sign --help` failed', { hint, output: stderr });
  } catch (error) {
    if (error instanceof EngineError && error.code === 'no-engine') {
      throw new EngineError('no-cosign', `${error.message}, and the manifest wants images to be signed`, { hint });
    }
    throw error;
  }
}
