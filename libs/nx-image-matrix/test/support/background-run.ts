import { spawn } from 'node:child_process';
import type { Workspace } from './workspace.ts';

export interface BackgroundRun {
  /** The output so far. */
  output(): string;
  ended(): boolean;
  /** Signals nx alone, or its whole process group. */
  kill(signal: NodeJS.Signals, whole: boolean): void;
  /** The end of nx itself; its children may still run. */
  exit: Promise<{ status: number | null; output: string }>;
}

/** Starts nx without waiting, so that a proxy of this process can answer, or another run can start. */
export function startNx(workspace: Workspace, args: string, environment: NodeJS.ProcessEnv = {}): BackgroundRun {
  const { command, args: all, options } = workspace.nxCommand(args, environment);
  const child = spawn(command, all, { ...options, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += String(chunk)));
  const ended = () => child.exitCode !== null || child.signalCode !== null;
  return {
    output: () => output,
    ended,
    kill: (signal, whole) => {
      if (!ended()) process.kill(whole ? -child.pid! : child.pid!, signal);
    },
    exit: new Promise((resolve) => {
      child.on('exit', (status, signal) => {
        // The children of a killed run may keep the pipes open.
        if (signal) resolve({ status, output });
      });
      child.on('close', (status) => resolve({ status, output }));
    }),
  };
}

/** Runs nx to its end. */
export function runNx(workspace: Workspace, args: string, environment?: NodeJS.ProcessEnv) {
  return startNx(workspace, args, environment).exit;
}
