import { posix } from 'node:path';
import { linkTarget, submoduleOf, type Tree } from './checkout.ts';
import type { RenderedImage, Rendering } from './rendering.ts';

/**
 * The files of a tree that an image takes from its build context: path -> mode and content hash. Reads only the
 * instructions that the templates of this test use, and shares no code with what it checks.
 */
export function copiedFiles(image: RenderedImage, tree: Tree, rendering: Rendering): Map<string, string> {
  const { contextDir } = image;
  const ignores = ignoreRules(image.dockerignore);
  const copied = new Map<string, string>();
  const take = (path: string): void => {
    const inContext = posix.relative(contextDir, path);
    if (path.startsWith(`${image.folder}/`) || inContext.startsWith('..') || isIgnored(inContext, ignores)) return;
    copied.set(path, tree.get(path)!);
    takeSubmoduleOf(path);
  };
  // Git reports a changed submodule by its folder, not by the files in it.
  const takeSubmoduleOf = (path: string): void => {
    const submodule = submoduleOf(tree, path);
    if (submodule !== undefined) copied.set(submodule, tree.get(submodule)!);
  };
  for (const source of contextSources(linesOf(image), image.args, rendering)) {
    const path = posix.join(contextDir, source);
    for (const found of pathsAt(path, contextDir, tree)) take(found);
    // Nothing in the workspace tells what one of its folders contained before its commit, or the rules may have
    // included.
    if (!isIgnored(source, ignores)) takeSubmoduleOf(path);
  }
  return copied;
}

/**
 * The content at a path of a Dockerfile: files, everything in a folder, and the links on the way. Docker follows these,
 * from the top of the context if they are absolute, and copies links in a folder as links.
 */
function pathsAt(source: string, contextDir: string, tree: Tree, followed = new Set<string>()): string[] {
  const pattern = new RegExp(`^${globSource(source)}(/.*)?$`);
  const paths = [...tree.keys()].filter((path) => pattern.test(path));
  const segments = source.split('/');
  for (const link of tree.keys()) {
    const target = linkTarget(tree, link);
    const depth = link.split('/').length;
    if (target === undefined || depth > segments.length || followed.has(link)) continue;
    if (!new RegExp(`^${globSource(segments.slice(0, depth).join('/'))}$`).test(link)) continue;
    const to = posix.isAbsolute(target)
      ? posix.join(contextDir, target.slice(1))
      : posix.join(posix.dirname(link), target);
    const further = posix.join(to, ...segments.slice(depth));
    paths.push(link, ...pathsAt(further, contextDir, tree, new Set([...followed, link])));
  }
  return paths.filter((path) => tree.has(path));
}

/** References of `FROM`, `COPY --from` and mounts. */
export function referencesOf(image: RenderedImage): string[] {
  const text = linesOf(image).join('\n');
  return [...text.matchAll(/^FROM (\S+)|--from=(\S+)/gm)].map(([, from, copied]) => from ?? copied!);
}

/** The lines of the stages that the last one is built from. */
function linesOf(image: RenderedImage): string[] {
  const stages: string[][] = [[]];
  for (const line of String(image.files.get('Dockerfile')!.content).split('\n')) {
    if (line.startsWith('FROM ') && stages.at(-1)!.some((one) => one.startsWith('FROM '))) stages.push([]);
    stages.at(-1)!.push(line);
  }
  const nameOf = (stage: string[]): string =>
    / AS (\S+)/.exec(stage.find((line) => line.startsWith('FROM ')) ?? '')?.[1] ?? '';
  const startsFrom = (stage: string[], name: string): boolean =>
    stage.some((line) => line === `FROM ${name}` || line.startsWith(`FROM ${name} `));
  const reached = new Set([stages.at(-1)!]);
  for (const stage of reached) {
    const text = stage.join('\n');
    for (const other of stages)
      if (nameOf(other) !== '' && (text.includes(`--from=${nameOf(other)} `) || startsFrom(stage, nameOf(other))))
        reached.add(other);
  }
  return stages.filter((stage) => reached.has(stage)).flat();
}

/** What an image passes on: the values of its environment, and its `ONBUILD` instructions. */
function heritageOf(reference: string, rendering: Rendering): { env: Record<string, string>; onbuild: string[] } {
  const parent = [...rendering.values()].find((image) => image.reference === reference);
  if (!parent) return { env: {}, onbuild: [] };
  const lines = linesOf(parent);
  const from = /^FROM (\S+)/.exec(lines.findLast((line) => line.startsWith('FROM ')) ?? '')?.[1] ?? '';
  const own = lines.flatMap((line) => {
    const [, name, value] = /^ENV (\w+)=(\S*)$/.exec(line) ?? [];
    return name === undefined ? [] : [[name, value!] as const];
  });
  return {
    env: { ...heritageOf(from, rendering).env, ...Object.fromEntries(own) },
    onbuild: lines.flatMap((line) => /^ONBUILD (.*)$/.exec(line)?.[1] ?? []),
  };
}

function contextSources(lines: readonly string[], args: Record<string, string>, rendering: Rendering): string[] {
  const values: Record<string, string> = {};
  let inherited: Record<string, string> = {};
  const sources: string[] = [];
  const read = (line: string): void => {
    const [, name, fallback] = /^ARG (\w+)=?(.*)$/.exec(line) ?? [];
    if (name !== undefined) values[name] = args[name] ?? fallback ?? '';
    const text = line.replace(/\$\{(\w+)\}/g, (_, variable: string) => inherited[variable] ?? values[variable] ?? '');
    const [, mounted] = /--mount=type=bind,source=([^,]+),/.exec(text) ?? [];
    if (mounted !== undefined) sources.push(mounted);
    const [, flags, words] = /^(?:COPY|ADD) ((?:--\S+ )*)(.+)$/.exec(text) ?? [];
    if (words === undefined || flags!.includes('--from=')) return;
    sources.push(...wordsOf(words).slice(0, -1));
  };
  for (const line of lines) {
    const [, from] = /^FROM (\S+)/.exec(line) ?? [];
    if (from === undefined) {
      read(line);
      continue;
    }
    const { env, onbuild } = heritageOf(from, rendering);
    inherited = env;
    onbuild.forEach(read);
  }
  // Docker treats `files//`, which results from an argument without a value, as the whole folder.
  return sources.map((source) => posix.normalize(source).replace(/\/$/, ''));
}

function wordsOf(text: string): string[] {
  return text.startsWith('[') ? (JSON.parse(text) as string[]) : text.split(' ');
}

interface IgnoreRule {
  pattern: RegExp;
  lets: boolean;
}

function ignoreRules(dockerignore: string): IgnoreRule[] {
  return dockerignore
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({
      lets: line.startsWith('!'),
      pattern: new RegExp(`^${globSource(line.replace(/^!/, ''))}(/.*)?$`),
    }));
}

function isIgnored(path: string, rules: readonly IgnoreRule[]): boolean {
  return rules.findLast(({ pattern }) => pattern.test(path))?.lets === false;
}

function globSource(glob: string): string {
  const parts: Record<string, string> = { '**/': '(?:.*/)?', '**': '.*', '*': '[^/]*', '?': '[^/]' };
  return glob.replace(/\*\*\/|\*\*|[*?]|[^\w/]/g, (part) => parts[part] ?? `\\${part}`);
}
