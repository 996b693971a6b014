import { jest } from '@jest/globals';
import { spawn } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { readDockerfile } from '@nx-image-matrix/dockerfile';
import { mapLimited, type ContextFile } from '@nx-image-matrix/engine';
import { contextFiles } from '../../src/build-context/context-files.ts';
import { createLinkFollower, type Followed } from '../../src/build-context/follow-links.ts';
import { describeImageContext } from '../../src/build-context/image-context.ts';
import { hasWildcard } from '../../src/build-context/pattern.ts';
import { readOwnDockerignore } from '../../src/build-context/write-dockerignore.ts';
import { pathKind } from '../../src/matrix/path-kind.ts';
import { Random } from '../fuzz/random.ts';
import { docker } from '../support/engine.ts';
import { randomContext, type RandomContext } from './random-context.ts';

jest.setTimeout(1_800_000);

const count = Number(process.env['CONTEXT_CASES'] ?? 150);
const seed = Number(process.env['CONTEXT_SEED'] ?? 1);
const atOnce = 3;

/** The result of a build: path -> content; or its error. */
type Outcome = { image: Map<string, string> } | { failure: string };

describe('a generated ignore file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'context-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it(`gives the image that the context's own ignore file gives (CONTEXT_SEED=${seed})`, async () => {
    docker('version');
    const random = new Random(seed);
    const cases = Array.from({ length: count }, (_, index) => ({ index, context: randomContext(random) }));
    const differences = await mapLimited(cases, atOnce, async ({ index, context }) => {
      const found = await compare(join(folder, String(index)), context);
      return found === undefined ? undefined : { seed, index, found, ...partsOf(context) };
    });
    console.log(`${count} contexts of seed ${seed}: ${JSON.stringify(tally)}`);
    expect(differences.filter((difference) => difference !== undefined)).toEqual([]);
  });
});

/** How often each result occurred. */
const tally = { built: 0, failed: 0, emptyWithPlainDocker: 0 };

function partsOf({ files, links, dockerignore, dockerfile }: RandomContext): object {
  return { files: [...files.keys()], links: [...links], dockerignore, dockerfile };
}

/** Builds a context with the generated ignore file and with its own; returns the differences. */
async function compare(folder: string, context: RandomContext): Promise<object | undefined> {
  const root = join(folder, 'context');
  writeContext(root, context);
  const sources = readDockerfile(context.dockerfile).facts?.sources ?? [];
  const { dockerignore } = describeImageContext(sources, {
    dir: '',
    outputDir: 'docker',
    packageDepths: [1],
    nxData: ['.nx'],
    own: readOwnDockerignore(context.dockerignore),
    kindOf: (path) => pathKind(join(root, path)),
    follow: createLinkFollower(root),
  });
  for (const [name, ignore] of Object.entries({ ours: dockerignore, plain: context.dockerignore })) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'Dockerfile'), context.dockerfile);
    writeFileSync(join(folder, name, 'Dockerfile.dockerignore'), ignore);
  }
  const ours = await build(root, join(folder, 'ours'));
  const plain = await build(root, join(folder, 'plain'));
  const listed = await contextFiles(
    root,
    dockerignore,
    sources.map(({ path }) => path),
  );
  const followed = sources.flatMap(({ path }) => createLinkFollower(root)(path));
  const found = differenceOf(ours, plain, listed, followed.some(leadsBeyond));
  rmSync(folder, { recursive: true });
  return found && { ...found, generated: dockerignore };
}

/** If a wildcard matches a link, BuildKit sends everything it matches, whatever is copied from below it. */
function leadsBeyond({ links, included }: Followed): boolean {
  return links.length > 0 && included.some(hasWildcard);
}

function differenceOf(
  ours: Outcome,
  plain: Outcome,
  listed: readonly ContextFile[],
  isMoreSent: boolean,
): object | undefined {
  if ('failure' in plain) {
    tally.failed++;
    return 'failure' in ours ? undefined : { ours: [...ours.image], plain: plain.failure };
  }
  const empty = [...plain.image].filter(([, what]) => what.endsWith(' empty'));
  if (empty.length > 0) {
    // Docker without this plugin lists such a file and refuses to open it: its own rules exclude it.
    tally.emptyWithPlainDocker++;
    if ('failure' in ours) return undefined;
    return [...ours.image.values()].some((what) => what.endsWith(' empty')) ? { ours: [...ours.image] } : undefined;
  }
  if ('failure' in ours) return { ours: ours.failure, plain: [...plain.image] };
  tally.built++;
  const lines = (image: Map<string, string>): string[] => [...image].map(([path, what]) => `${path}: ${what}`);
  const differing = {
    missing: lines(plain.image).filter((line) => !lines(ours.image).includes(line)),
    more: lines(ours.image).filter((line) => !lines(plain.image).includes(line)),
  };
  if (differing.missing.length + differing.more.length > 0) return differing;
  const arrived = new Set([...ours.image.values()].flatMap((what) => /^file \d+ (.+)$/s.exec(what)?.[1] ?? []));
  const counted = new Set(listed.flatMap(({ path, link }) => (link === undefined ? [path] : [])));
  // If files with the same name are copied to a folder, the last one wins; the target of a link has the link's name.
  const isHiding =
    new Set(listed.map(({ path }) => basename(path))).size < listed.length ||
    listed.some(({ link }) => link !== undefined);
  const wrong = {
    notCounted: [...arrived].filter((path) => !counted.has(path)),
    countedInVain: isHiding || isMoreSent ? [] : [...counted].filter((path) => !arrived.has(path)),
  };
  return wrong.notCounted.length + wrong.countedInVain.length > 0 ? wrong : undefined;
}

function writeContext(root: string, { files, links, emptyFolders }: RandomContext): void {
  mkdirSync(root, { recursive: true });
  for (const [path, executable] of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), path);
    chmodSync(join(root, path), executable ? 0o755 : 0o644);
  }
  for (const [path, target] of links) symlinkSync(target, join(root, path));
  for (const path of emptyFolders) mkdirSync(join(root, path), { recursive: true });
}

async function build(context: string, folder: string): Promise<Outcome> {
  const image = join(folder, 'image');
  const args = [
    'buildx',
    'build',
    '--file',
    join(folder, 'Dockerfile'),
    '--output',
    `type=local,dest=${image}`,
    context,
  ];
  const { status, output } = await run('docker', args);
  if (status === 0) return { image: readImage(image) };
  return { failure: /^ERROR: .*/m.exec(output)?.[0] ?? output };
}

function run(command: string, args: readonly string[]): Promise<{ status: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let output = '';
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, output }));
  });
}

function readImage(root: string): Map<string, string> {
  const found = new Map<string, string>();
  const visit = (folder: string): void => {
    for (const name of readdirSync(join(root, folder)).sort()) {
      const path = join(folder, name);
      const stats = lstatSync(join(root, path));
      const mode = (stats.mode & 0o7777).toString(8);
      if (stats.isSymbolicLink()) found.set(path, `link ${readlinkSync(join(root, path))}`);
      else if (stats.isDirectory()) found.set(path, `folder ${mode}`);
      else found.set(path, `file ${mode} ${readFileSync(join(root, path), 'utf8') || 'empty'}`);
      if (stats.isDirectory()) visit(path);
    }
  };
  visit('');
  return found;
}
