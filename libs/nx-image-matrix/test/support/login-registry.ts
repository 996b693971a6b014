import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export const account = { user: 'pusher', password: 'Battery/Staple+42 x' };

/** As `htpasswd -B` writes it. */
const htpasswd = 'pusher:$2b$04$6e1s1Z0N1m60.ntyTf.jI.cvqmv3LU4.yAqZ1xUynagEViZOkr0em\n';

export interface LoginRegistry {
  /** `127.0.0.1:40123` */
  address: string;
  stop(): void;
}

/** A real registry that only `account` may use, on a free port. */
export async function loginRegistry(): Promise<LoginRegistry> {
  const folder = mkdtempSync(join(tmpdir(), 'login-registry-'));
  const address = `127.0.0.1:${await freePort()}`;
  writeFileSync(join(folder, 'htpasswd'), htpasswd);
  writeFileSync(
    join(folder, 'config.yml'),
    `version: 0.1
log: {level: error}
storage: {filesystem: {rootdirectory: ${folder}/data}}
http: {addr: "${address}"}
auth: {htpasswd: {realm: test, path: ${folder}/htpasswd}}
`,
  );
  const child = spawn(registryCommand(), ['serve', join(folder, 'config.yml')], { stdio: 'ignore' });
  for (let tries = 0; tries < 200 && !(await answers(address)); tries += 1) await sleep(50);
  return {
    address,
    stop() {
      child.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The stand keeps it beside the docker client. */
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
    return (await fetch(`http://${address}/v2/`)).status === 401;
  } catch {
    return false;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
