import { posix } from 'node:path';
import type { Tree } from '@nx/devkit';
import type { Problem } from './manifest.ts';
import { translateJinja } from './jinja/translate.ts';
import type { Knowledge } from './jinja/names.ts';

/** The templates of BentoML's tool as Liquid. */
export interface MigratedTemplates {
  /** New files, relative to the new manifest. */
  files: Map<string, string>;
  /** By the path of the Jinja template. */
  problems: Map<string, Problem[]>;
}

/** A Jinja template below the folders of the old manifest. */
interface Template {
  path: string;
  text: string;
  /** Of a Dockerfile. */
  releaseType?: string;
}

/**
 * Converts the Jinja templates in folders. A file that is beside the Dockerfile template, and that this one copies, goes
 * into the folder of its release type, as the templates here want it.
 * @param folder that of the old manifest
 * @param dirs folders of templates, relative to it
 * @param knowledge build arguments that the tool put into envars; those that no template uses are left out
 */
export function migrateTemplates(
  tree: Tree,
  folder: string,
  dirs: readonly string[],
  knowledge: Pick<Knowledge, 'first' | 'last'>,
): MigratedTemplates {
  const migrated: MigratedTemplates = { files: new Map(), problems: new Map() };
  const templates = [...new Set(dirs.flatMap((dir) => pathsBelow(tree, posix.join(folder, dir))))]
    .sort()
    .map((path) => templateAt(path, tree.read(path, 'utf8') ?? ''));
  const isUsed = (name: string): boolean => templates.some(({ text }) => new RegExp(`\\b${name}\\b`).test(text));
  const unused = [...knowledge.first, ...knowledge.last].filter((name) => !isUsed(name));
  const strict: Knowledge = {
    first: knowledge.first.filter(isUsed),
    last: knowledge.last.filter(isUsed),
    strict: true,
  };
  for (const template of templates) {
    const { path, releaseType, text } = template;
    const siblings = templates.filter((other) => posix.dirname(other.path) === posix.dirname(path));
    const { text: liquid, problems } = translateJinja(text, { ...strict, ...(releaseType && { releaseType }) });
    const targets = targetsOf(template, siblings, templates);
    for (const target of targets) migrated.files.set(posix.relative(folder, target), liquid);
    const found = [
      ...(targets.length > 0 ? problems : []),
      ...problemsOf(template, siblings, targets),
      ...leftOut(template, unused),
    ];
    if (found.length > 0)
      migrated.problems.set(
        path,
        found.toSorted((a, b) => a.line - b.line),
      );
  }
  return migrated;
}

function pathsBelow(tree: Tree, folder: string): string[] {
  if (folder.startsWith('../') || !tree.exists(folder) || tree.isFile(folder)) return [];
  return tree.children(folder).flatMap((name) => {
    const path = posix.join(folder, name);
    if (!tree.isFile(path)) return pathsBelow(tree, path);
    return name.endsWith('.j2') ? [path] : [];
  });
}

function templateAt(path: string, text: string): Template {
  const releaseType = /^(.+)[-.]dockerfile\.j2$/i.exec(posix.basename(path))?.[1];
  return { path, text, ...(releaseType && { releaseType }) };
}

/** The name of the file that a template becomes. */
function outputOf({ path }: Template): string {
  return posix.basename(path, '.j2');
}

function targetsOf(template: Template, siblings: readonly Template[], all: readonly Template[]): string[] {
  const { path, releaseType } = template;
  const folder = posix.dirname(path);
  if (releaseType) {
    const hasFiles = siblings.some((other) => ownersOf(other, siblings).includes(releaseType));
    return [hasFiles ? `${folder}/${releaseType}/Dockerfile.liquid` : `${folder}/${releaseType}.Dockerfile.liquid`];
  }
  const owners = ownersOf(template, siblings);
  if (owners.length > 0) return owners.map((owner) => `${folder}/${owner}/${outputOf(template)}.liquid`);
  return isPartial(template, all) ? [path.replace(/\.j2$/, '.liquid')] : [];
}

