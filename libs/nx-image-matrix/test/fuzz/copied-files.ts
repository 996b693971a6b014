import { posix } from 'node:path';
import type { Tree } from './checkout.ts';
import type { RenderedImage } from './rendering.ts';

/**
 * The files of a tree that an image takes from its build context: path -> mode and content hash. Reads just the
 * instructions that the templates of this test use, and shares no code with what it is to judge.
 */
export function copiedFiles(image: RenderedImage, tree: Tree): Map<string, string> {
  const dockerfile = String(image.files.get('Dockerfile')!.content);
  const sources = contextSources(dockerfile, image.args).map(sourcePattern);
  const ignores = ignoreRules(image.dockerignore);
  const copied = new Map<string, string>();
  for (const [path, facts] of tree) {
    if (path.startsWith(`${image.folder}/`)) continue;
    const inContext = image.contextDir === '' ? path : posix.relative(image.contextDir, path);
    if (inContext.startsWith('../')) continue;
    if (sources.some((source) => source.test(inContext)) && !isIgnored(inContext, ignores)) copied.set(path, facts);
  }
  return copied;
}

/** References of `FROM`, `COPY --from` and mounts. */
export function referencesOf(image: RenderedImage): string[] {
  const dockerfile = String(image.files.get('Dockerfile')!.content);
  return [...dockerfile.matchAll(/^FROM (\S+)|--from=(\S+)/gm)].map(([, from, copied]) => from ?? copied!);
}

function contextSources(dockerfile: string, args: Record<string, string>): string[] {
  const values: Record<string, string> = {};
  const sources: string[] = [];
  for (const line of dockerfile.split('\n')) {
    const [, name, fallback] = /^ARG (\w+)=?(.*)$/.exec(line) ?? [];
    if (name !== undefined) values[name] = args[name] ?? fallback ?? '';
    const text = line.replace(/\$\{(\w+)\}/g, (_, variable: string) => values[variable] ?? '');
    const [, mounted] = /--mount=type=bind,source=([^,]+),/.exec(text) ?? [];
    if (mounted !== undefined) sources.push(mounted);
    const [, flags, words] = /^(?:COPY|ADD) ((?:--\S+ )*)(.+)$/.exec(text) ?? [];
    if (words === undefined || flags!.includes('--from=')) continue;
    sources.push(...wordsOf(words).slice(0, -1));
  }
  // Docker takes `files//`, which an argument without a value leaves, for the whole folder.
  return sources.map((source) => posix.normalize(source).replace(/\/$/, ''));
}

function wordsOf(text: string): string[] {
  return text.startsWith('[') ? (JSON.parse(text) as string[]) : text.split(' ');
}

/** Matches a source itself and everything below it. */
function sourcePattern(source: string): RegExp {
  return new RegExp(`^${globSource(source)}(/.*)?$`);
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
