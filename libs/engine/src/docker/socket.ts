import { request } from 'node:http';

/** The daemon's unix socket when the docker command talks to one without a context in between; undefined elsewhere. */
export function daemonSocket(environment: NodeJS.ProcessEnv, context: string): string | undefined {
  const host = environment['DOCKER_HOST'];
  if (host) return host.startsWith('unix://') ? host.slice('unix://'.length) : undefined;
  return context === 'default' && process.platform === 'linux' ? '/var/run/docker.sock' : undefined;
}

/** One GET of the Engine API; the path carries no version, so the daemon answers in its own. */
export function getJson<T>(socketPath: string, path: string, timeout: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const call = request({ socketPath, path, timeout }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        if (response.statusCode !== 200)
          reject(new Error(`the docker daemon answered ${response.statusCode}: ${text}`));
        else resolve(JSON.parse(text) as T);
      });
    });
    call.on('timeout', () => call.destroy(new Error('the docker daemon did not answer in time')));
    call.on('error', reject);
    call.end();
  });
}
