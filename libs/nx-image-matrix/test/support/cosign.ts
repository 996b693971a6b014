import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { OwnRegistry } from '../../../engine/src/testing/own-registry.ts';

const stand = join(import.meta.dirname, '../../../../tools/stand/stand');

/** A pair of keys in a folder of its own. */
export interface KeyPair {
  file: string;
  text: string;
  publicFile: string;
  password: string;
}

/** The real cosign, for tests that sign and verify. */
export class RealCosign {
  /** The folder with the program. */
  readonly folder: string;

  constructor() {
    const { status, stdout, stderr } = spawnSync(stand, ['cosign'], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`These tests need cosign: ${stderr}`);
    this.folder = dirname(stdout.trim());
  }

  keyPair(folder: string, password: string): KeyPair {
    mkdirSync(folder, { recursive: true });
    const { status, stderr } = this.run(['generate-key-pair'], { COSIGN_PASSWORD: password }, folder);
    if (status !== 0) throw new Error(stderr);
    const file = join(folder, 'cosign.key');
    return { file, text: readFileSync(file, 'utf8'), publicFile: join(folder, 'cosign.pub'), password };
  }

  /** Whether cosign verifies a reference with a key; what else it says is an error. */
  verifies(reference: string, { publicFile }: KeyPair, environment: NodeJS.ProcessEnv = {}): boolean {
    const args = ['verify', '--key', publicFile, '--insecure-ignore-tlog=true', reference];
    const { status, stderr } = this.run(args, environment);
    if (status === 0) return true;
    if (/no signatures found|no matching signatures/.test(stderr)) return false;
    throw new Error(stderr);
  }

  sign(reference: string, { file, password }: KeyPair): void {
    const { status, stderr } = this.run(['sign', '--yes', '--tlog-upload=false', '--key', file, reference], {
      COSIGN_PASSWORD: password,
    });
    if (status !== 0) throw new Error(stderr);
  }

  private run(args: string[], environment: NodeJS.ProcessEnv, cwd?: string) {
    const env = { ...process.env, ...environment };
    return spawnSync(join(this.folder, 'cosign'), args, { cwd, env, encoding: 'utf8' });
  }
}

/** How many signatures a registry has of an image, valid or not, as cosign 2 stores them. */
export async function signaturesOf({ address }: Pick<OwnRegistry, 'address'>, name: string, digest: string) {
  const accept = 'application/vnd.oci.image.manifest.v1+json';
  const tag = `${digest.replace(':', '-')}.sig`;
  const response = await fetch(`http://${address}/v2/${name}/manifests/${tag}`, { headers: { accept } });
  return response.ok ? ((await response.json()) as { layers: unknown[] }).layers.length : 0;
}

/** A `PATH` without the folders that have a program. */
export function pathWithout(program: string): string {
  const folders = (process.env['PATH'] ?? '').split(':');
  return folders.filter((folder) => !existsSync(join(folder, program))).join(':');
}
