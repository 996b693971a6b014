import { readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { removeTemporaries, replaceFile, targetOfTemporary } from '../../fs/replace-file.ts';

declare const PLUGIN_VERSION: string | undefined;

/** The version of this plugin, which every entry belongs to. */
export const pluginVersion = typeof PLUGIN_VERSION === 'string' ? PLUGIN_VERSION : 'source';

/** Entries to keep: a few branches, and runs with and without IMAGE_VERSION. */
const kept = 12;

/** A folder of JSON files, for data that can be recomputed. Its failures are not errors. */
export class JsonStore {
  readonly #workspaceRoot: string;
  readonly #folder: string;

  constructor(workspaceRoot: string, folder: string) {
    this.#workspaceRoot = workspaceRoot;
    this.#folder = folder;
  }

  read(name: string): unknown {
    try {
      return JSON.parse(readFileSync(this.#path(name), 'utf8'));
    } catch {
      return undefined;
    }
  }

  write(name: string, value: unknown): void {
    try {
      replaceFile(this.#workspaceRoot, this.#path(name), JSON.stringify(value));
      this.#forgetOldest();
    } catch {
      // The next run writes it again.
    }
  }

  #forgetOldest(): void {
    for (const name of readdirSync(this.#folder).filter((path) => path.endsWith('.tmp'))) {
      removeTemporaries(this.#workspaceRoot, join(this.#folder, targetOfTemporary(name)));
    }
    const names = readdirSync(this.#folder);
    if (names.length <= kept) return;
    const byAge = names.map((name) => ({ name, time: statSync(join(this.#folder, name)).mtimeMs }));
    byAge.sort((a, b) => b.time - a.time);
    for (const { name } of byAge.slice(kept)) rmSync(join(this.#folder, name), { force: true });
  }

  #path(name: string): string {
    return join(this.#folder, `${name}.json`);
  }
}

/** The store of this plugin, in Nx's data folder of the workspace: https://nx.dev/reference/environment-variables */
export function openStore(workspaceRoot: string, environment: NodeJS.ProcessEnv): JsonStore {
  const folder = environment['NX_WORKSPACE_DATA_DIRECTORY'] || '.nx/workspace-data';
  return new JsonStore(workspaceRoot, join(resolve(workspaceRoot, folder), `nx-image-matrix-${pluginVersion}`));
}
