import type { EngineDefinition } from './definition.ts';
import type { BuildRequest, Engine } from './engine.ts';
import { EngineError } from './errors.ts';
import { noAttestations } from './no-attestations.ts';

/** Wraps an engine to reject builds that need a feature it lacks, instead of building something else. */
export function checked(engine: Engine, definition: EngineDefinition): Engine {
  return {
    ...engine,
    async build(request) {
      checkRequest(request, definition);
      return engine.build(request);
    },
    async buildArchive(request, path) {
      checkRequest(request, definition);
      return engine.buildArchive(request, path);
    },
  };
}

/** @throws EngineError `unsupported` */
function checkRequest(
  { tags, platforms, secrets, ssh = [], attestations }: BuildRequest,
  { name, capabilities }: Pick<EngineDefinition, 'name' | 'capabilities'>,
): void {
  const [tag = ''] = tags;
  if (platforms.length > 1 && !capabilities.severalPlatforms) {
    throw new EngineError('unsupported', `${tag} is for ${platforms.join(' and ')}, and ${name} builds one at a time`, {
      hint: 'build it with docker and its containerd image store, or name one platform in the manifest',
    });
  }
  if (attestations && !capabilities.attestations) throw noAttestations(tag, `${name} makes none`);
  if (secrets.length > 0 && !capabilities.secrets) throw mountless(`${tag} has build secrets`, name, 'secrets');
  if (ssh.length > 0 && !capabilities.ssh) throw mountless(`${tag} uses an SSH agent`, name, 'ssh');
}

function mountless(what: string, name: string, key: string): EngineError {
  return new EngineError('unsupported', `${what}, which ${name} does not give to a build`, {
    hint: `choose another engine with the plugin option \`engine\`, or remove \`${key}\` from the manifest`,
  });
}
