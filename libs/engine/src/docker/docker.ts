import { join } from 'node:path';
import type { EngineDefinition } from '../definition.ts';
import { dockerConfigDir } from '../registry/config.ts';

export const docker: EngineDefinition<'docker'> = {
  name: 'docker',
  program: 'docker',
  product: 'docker with buildx',
  capabilities: {
    daemon: true,
    severalPlatforms: 'image-store',
    defaultPlatform: true,
    secrets: true,
    ssh: true,
    parents: 'checked',
    registryCache: true,
    digestBeforePush: 'image-store',
    attestations: 'image-store',
    remote: true,
  },
  login: {
    file: 'config.json',
    userFile: (environment) => join(dockerConfigDir(environment), 'config.json'),
    helpers: true,
    command: ({ registry, user }) => ['login', '--username', user, '--password-stdin', registry],
  },
  async open(environment) {
    const { openDocker } = await import('./docker-engine.ts');
    return openDocker(docker, environment);
  },
};
