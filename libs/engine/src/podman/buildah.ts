import type { EngineDefinition } from '../definition.ts';
import { authFileLogin } from './auth-file.ts';
import { podman } from './podman.ts';

/** The build engine of podman, standalone. */
export const buildah: EngineDefinition<'buildah'> = {
  name: 'buildah',
  program: 'buildah',
  product: 'buildah',
  capabilities: { ...podman.capabilities, remote: false },
  login: authFileLogin,
  async open(environment) {
    const { openPodman } = await import('./podman-engine.ts');
    return openPodman('buildah', environment);
  },
};
