import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { portOf } from './port.ts';

/** A registry process for one test. */
export interface OwnRegistry {
  /** `127.0.0.1:40123`; stays the same after a restart. */
  address: string;
  /** Kills it at once, whatever it is doing. */
  kill(): Promise<void>;
  /** Starts it again, with its content. */
  start(): Promise<void>;
  /** Stops it, and removes its content. */
  stop(): Promise<void>;
}

interface OwnRegistryOptions {
  htpasswd?: string;
  /** Whether images can be deleted, which they cannot by default. */
  deletes?: boolean;
}

/** A real registry on a free port; with the content of an `htpasswd` file, only the users in it have access. */
export async function ownRegistry({ htpasswd, deletes }: OwnRegistryOptions = {}): Promise<OwnRegistry> {
  const folder = mkdtempSync(join(tmpdir(), 'own-registry-'));
  const address = `127.0.0.1:${await freePort()}`;
  const auth = htpasswd === undefined ? '' : `auth: {htpasswd: {realm: test, path: ${folder}/htpasswd}}\n`;
  if (htpasswd !== undefined) writeFileSync(join(folder, 'htpasswd'), htpasswd);
  writeFileSync(
    join(folder, 'config.yml'),
    `version: 0.1
log: {level: error}
storage: {filesystem: {rootdirectory: ${folder}/data}, delete: {enabled: ${deletes ?? false}}}
http: {addr: "${address}"}
${auth}`,
  );
  let child: ChildProcess | undefined;
  const registry: OwnRegistry = {
    address,
    async start() {
      child = spawn(registryCommand(), ['serve', join(folder, 'config.yml')], { stdio: 'ignore' });
      for (let tries = 0; tries < 200; tries += 1) {
        if (await answers(address)) return;
        await sleep(50);
      }
      throw new Error(`the registry at ${address} does not come up`);
    },
    async kill() {
      const ended = new Promise((resolve) => child?.once('exit', resolve));
      if (child?.kill('SIGKILL')) await ended;
    },
    async stop() {
      await registry.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await registry.start();
  return registry;
}

/** The stand keeps it next to the docker client. */
function registryCommand(): string {
  const candidates = (process.env['PATH'] ?? '').split(':').flatMap((folder) => {
    const docker = join(folder, 'docker');
    return existsSync(docker) ? [join(dirname(realpathSync(docker)), 'docker-registry')] : [];
  });
  const found = [...candidates, '/usr/bin/docker-registry'].find(existsSync);
  if (!found) throw new Error('These tests need docker-registry: run "tools/stand/stand up", or install it.');
  return found;
}

async function answers(address: string): Promise<boolean> {
  try {
    return [200, 401].includes((await fetch(`http://${address}/v2/`)).status);
  } catch {
    return false;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const port = portOf(server);
      server.close(() => resolve(port));
    });
  });
}