/** The release types of a file next to their Dockerfile templates. */
function ownersOf(template: Template, siblings: readonly Template[]): string[] {
  if (template.releaseType) return [];
  const types = siblings.flatMap(({ releaseType, text }) => (releaseType ? [{ releaseType, text }] : []));
  const naming = types.filter(({ text }) => copiesOf(template, text).length > 0);
  // The tool rendered these for cudnn, whether or not the Dockerfile copies them.
  const ofCudnn = /^(?:nvidia|cuda|cudnn)/.test(outputOf(template))
    ? types.filter(({ releaseType }) => releaseType === 'cudnn')
    : [];
  return (naming.length > 0 ? naming : ofCudnn).map(({ releaseType }) => releaseType);
}

/** The copying lines of a Dockerfile that name the file, and how. */
function copiesOf(template: Template, text: string): { line: number; path: string }[] {
  const name = outputOf(template);
  return text.split('\n').flatMap((line, at) => {
    if (!/^\s*(?:COPY|ADD)\s/i.test(line)) return [];
    const path = line.split(/\s+(?![^{]*\}\})/).find((word) => word === name || word.endsWith(`/${name}`));
    return path === undefined || path.startsWith('/') ? [] : [{ line: at + 1, path }];
  });
}

function isPartial({ path }: Template, all: readonly Template[]): boolean {
  const name = posix.basename(path);
  return all.some(({ text }) =>
    [...text.matchAll(/\{%[-+]?\s*(?:include|extends)\s+["']([^"']+)["']/g)].some(
      ([, file]) => file === name || file?.endsWith(`/${name}`),
    ),
  );
}

function problemsOf(template: Template, siblings: readonly Template[], targets: readonly string[]): Problem[] {
  if (targets.length === 0) {
    const hint = /readme/i.test(template.path)
      ? '; "nx g nx-image-matrix:tags" writes tables of tags into a README'
      : '';
    return [{ line: 1, message: `left out: no Dockerfile template uses it${hint}` }];
  }
  if (!template.releaseType) return [];
  if (template.text.trim() === '')
    return [
      {
        line: 1,
        message: 'the template is empty, so an image of it has no FROM; write it, or take it out of "packages"',
      },
    ];
  return siblings.flatMap((other) =>
    (other.releaseType ? [] : copiesOf(other, template.text)).flatMap(({ line, path }) =>
      path === outputOf(other)
        ? [{ line, message: `"${path}" is a rendered file, and not in the build context: copy {{ dir }}/${path}` }]
        : [],
    ),
  );
}

/** The tool put the versions into envars, so a loop wrote them, also for templates that do nothing with them. */
function leftOut({ text }: Template, unused: readonly string[]): Problem[] {
  if (unused.length === 0) return [];
  return text.split('\n').flatMap((line, at) => {
    if (!/\bfor\b.*\bmetadata\.envars\.items\(\)/.test(line)) return [];
    const names = unused.map((name) => `"${name}"`).join(' and ');
    const are = unused.length > 1 ? 'are' : 'is';
    return [
      {
        line: at + 1,
        message: `${names}, which BentoML's tool put into envars, ${are} left out: no template uses ${unused.length > 1 ? 'them' : 'it'}`,
      },
    ];
  });
}

/** The paths that the Dockerfiles copy from the build context, if their templates have them as text. */
export function copiedPaths(
  tree: Tree,
  folder: string,
  { files }: MigratedTemplates,
): { file: string; line: number; path: string }[] {
  const found = [...files].flatMap(([file, text]) =>
    text.split('\n').flatMap((line, at) => {
      const [, path] = /^(?:COPY|ADD)\s+(?:--(?!from)\S+\s+)*([\w.-][\w./-]*)(?=[\s{])/i.exec(line) ?? [];
      return path === undefined ? [] : [{ file, line: at + 1, path: path.replace(/\/$/, '') }];
    }),
  );
  const known = new Set<string>();
  return found.filter(({ path }) => {
    const isNew = !known.has(path) && tree.exists(posix.join(folder, path));
    known.add(path);
    return isNew;
  });
}
