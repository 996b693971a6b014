import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, realpathSync, rmSync, rmdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { mountTmpfs } from './tmpfs.ts';

/** Why a separate daemon cannot be started here; `undefined` if it can. */
export function whyNoOwnDocker(): string | undefined {
  if (process.getuid?.() !== 0) return 'a docker daemon of its own needs root';
  if (!folders().some((folder) => existsSync(join(folder, 'dockerd')))) return 'dockerd is not installed';
  const { status } = spawnSync('unshare', ['--mount', '--net', '--pid', '--fork', '--mount-proc', 'true']);
  return status === 0 ? undefined : 'namespaces cannot be made here';
}

/**
 * A docker daemon for one test, which may be killed or run out of space. It has its own namespaces for mounts, processes
 * and usually the network, so it cannot interfere with another daemon; its data is on a small disk. It stores images with a graph
 * driver, as docker did before containerd's image store.
 */
export class OwnDocker {
  readonly folder = mkdtempSync(join(tmpdir(), 'own-docker-'));
  readonly host = `unix://${this.folder}/docker.sock`;
  readonly #disk: () => void;
  #process: ChildProcess | undefined;

  readonly #isolated: readonly string[];

  /**
   * @param network `none` cuts it off from everything; `host` lets it reach a registry on loopback, and its builds have no
   * network.
   */
  constructor(diskSize: string, network: 'none' | 'host' = 'none') {
    this.#isolated = ['--mount', ...(network === 'none' ? ['--net'] : [])];
    this.#disk = mountTmpfs(join(this.folder, 'data'), diskSize);
    const config = {
      features: { 'containerd-snapshotter': false },
      'data-root': join(this.folder, 'data'),
      'exec-root': join(this.folder, 'exec'),
      pidfile: join(this.folder, 'docker.pid'),
      hosts: [this.host],
      iptables: false,
      ip6tables: false,
      'ip-forward': false,
      ...(network === 'host' && { bridge: 'none' }),
      'cgroup-parent': `/${basename(this.folder)}`,
    };
    writeFileSync(join(this.folder, 'dockerd.json'), JSON.stringify(config));
  }

  async start(): Promise<void> {
    // Left by a killed daemon; in a PID namespace, the next one's processes may have the number in its file.
    rmSync(join(this.folder, 'docker.pid'), { force: true });
    rmSync(join(this.folder, 'exec'), { recursive: true, force: true });
    const isolated = [...this.#isolated, '--pid', '--fork', '--kill-child', '--mount-proc'];
    const args = [...isolated, 'dockerd', '--config-file', join(this.folder, 'dockerd.json')];
    this.#process = spawn('unshare', args, { env: environment(), stdio: 'ignore', detached: true });
    for (let tries = 0; tries < 600; tries += 1) {
      if (spawnSync('docker', ['--host', this.host, 'version']).status === 0) return;
      if (this.#process.exitCode !== null) break;
      await sleep(100);
    }
    throw new Error(`dockerd does not start; its configuration is ${this.folder}/dockerd.json`);
  }

  /** Kills the daemon and everything that it runs. */
  async kill(): Promise<void> {
    const daemon = this.#process;
    if (!daemon || daemon.exitCode !== null || daemon.signalCode !== null) return;
    const exit = new Promise((resolve) => daemon.once('exit', resolve));
    daemon.kill('SIGKILL');
    await exit;
  }

  async stop(): Promise<void> {
    await this.kill();
    this.#disk();
    rmSync(this.folder, { recursive: true, force: true });
    removeCgroups(basename(this.folder));
  }
}

/** Possible places of the daemon and its helpers: next to the docker client, and where the stand has unpacked them. */
function folders(): string[] {
  const path = (process.env['PATH'] ?? '').split(delimiter);
  const client = path.find((folder) => existsSync(join(folder, 'docker')));
  const real = client === undefined ? [] : [dirname(realpathSync(join(client, 'docker')))];
  return [
    ...real.flatMap((folder) => [folder, join(folder, '../sbin'), join(folder, '../../../tools/usr/bin')]),
    ...path,
    '/usr/sbin',
  ];
}

function environment(): NodeJS.ProcessEnv {
  const libraries = folders().flatMap((folder) => {
    const parent = join(folder, '../lib');
    if (!folder.endsWith('tools/usr/bin') || !existsSync(parent)) return [];
    return readdirSync(parent).map((name) => join(parent, name));
  });
  return { ...process.env, PATH: folders().join(delimiter), LD_LIBRARY_PATH: libraries.join(delimiter) };
}

/** The daemon leaves its control groups, which become empty folders. */
function removeCgroups(name: string): void {
  const found = spawnSync('find', ['/sys/fs/cgroup', '-depth', '-type', 'd', '-path', `*/${name}*`], {
    encoding: 'utf8',
  });
  for (const folder of found.stdout.split('\n').filter(Boolean)) {
    try {
      rmdirSync(folder);
    } catch {
      // One of its processes is just ending.
    }
  }
}
