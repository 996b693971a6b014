import { suggest } from '@nx-image-matrix/diagnostics';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { contains, isFile, isFolder, realPath } from './paths.ts';
import { TemplateProblem } from './problem.ts';

const SUFFIX = '.liquid';
export const DOCKERFILE = 'Dockerfile';
/** In bytes: a file next to a template is written again for each image. */
export const LARGEST_FILE = 10_000_000;
const RESERVED = new Set([DOCKERFILE, `${DOCKERFILE}.dockerignore`, 'image.json']);

/** A file of a template folder, and its target. */
export interface Source {
  /** Absolute. */
  file: string;
  /** Relative to the image's folder, with `/`. */
  target: string;
  /** Whether it is a template; other files are copied. */
  liquid: boolean;
  executable: boolean;
}

/** How a folder is shown to users, and where its templates must be. */
export interface TemplatesFolder {
  /** Absolute. */
  dir: string;
  /** As the manifest spells it. */
  label: string;
  /** Absolute, without symbolic links. */
  realRoot: string;
}

/**
 * The files of the images of one release type: the template of the Dockerfile first, then the others sorted by target.
 * Throws a TemplateProblem if it is missing, or if two files have the same target.
 */
export function findSources(folder: TemplatesFolder, type: string): Source[] {
  const names = { single: `${type}.${DOCKERFILE}${SUFFIX}`, inFolder: `${type}/${DOCKERFILE}${SUFFIX}` };
  const single = join(folder.dir, names.single);
  const inFolder = join(folder.dir, names.inFolder);
  if (isFile(single) && isFile(inFolder)) {
    const message = `both \`${folder.label}/${names.single}\` and \`${folder.label}/${names.inFolder}\` exist`;
    throw new TemplateProblem('template-error', message, 'keep one of the two');
  }
  if (isFile(single)) return [source(folder, single, DOCKERFILE + SUFFIX)];
  if (isFile(inFolder)) return typeFolder(folder, type, inFolder);
  throw missing(folder, type, [names.single, names.inFolder]);
}

function typeFolder(folder: TemplatesFolder, type: string, dockerfile: string): Source[] {
  const found = listFiles(folder, join(folder.dir, type), '', []).filter(({ file }) => file !== dockerfile);
  const byTarget = new Map<string, Source>();
  for (const extra of found) {
    const name = relativeLabel(folder, extra.file);
    const { target } = extra;
    if (target === '' || target.endsWith('/')) {
      throw new TemplateProblem('template-error', `\`${name}\` would be a file without a name`);
    }
    if (RESERVED.has(target)) {
      const hint = `rename it: \`${target}\` is made by the tool itself`;
      throw new TemplateProblem(
        'template-error',
        `\`${name}\` would take the place of the generated \`${target}\``,
        hint,
      );
    }
    const twin = byTarget.get(target);
    if (twin) {
      const message = `\`${relativeLabel(folder, twin.file)}\` and \`${name}\` would both become \`${target}\``;
      throw new TemplateProblem('template-error', message, 'keep one of the two');
    }
    byTarget.set(target, extra);
  }
  const others = [...byTarget.values()].sort((a, b) => (a.target < b.target ? -1 : 1));
  return [source(folder, dockerfile, DOCKERFILE + SUFFIX), ...others];
}

function listFiles(folder: TemplatesFolder, dir: string, prefix: string, above: string[]): Source[] {
  const real = realPath(dir);
  if (real === undefined || above.includes(real)) {
    throw new TemplateProblem(
      'template-error',
      `\`${relativeLabel(folder, dir)}\` is a symbolic link that leads nowhere`,
    );
  }
  assertInside(folder, dir, real);
  if (!statSync(dir).isDirectory()) {
    throw new TemplateProblem('template-error', `\`${relativeLabel(folder, dir)}\` is neither a file nor a folder`);
  }
  const found: Source[] = [];
  for (const entry of readdirSync(dir, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(dir, entry.name);
    const target = prefix + entry.name;
    if (entry.isFile() || (entry.isSymbolicLink() && isFile(path))) found.push(source(folder, path, target));
    else if (!entry.isDirectory() && !entry.isSymbolicLink()) {
      const message = `\`${relativeLabel(folder, path)}\` is neither a file nor a folder`;
      throw new TemplateProblem('template-error', message);
    } else found.push(...listFiles(folder, path, `${target}/`, [...above, real]));
  }
  return found;
}

function source(folder: TemplatesFolder, file: string, path: string): Source {
  assertInside(folder, file, realPath(file));
  const liquid = path.endsWith(SUFFIX);
  const stats = statSync(file);
  if (stats.size > LARGEST_FILE) {
    const hint = 'put a file of that size into the build context, and COPY it from there';
    throw new TemplateProblem('template-error', `\`${relativeLabel(folder, file)}\` is larger than 10 MB`, hint);
  }
  const executable = (stats.mode & 0o111) !== 0;
  return { file, target: liquid ? path.slice(0, -SUFFIX.length) : path, liquid, executable };
}

function assertInside(folder: TemplatesFolder, path: string, real: string | undefined): void {
  if (real !== undefined && contains(folder.realRoot, real)) return;
  const message = `\`${relativeLabel(folder, path)}\` leads out of the templates root`;
  throw new TemplateProblem('template-outside-root', message);
}

function missing(folder: TemplatesFolder, type: string, names: string[]): TemplateProblem {
  const [first, second] = names.map((name) => `\`${folder.label}/${name}\``);
  return new TemplateProblem(
    'missing-template',
    `no template for \`${type}\`: neither ${first} nor ${second} exists`,
    existingHint(folder, type),
  );
}

function existingHint(folder: TemplatesFolder, type: string): string {
  const types = existingTypes(folder.dir);
  const near = suggest(type, types);
  if (near !== undefined) return `did you mean \`${near}\`?`;
  if (types.length > 0) return `\`${folder.label}\` has templates for ${types.map((name) => `\`${name}\``).join(', ')}`;
  return `\`${folder.label}\` has no templates`;
}

function existingTypes(dir: string): string[] {
  const ending = `.${DOCKERFILE}${SUFFIX}`;
  const names = isFolder(dir) ? readdirSync(dir) : [];
  const single = names.filter((name) => name.endsWith(ending)).map((name) => name.slice(0, -ending.length));
  const folders = names.filter((name) => isFile(join(dir, name, DOCKERFILE + SUFFIX)));
  return [...new Set([...single, ...folders])].sort();
}

function relativeLabel(folder: TemplatesFolder, path: string): string {
  return folder.label + path.slice(folder.dir.length).replaceAll('\\', '/');
}
