import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { BuildRequest, Engine } from '../engine.ts';
import type { EngineName } from '../engines.ts';
import { findEngine } from '../find-engine.ts';
import { messageOf } from '../unknown.ts';

export const baseImage = 'debian:bookworm-slim';

/** A working engine and registry, or an error that says how to start them. */
export async function requireStand(name: EngineName): Promise<{ engine: Engine; registry: string }> {
  const help = 'bring up the stand with `tools/stand/stand up` and take over the environment that it prints';
  const registry = process.env['STAND_REGISTRY'];
  if (!registry) throw new Error(`STAND_REGISTRY is not set: ${help}`);
  try {
    return { engine: await findEngine(name), registry };
  } catch (error) {
    throw new Error(`${messageOf(error)}: ${help}`, { cause: error });
  }
}

/** A build context with these files, `Dockerfile` among them. */
export function contextWith(files: Record<string, string>): string {
  const context = mkdtempSync(join(tmpdir(), 'engine-test-'));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(context, path)), { recursive: true });
    writeFileSync(join(context, path), content);
  }
  return context;
}

export function requestFor(context: string, tags: string[], more: Partial<BuildRequest> = {}): BuildRequest {
  return {
    context,
    dockerfile: join(context, 'Dockerfile'),
    tags,
    buildArgs: {},
    labels: {},
    platforms: [],
    pins: [],
    secrets: [],
    pull: false,
    timeout: 240_000,
    onLine: () => {},
    ...more,
  };
}
