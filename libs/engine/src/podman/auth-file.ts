import { join } from 'node:path';
import type { EngineLogin } from '../definition.ts';

/** The logins of podman, buildah and skopeo (containers-auth.json(5)). */
export const authFileLogin: EngineLogin = {
  file: 'auth.json',
  userFile(environment) {
    const runtimeDir = environment['XDG_RUNTIME_DIR'];
    return environment['REGISTRY_AUTH_FILE'] ?? (runtimeDir && join(runtimeDir, 'containers', 'auth.json'));
  },
  helpers: false,
  command: ({ registry, user, plainHttp, file }) => [
    'login',
    '--authfile',
    file,
    // Engines of this family require TLS even from a loopback registry.
    ...(plainHttp ? ['--tls-verify=false'] : []),
    '--username',
    user,
    '--password-stdin',
    registry,
  ],
};
