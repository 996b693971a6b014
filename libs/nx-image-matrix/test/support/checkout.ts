import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { NxJsonConfiguration } from '@nx/devkit';
import { manifestOptions } from '../../src/options/manifest-options.ts';
import { findBase } from '../../src/workspace/git-base.ts';
import { explain, type Explanation } from '../../src/explain/explain.ts';
import { explanationTable } from '../../src/explain/table.ts';

/** A git checkout in a temporary folder, without Nx. */
export class Checkout {
  readonly root = mkdtempSync(join(tmpdir(), 'explain-'));

  constructor(files: Record<string, string>, links: Record<string, string> = {}) {
    this.write(files);
    for (const [path, target] of Object.entries(links)) this.link(path, target);
    this.git('init', '--quiet', '--initial-branch=main');
    this.commit();
  }

  write(files: Record<string, string>): void {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.root, path)), { recursive: true });
      writeFileSync(join(this.root, path), text);
      if (text.startsWith('#!')) chmodSync(join(this.root, path), 0o755);
    }
  }

  edit(path: string, from: string, to: string): void {
    const text = readFileSync(join(this.root, path), 'utf8');
    if (!text.includes(from)) throw new Error(`${path} does not hold ${from}`);
    this.write({ [path]: text.replace(from, () => to) });
  }

  remove(path: string): void {
    rmSync(join(this.root, path), { recursive: true, force: true });
  }

  link(path: string, target: string): void {
    this.remove(path);
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    symlinkSync(target, join(this.root, path));
  }

  chmod(path: string, mode: number): void {
    chmodSync(join(this.root, path), mode);
  }

  git(...args: string[]): string {
    return execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
      cwd: this.root,
      encoding: 'utf8',
    });
  }

  commit(): void {
    this.git('add', '--all');
    this.git('commit', '--quiet', '--allow-empty', '-m', 'x');
  }

  reset(): void {
    this.git('reset', '--quiet', '--hard');
    this.git('clean', '--quiet', '--force', '-d');
  }

  /** What differs from a revision. */
  explain(revision = 'main', manifests: string[] = ['manifest.yml'], folder = ''): Explanation {
    const root = join(this.root, folder);
    const workspace = { root, manifests, optionsOf: manifestOptions(this.nxJson(folder), root), environment: {} };
    return explain(workspace, findBase(root, revision));
  }

  /** The lines of the table, with two spaces between columns. */
  lines(...args: Parameters<Checkout['explain']>): string[] {
    const explanation = this.explain(...args);
    if (explanation.images.length === 0) return [];
    const [table = ''] = explanationTable(explanation).split('\n\n');
    return table.split('\n').map((line) => line.replace(/ {2,}/g, '  '));
  }

  dispose(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  private nxJson(folder: string): NxJsonConfiguration {
    try {
      return JSON.parse(readFileSync(join(this.root, folder, 'nx.json'), 'utf8')) as NxJsonConfiguration;
    } catch {
      return {};
    }
  }
}
