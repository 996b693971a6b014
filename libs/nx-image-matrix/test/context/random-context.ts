import type { Random } from '../fuzz/random.ts';

/** A build context, and what to build from it. */
export interface RandomContext {
  /** Path -> whether it is executable. Each file contains its own path, to recognize its copies. */
  files: Map<string, boolean>;
  /** Path -> target of the link. */
  links: Map<string, string>;
  emptyFolders: string[];
  dockerignore: string;
  dockerfile: string;
}

const FOLDERS = ['a', 'b', 'dist', 'apps', 'c d', '.h'];
const NAMES = ['x.txt', 'y.log', 'z', 'a', 'README.md', '#n', '!n', '\u00FC', 'p(1){2}', 'e+$', '-'];

/** A small tree, an ignore file for it, and a Dockerfile that copies from it. */
export function randomContext(random: Random): RandomContext {
  const files = new Map<string, boolean>();
  const folders = new Set<string>();
  while (files.size < 9) {
    const depth = random.below(4);
    const folder = Array.from({ length: depth }, () => random.pick(FOLDERS)).join('/');
    const path = folder === '' ? random.pick(NAMES) : `${folder}/${random.pick(NAMES)}`;
    if (isFree(path, files, folders)) files.set(path, random.below(3) === 0);
    for (const above of foldersAbove(path)) if (files.has(path)) folders.add(above);
  }
  const paths = [...files.keys(), ...folders];
  const links = randomLinks(random, paths, files, folders);
  const emptyFolders = [`${random.pick([...folders, 'empty'])}/void`].filter((path) => isFree(path, files, folders));
  const all = [...paths, ...links.keys()];
  return {
    files,
    links,
    emptyFolders,
    dockerignore: randomDockerignore(random, all),
    dockerfile: randomDockerfile(random, all),
  };
}

function isFree(path: string, files: ReadonlyMap<string, unknown>, folders: ReadonlySet<string>): boolean {
  return !files.has(path) && !folders.has(path) && !foldersAbove(path).some((folder) => files.has(folder));
}

function foldersAbove(path: string): string[] {
  const segments = path.split('/');
  return segments.slice(1).map((_, index) => segments.slice(0, index + 1).join('/'));
}

function randomLinks(
  random: Random,
  paths: readonly string[],
  files: ReadonlyMap<string, boolean>,
  folders: ReadonlySet<string>,
): Map<string, string> {
  const links = new Map<string, string>();
  for (const name of ['link', 'link2', 'link3'].slice(0, random.below(4))) {
    const folder = random.pick(['', ...folders]);
    const path = folder === '' ? name : `${folder}/${name}`;
    if (!isFree(path, files, folders)) continue;
    const target = random.pick([...paths, ...links.keys(), 'nowhere']);
    const up = '../'.repeat(folder === '' ? 0 : folder.split('/').length);
    links.set(path, random.pick([`${up}${target}`, `${up}${target}`, `/${target}`, `../../../../${target}`]));
  }
  return links;
}

function randomDockerignore(random: Random, paths: readonly string[]): string {
  const lines = Array.from({ length: random.below(6) }, () => randomRule(random, paths));
  if (random.below(4) === 0) lines.unshift(random.pick(['*', '**', '**/*']));
  return lines.map((line) => `${line}${random.pick(['\n', '\n', '\n', '\r\n'])}`).join('');
}

function randomRule(random: Random, paths: readonly string[]): string {
  if (random.below(12) === 0) return random.pick(['# a comment', '', '   ', ' # no comment', '.', '/']);
  const sign = random.below(5) < 2 ? random.pick(['!', '!', '! ', '!/']) : random.pick(['', '', '', '/', './', ' ']);
  return `${sign}${randomPattern(random, paths, true)}${random.pick(['', '', '', '', '/', '/ ', '/**', '/*', ' \t'])}`;
}

/** The path of an existing file, or of a folder above it, with wildcards for parts of it. */
function randomPattern(random: Random, paths: readonly string[], withAnyDepth: boolean): string {
  const segments = random.pick(paths).split('/');
  const kept = segments.slice(0, 1 + random.below(segments.length));
  const written = kept.map((segment) => randomSegment(random, segment));
  if (withAnyDepth && random.below(4) === 0) return `**/${written.at(-1) ?? '*'}`;
  if (withAnyDepth && random.below(8) === 0) written.splice(random.below(written.length + 1), 0, '**');
  return written.join('/');
}

function randomSegment(random: Random, segment: string): string {
  switch (random.below(16)) {
    case 0:
      return '*';
    case 1:
      return `${segment.slice(0, 1)}*`;
    case 2:
      return `*${segment.slice(-1)}`;
    case 3:
      return `?${segment.slice(1)}`;
    case 4:
      return /^\w/.test(segment) ? `[${segment.slice(0, 1)}-${segment.slice(0, 1)}]${segment.slice(1)}` : segment;
    case 5:
      return `[^0]${segment.slice(1)}`;
    case 6:
      return /^\W/.test(segment) ? `\\${segment}` : segment;
    default:
      return segment;
  }
}

function randomDockerfile(random: Random, paths: readonly string[]): string {
  const lines = ['FROM scratch'];
  const copies = 1 + random.below(2);
  for (let copy = 0; copy < copies; copy++) lines.push(randomCopy(random, paths, copy));
  if (random.below(6) === 0) lines.push('FROM scratch', 'COPY --from=0 / /first/', randomCopy(random, paths, copies));
  return lines.map((line) => `${line}\n`).join('');
}

function randomCopy(random: Random, paths: readonly string[], number: number): string {
  const sources = Array.from({ length: random.below(5) === 0 ? 2 : 1 }, () => {
    if (random.below(25) === 0) return '.';
    const pattern = random.below(3) === 0 ? randomPattern(random, paths, false) : random.pick(paths);
    return `${random.pick(['', '', './', '/'])}${pattern}${random.pick(['', '', '/'])}`;
  });
  const flags = random.pick(['', '', '', '--chmod=751 ', '--link ', '--chown=1:2 ']);
  return `${random.pick(['COPY', 'COPY', 'COPY', 'ADD'])} ${flags}${JSON.stringify([...sources, `/${number}/`])}`;
}
