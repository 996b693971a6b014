import { Agent, request } from 'node:http';

/** The daemon's unix socket when the docker command talks to one without a context in between; undefined elsewhere. */
export function daemonSocket(environment: NodeJS.ProcessEnv, context: string): string | undefined {
  const host = environment['DOCKER_HOST'];
  if (host) return host.startsWith('unix://') ? host.slice('unix://'.length) : undefined;
  return context === 'default' && process.platform === 'linux' ? '/var/run/docker.sock' : undefined;
}

/** Connections to a daemon that are kept for further questions; to be destroyed after the last. */
export function connections(atOnce: number): Agent {
  return new Agent({ keepAlive: true, maxSockets: atOnce });
}

/**
 * One GET of the Engine API; the path carries no version, so the daemon answers in its own. `undefined` for an image
 * that it does not have.
 * @throws Error for every other answer than 200, and when there is none in `timeout` milliseconds.
 */
export function getJson<T>(
  socketPath: string,
  path: string,
  { timeout, agent }: { timeout: number; agent: Agent },
): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const call = request({ socketPath, path, timeout, agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        if (response.statusCode === 404 && /no such image/i.test(text)) resolve(undefined);
        else if (response.statusCode !== 200)
          reject(new Error(`the docker daemon answered ${response.statusCode}: ${text}`));
        else resolve(JSON.parse(text) as T);
      });
    });
    call.on('timeout', () => call.destroy(new Error('the docker daemon did not answer in time')));
    call.on('error', reject);
    call.end();
  });
}
