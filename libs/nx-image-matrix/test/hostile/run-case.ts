import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { healthy, type HostileCase } from './hostile-case.ts';
import { Sandbox } from './sandbox.ts';

/** How a case ended, and its resource usage. */
export interface Outcome {
  /** `failure` is a failed task, `crash` any error that is not from the plugin, `killed` a process that did not end. */
  end: 'crash' | 'diagnostics' | 'failure' | 'killed' | 'success';
  text: string;
  images: number;
  megabytes: number;
  cpuSeconds: number;
  /** Of the whole process, including the start of Node. */
  milliseconds: number;
  /** Changes outside of the output folder, and temporary files left in it. */
  strays: string[];
}

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, '../../dist');
const NOBODY = 65_534;
const PATIENCE = 60_000;

/** Runs the built plugin on a case, in a separate process. */
export async function runCase({ files, prepare, options = {}, unprivileged }: HostileCase): Promise<Outcome> {
  const sandbox = new Sandbox({ ...healthy, ...files });
  let cleanUp: void | (() => void) = undefined;
  try {
    cleanUp = prepare?.(sandbox);
    const before = sandbox.listing(options.outputDir);
    const outcome = await start(sandbox.root, options, unprivileged ? { uid: NOBODY } : {});
    const after = sandbox.listing(options.outputDir);
    const changed = [
      ...after.filter((line) => !before.includes(line)),
      ...before.filter((line) => !after.includes(line)),
    ];
    return { ...outcome, strays: [...changed, ...sandbox.leftovers(options.outputDir)] };
  } finally {
    cleanUp?.();
    sandbox.dispose();
  }
}

async function start(root: string, options: object, user: { uid?: number }): Promise<Omit<Outcome, 'strays'>> {
  const job = JSON.stringify({ dist, root, manifests: ['manifest.yml'], options, ...user });
  const began = performance.now();
  const { stdout, stderr, signal } = await run([join(here, 'victim.mjs'), job]);
  const milliseconds = performance.now() - began;
  const lost = { images: 0, megabytes: Infinity, cpuSeconds: Infinity, milliseconds };
  if (signal) return { ...lost, end: 'killed', text: `killed by ${signal} after ${Math.round(milliseconds)} ms` };
  try {
    return { ...(JSON.parse(stdout) as Outcome), milliseconds };
  } catch {
    return { ...lost, end: 'crash', text: stderr };
  }
}

interface Ended {
  stdout: string;
  stderr: string;
  signal?: NodeJS.Signals | null | undefined;
}

function run(args: readonly string[]): Promise<Ended> {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const options = {
    env: { ...env, NX_DAEMON: 'false' },
    encoding: 'utf8',
    timeout: PATIENCE,
    killSignal: 'SIGKILL',
    maxBuffer: 256 * 1024 * 1024,
  } as const;
  return new Promise((resolve) => {
    execFile(process.execPath, args, options, (error, stdout, stderr) =>
      resolve({ stdout, stderr, signal: error?.signal }),
    );
  });
}
