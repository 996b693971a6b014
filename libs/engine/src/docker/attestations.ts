import { join } from 'node:path';
import type { BuildRequest } from '../engine.ts';
import { EngineError } from '../errors.ts';
import { noAttestations } from '../no-attestations.ts';
import { attestSbom } from '../attest-sbom.ts';
import { run } from '../process/run.ts';
import { dockerConfigDir, readDockerConfig } from '../registry/config.ts';
import { isObject } from '../unknown.ts';

/**
 * Arguments of a build for what is attested of its image
 * (https://docs.docker.com/build/metadata/attestations/). Without, nothing is: attestations contain times, so the digest
 * would differ after each build.
 *
 * @throws EngineError `no-attestations` if the image could not keep them
 */
export function attestationFlags(
  { attestations, tags, target }: Pick<BuildRequest, 'attestations' | 'tags' | 'target'>,
  facts: { provenance: boolean; containerdStore: boolean },
): string[] {
  if (!attestations) return facts.provenance ? ['--provenance=false'] : [];
  const [tag = ''] = tags;
  if (!facts.provenance) throw noAttestations(tag, 'this version of buildx makes none');
  if (!facts.containerdStore && !target) {
    throw noAttestations(tag, 'docker keeps none in the image store that it has here');
  }
  const { provenance, sbom } = attestations;
  return [
    provenance ? `--provenance=mode=${provenance}` : '--provenance=false',
    ...(sbom ? ['--attest', attestSbom(sbom)] : []),
  ];
}

/**
 * The environment of a build whose provenance is pushed, which has everything that buildx knows. It strips user and
 * password from the URL of a git remote if Go can read that URL, and nothing else (`util/gitutil`): an address that may
 * hold more than a repository's place is not recorded, and the commit with it.
 *
 * @throws EngineError `no-attestations` if provenance would have the password of a proxy
 */
export async function provenanceEnvironment(
  { attestations, context, tags, onLine, signal }: BuildRequest,
  environment: NodeJS.ProcessEnv,
): Promise<NodeJS.ProcessEnv> {
  const mode = attestations?.provenance;
  if (!mode) return environment;
  if (mode === 'max') await refuseProxyPasswords(tags[0] ?? '', environment);
  if (await hasPlainRemotes(context, environment, signal)) return environment;
  onLine('the address of a git remote is more than a place, so provenance has neither repository nor commit');
  return { ...environment, BUILDX_GIT_INFO: 'false' };
}

/** Addresses of repositories on a server, with nothing secret or with what buildx strips; not those of a folder. */
const plainRemote = [
  /^(?:https?|ssh|git):\/\/(?:(?:[\w.~:-]|%[0-9a-f]{2})*@)?[\w.-]+(?::\d+)?(?:\/(?:[\w./~+-]|%[0-9a-f]{2})*)?$/i,
  /^(?:[\w.-]+@)?[\w.-]{2,}:(?!\/\/)[\w./~+-]+$/,
];

async function hasPlainRemotes(
  context: string,
  environment: NodeJS.ProcessEnv,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  try {
    // As buildx reads them, with `insteadOf` applied.
    const { stdout } = await run('git', ['-C', context, 'remote', '--verbose'], {
      environment,
      signal,
      timeout: 30_000,
    });
    const addresses = stdout
      .split('\n')
      .flatMap((line) => line.split('\t')[1]?.replace(/ \(\w+\)(?: \[.*\])?$/, '') ?? []);
    return addresses.every((address) => plainRemote.some((form) => form.test(address)));
  } catch (error) {
    if (!(error instanceof EngineError) || error.code === 'interrupted') throw error;
    // Where git cannot be asked, buildx knows of no remote.
    return error.code === 'no-engine';
  }
}

/** Buildx makes build arguments of the proxies in docker's configuration, and full provenance has all arguments. */
async function refuseProxyPasswords(tag: string, environment: NodeJS.ProcessEnv): Promise<void> {
  const { proxies } = await readDockerConfig(join(dockerConfigDir(environment), 'config.json'));
  const addresses = Object.values(isObject(proxies) ? proxies : {}).flatMap((proxy) => Object.values(proxy ?? {}));
  if (!addresses.some((address) => String(address).includes('@'))) return;
  throw new EngineError(
    'no-attestations',
    `${tag} is not built: its provenance would have the password of the proxy in docker's configuration`,
    {
      hint: 'set `provenance: min` in `attestations`, which leaves out build arguments, or give docker a proxy without a login',
    },
  );
}
