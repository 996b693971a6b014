import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../support/installation.ts';
import { readPage } from './pages.ts';

const page = readPage('docs/security.md');

/** Rows of tables whose last column names the test of the statement. */
const rows = page.split('\n').filter((line) => /^\| (?!statement|file)/.test(line));

describe('each statement of docs/security.md', () => {
  it.each(rows)('names an existing test: %s', (row) => {
    const [, file, name] = /\]\(\.\.\/([^)]+\.ts)\): "([^"]+)" \|$/.exec(row) ?? [];
    expect([row, typeof file, typeof name]).toEqual([row, 'string', 'string']);
    const path = join(repository, file!);
    expect([file, existsSync(path)]).toEqual([file, true]);
    expect(readFileSync(path, 'utf8')).toContain(name);
  });

  it('is in a table of one kind', () => {
    expect(rows.length).toBeGreaterThan(25);
  });
});
