import { resolve } from 'node:path';
import { findSources } from './layout.ts';
import type { Source } from './layout.ts';
import type { Root } from './partials.ts';
import { missingFolder } from './missing-folder.ts';
import { contains, isFolder, realPath } from './paths.ts';
import { TemplatesDirProblem } from './problem.ts';
import { templatesRoot } from './root.ts';

/** The templates of one release type, and where its partials may be. */
export interface TemplateSet {
  root: Root;
  sources: Source[];
}

export interface TemplateSetOptions {
  /** Absolute: the manifest's folder. */
  contextDir: string;
  /** Relative to the context; by default the nearest folder that contains all `templatesDirs`. */
  templatesRoot?: string;
  /** The `templates_dir`s of all releases of the manifest. */
  templatesDirs: readonly string[];
}

/**
 * Finds the templates of a release type. Throws a TemplateProblem if they are missing, ambiguous or outside the
 * context; a TemplatesDirProblem if that is true of the folder itself.
 */
export function findTemplateSet(options: TemplateSetOptions, templatesDir: string, type: string): TemplateSet {
  if (templatesDir === '') {
    throw new TemplatesDirProblem('missing-template', `no template for \`${type}\`: \`templates_dir\` is empty`);
  }
  const root = findRoot(options, templatesDir);
  const dir = resolve(options.contextDir, templatesDir);
  const context = { path: options.contextDir, real: realPath(options.contextDir) ?? '' };
  assertInside(templatesDir, dir, context, "the manifest's folder");
  assertInside(templatesDir, dir, root, 'the templates root');
  if (!isFolder(dir)) throw missingFolder(options.contextDir, templatesDir);
  const label = templatesDir.replace(/\/+$/, '');
  return { root, sources: findSources({ dir, label, realRoot: root.real }, type) };
}

function findRoot(options: TemplateSetOptions, templatesDir: string): Root {
  const root = templatesRoot(templatesDir, options.templatesDirs, options.templatesRoot);
  if (root === undefined) {
    const message = `\`templates_dir: ${templatesDir}\` is the manifest's own folder`;
    throw new TemplatesDirProblem('template-outside-root', message, 'give templates a folder, or set `templatesRoot`');
  }
  const path = resolve(options.contextDir, root);
  return { path, real: realPath(path) ?? path };
}

function assertInside(templatesDir: string, dir: string, folder: Root, name: string): void {
  const real = realPath(dir);
  if (contains(folder.path, dir) && (real === undefined || contains(folder.real, real))) return;
  throw new TemplatesDirProblem('template-outside-root', `\`templates_dir: ${templatesDir}\` lies outside ${name}`);
}
