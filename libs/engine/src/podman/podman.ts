import type { EngineDefinition } from '../definition.ts';
import { authFileLogin } from './auth-file.ts';

export const podman: EngineDefinition<'podman'> = {
  name: 'podman',
  program: 'podman',
  product: 'podman',
  capabilities: {
    daemon: false,
    severalPlatforms: false,
    defaultPlatform: false,
    secrets: true,
    ssh: true,
    parents: 'given',
    registryCache: false,
    digestBeforePush: false,
    attestations: false,
    remote: true,
  },
  login: authFileLogin,
  async open(environment) {
    const { openPodman } = await import('./podman-engine.ts');
    return openPodman('podman', environment);
  },
};
