import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  explainedChanges,
  explainedLinks,
  explainedMatrix,
  type Editable,
} from '../../test/support/explained-changes.ts';
import { resolveOptions } from '../options/resolve-options.ts';
import { findBase } from '../workspace/git-base.ts';
import { explain } from './explain.ts';
import { explanationTable } from './table.ts';

class Checkout implements Editable {
  readonly root = mkdtempSync(join(tmpdir(), 'explain-'));

  constructor(files: Record<string, string>, links: Record<string, string>) {
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

  lines(): string[] {
    const options = resolveOptions({});
    const workspace = { root: this.root, manifests: ['manifest.yml'], optionsOf: () => options, environment: {} };
    const table = explanationTable(explain(workspace, findBase(this.root, 'main')));
    if (table.startsWith('No image')) return [];
    return table
      .split('\n\n')[0]!
      .split('\n')
      .map((line) => line.replace(/ {2,}/g, '  '));
  }
}

describe('what explains a change', () => {
  let checkout: Checkout;
  beforeAll(() => {
    checkout = new Checkout(explainedMatrix, explainedLinks);
  });
  afterEach(() => checkout.reset());
  afterAll(() => rmSync(checkout.root, { recursive: true, force: true }));

  it.each(explainedChanges)('$what', ({ make, causes }) => {
    make(checkout);
    expect(checkout.lines()).toEqual(causes);
  });
});
