import { Agent, request } from 'node:http';

/** The daemon's unix socket if the docker command uses it directly, without a context; else `undefined`. */
export function daemonSocket(environment: NodeJS.ProcessEnv, context: string): string | undefined {
  const host = environment['DOCKER_HOST'];
  if (host) return host.startsWith('unix://') ? host.slice('unix://'.length) : undefined;
  return context === 'default' && process.platform === 'linux' ? '/var/run/docker.sock' : undefined;
}

/** Kept connections to a daemon; destroy them after the last request. */
export function connections(atOnce: number): Agent {
  return new Agent({ keepAlive: true, maxSockets: atOnce });
}

/**
 * One GET of the Engine API. The path has no version, so the daemon uses its own. `undefined` if the image does not
 * exist.
 * @throws Error for any other answer than 200, and if there is none within `timeout` milliseconds.
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
