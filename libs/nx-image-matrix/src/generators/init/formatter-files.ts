import { isObject } from '@nx-image-matrix/engine/unknown';
import type { Tree } from '@nx/devkit';
import { readJsonc, setJson } from '../jsonc.ts';
import { changeFile } from './change-file.ts';

/** A formatter's ignore configuration, and how to add a folder to it. */
interface IgnoreFile {
  path: string;
  /** @throws Error if it cannot be read. */
  add: (text: string, folder: string) => string;
}

/**
 * Adds the generated files to the ignore configuration of every formatter in the workspace; returns the changed files.
 * Creates no configuration for a formatter that is not used.
 */
export function ignoreInFormatters(tree: Tree, folder: string): string[] {
  const files = configurations.filter(({ path }) => tree.exists(path));
  if (readsPrettierIgnore(tree)) files.unshift({ path: '.prettierignore', add: addLine });
  return files.filter(({ path, add }) => changeFile(tree, path, (text) => add(text, folder))).map(({ path }) => path);
}

/** Prettier and oxfmt both do. */
function readsPrettierIgnore(tree: Tree): boolean {
  if (tree.exists('.prettierignore')) return true;
  if (tree.children('.').some((name) => /^(\.prettierrc(\..+)?|(prettier|oxfmt)\.config\..+)$/.test(name))) return true;
  const { prettier, dependencies, devDependencies } = readJsonc(
    tree.read('package.json', 'utf8') ?? '',
    'package.json',
  );
  return (
    prettier !== undefined || [dependencies, devDependencies].some((list) => Object.hasOwn(list ?? {}, 'prettier'))
  );
}

/**
 * Ignore files of formatters that `nx format` or an editor may run: a formatted `image.json` is no longer the generated
 * one. https://prettier.io/docs/ignore, https://biomejs.dev/reference/configuration,
 * https://oxc.rs/docs/guide/usage/formatter, https://dprint.dev/config
 */
const configurations: IgnoreFile[] = [
  { path: 'biome.json', add: excludeFromBiome },
  { path: 'biome.jsonc', add: excludeFromBiome },
  { path: '.oxfmtrc.json', add: (text, folder) => appendTo(text, '.oxfmtrc.json', ['ignorePatterns'], `${folder}/**`) },
  {
    path: '.oxfmtrc.jsonc',
    add: (text, folder) => appendTo(text, '.oxfmtrc.jsonc', ['ignorePatterns'], `${folder}/**`),
  },
  { path: 'dprint.json', add: (text, folder) => appendTo(text, 'dprint.json', ['excludes'], `${folder}/**`) },
  { path: 'dprint.jsonc', add: (text, folder) => appendTo(text, 'dprint.jsonc', ['excludes'], `${folder}/**`) },
];

/** An ignore file, as read by git, Prettier and oxfmt, with one more folder. */
function addLine(text: string, folder: string): string {
  const wanted = folder.replace(/^\//, '');
  const known = text.split(/\r?\n/).some(
    (line) =>
      line
        .trim()
        .replace(/^!?\/?/, '')
        .replace(/\/(\*\*?)?(\/\*)?$/, '') === wanted,
  );
  if (known) return text;
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const before = text === '' || text.endsWith('\n') ? text : text + eol;
  return `${before}/${wanted}${eol}`;
}

/**
 * Biome 2 excludes with `!`-entries of `files.includes`, which must then include everything else first; Biome 1 with
 * `files.ignore`.
 */
function excludeFromBiome(text: string, folder: string): string {
  const { files } = readJsonc(text, 'biome.json');
  const { ignore, includes } = isObject(files) ? files : {};
  if (Array.isArray(ignore)) return appendTo(text, 'biome.json', ['files', 'ignore'], `${folder}/**`);
  const pattern = `!${folder}/**`;
  if (!Array.isArray(includes)) return setJson(text, ['files', 'includes'], ['**', pattern]);
  return appendTo(text, 'biome.json', ['files', 'includes'], pattern);
}

function appendTo(text: string, file: string, path: string[], value: string): string {
  let list: unknown = readJsonc(text, file);
  for (const key of path) list = isObject(list) ? list[key] : undefined;
  if (!Array.isArray(list)) return setJson(text, path, [value]);
  const same = (entry: unknown): boolean => typeof entry === 'string' && bare(entry) === bare(value);
  return list.some(same) ? text : setJson(text, [...path, list.length], value, true);
}

/** `docker`, `./docker/` and `docker/**` name the same folder. */
function bare(pattern: string): string {
  return pattern
    .replace(/^(!{0,2})(\.?\/)?/, '$1')
    .replace(/^!!/, '!')
    .replace(/\/(\*\*?)?(\/\*)?$/, '');
}
