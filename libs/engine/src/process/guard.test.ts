import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'guard-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a process that is killed', () => {
  it.each([
    ['ends', 'sleep 300'],
    ['ends helpers of', 'sleep 300 & sleep 300'],
  ])('%s its children', async (_, script) => {
    const group = await startAndKill(script);
    expect(groupIsGone(group)).toBe(true);
  });

  it('lets its children clean up', async () => {
    await startAndKill('trap "sleep 1; echo cleaned > cleaned; exit" TERM; sleep 300 & wait');
    expect(readFileSync(join(folder, 'cleaned'), 'utf8')).toBe('cleaned\n');
  });

  it('does not signal processes that have ended', async () => {
    const program = start(
      `run('sh', ['-c', 'echo $$ > pid']).then(() => run('sh', ['-c', 'echo $$ > second; sleep 300']))`,
    );
    const [first, second] = [await readWhenWritten('pid'), await readWhenWritten('second')];
    await sleep(500);
    expect(first).not.toBe(second);
    process.kill(-program.pid!, 'SIGKILL');
    await until(() => groupIsGone(second));
    expect(groupIsGone(second)).toBe(true);
  });

  it('does not keep a finished program alive', () => {
    const { command, args } = bundle(`run('true', []).then(() => console.log('done'))`);
    expect(spawnSync(command, args, { cwd: folder, encoding: 'utf8', timeout: 20_000 })).toMatchObject({
      status: 0,
      stdout: 'done\n',
    });
  });
});

/** The process group that was started; it has ended. */
async function startAndKill(script: string): Promise<number> {
  const program = start(`run('sh', ['-c', 'echo $$ > pid; ${script}'])`);
  const group = await readWhenWritten('pid');
  await sleep(500);
  process.kill(-program.pid!, 'SIGKILL');
  await once(program, 'exit');
  await until(() => groupIsGone(group));
  return group;
}

function start(program: string) {
  const { command, args } = bundle(program);
  return spawn(command, args, { cwd: folder, detached: true, stdio: 'inherit' });
}

function bundle(program: string): { command: string; args: string[] } {
  const source = `import { run } from ${JSON.stringify(join(import.meta.dirname, 'run.ts'))};\n${program};\n`;
  const { stdout } = spawnSync(
    join(import.meta.dirname, '../../../../node_modules/.bin/esbuild'),
    ['--bundle', '--platform=node', '--format=cjs', '--loader=ts', '--log-level=error'],
    { input: source, encoding: 'utf8', cwd: import.meta.dirname },
  );
  const file = join(folder, 'program.cjs');
  writeFileSync(file, stdout);
  return { command: process.execPath, args: [file] };
}

async function readWhenWritten(name: string): Promise<number> {
  let text = '';
  await until(() => {
    try {
      text = readFileSync(join(folder, name), 'utf8');
    } catch {
      // Not there yet.
    }
    return text.endsWith('\n');
  });
  return Number(text);
}

async function until(condition: () => boolean): Promise<void> {
  const end = Date.now() + 30_000;
  while (!condition()) {
    if (Date.now() > end) throw new Error('this took longer than 30 s');
    await sleep(50);
  }
}

/** Zombies do not count. */
function groupIsGone(group: number): boolean {
  const { stdout } = spawnSync('ps', ['-eo', 'pgid=,stat='], { encoding: 'utf8' });
  return !stdout.split('\n').some((line) => new RegExp(String.raw`^\s*${group} +[^Z ]`).test(line));
}
