import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { markGenerated } from './git-attributes.ts';

const all = 'docker/** linguist-generated text=auto eol=lf';

describe('markGenerated', () => {
  it.each([
    ['', `${all}\n`],
    ['* text=auto', `* text=auto\n${all}\n`],
    ['* text=auto\r\n', `* text=auto\r\n${all}\r\n`],
    ['docker/** linguist-generated\n', 'docker/** linguist-generated\ndocker/** text=auto eol=lf\n'],
    ['/docker/** -linguist-generated\n', '/docker/** -linguist-generated\ndocker/** text=auto eol=lf\n'],
    ['docker/** eol=lf\n', 'docker/** eol=lf\ndocker/** linguist-generated text=auto\n'],
    ['docker/** -text\n', 'docker/** -text\ndocker/** linguist-generated\n'],
  ])('adds what is missing in %j, once', (text, expected) => {
    expect(markGenerated(text, 'docker')).toBe(expected);
    expect(markGenerated(expected, 'docker')).toBe(expected);
  });

  it('keeps the line ends of generated files in a checkout with core.autocrlf', () => {
    const folder = mkdtempSync(join(tmpdir(), 'attributes-'));
    const git = (cwd: string, ...args: string[]) => execFileSync('git', ['-C', cwd, ...args], { stdio: 'pipe' });
    mkdirSync(join(folder, 'a/docker'), { recursive: true });
    writeFileSync(join(folder, 'a/docker/Dockerfile'), 'FROM x\n');
    writeFileSync(join(folder, 'a/docker/key'), Buffer.from([0, 13, 10, 1]));
    writeFileSync(join(folder, 'a/.gitattributes'), markGenerated('', 'docker'));
    git(folder, 'init', '-q', 'a');
    git(join(folder, 'a'), 'add', '.');
    git(join(folder, 'a'), '-c', 'user.name=t', '-c', 'user.email=t@example.com', 'commit', '-qm', 'x');
    git(folder, '-c', 'core.autocrlf=true', 'clone', '-q', 'a', 'b');
    expect(readFileSync(join(folder, 'b/docker/Dockerfile'), 'utf8')).toBe('FROM x\n');
    expect([...readFileSync(join(folder, 'b/docker/key'))]).toEqual([0, 13, 10, 1]);
    rmSync(folder, { recursive: true });
  });
});
