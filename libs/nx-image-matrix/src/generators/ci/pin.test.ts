import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pinActions } from './pin.ts';

describe('pinActions, with a git server of its own', () => {
  const server = mkdtempSync(join(tmpdir(), 'actions-'));
  const url = `file://${server}`;
  let commit: string;

  function git(...args: string[]): string {
    const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.com'];
    return execFileSync('git', [...identity, ...args], { cwd: join(server, 'acme/action'), encoding: 'utf8' }).trim();
  }

  beforeAll(() => {
    mkdirSync(join(server, 'acme/action'), { recursive: true });
    git('init', '--quiet');
    git('commit', '--quiet', '--allow-empty', '-m', 'one');
    commit = git('rev-parse', 'HEAD');
    git('tag', 'v1');
    git('tag', '--annotate', '-m', 'two', 'v2');
  });
  afterAll(() => rmSync(server, { recursive: true, force: true }));

  it.each(['v1', 'v2'])('writes the commit of %s, the annotated tag peeled', async (tag) => {
    const files = { a: `    - uses: acme/action@${tag}\n    - name: x\n      uses: acme/action/sub@${tag}\n` };
    expect(await pinActions(files, url)).toEqual({
      a: `    - uses: acme/action@${commit} # ${tag}\n    - name: x\n      uses: acme/action/sub@${commit} # ${tag}\n`,
    });
  });

  it('names every action that it cannot pin', async () => {
    const files = { a: '- uses: acme/action@v9\n- uses: acme/none@v1\n' };
    await expect(pinActions(files, url)).rejects.toThrow(
      /nothing was written:\n {2}acme\/action@v9: .*acme\/action has no tag v9\n {2}acme\/none@v1: git ls-remote .* failed/,
    );
  });
});
