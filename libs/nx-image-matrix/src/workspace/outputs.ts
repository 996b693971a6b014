import { posix } from 'node:path';
import type { TargetConfiguration } from '@nx/devkit';
import { matchesWildcard } from '@nx-image-matrix/dockerfile';

/** A target of another project that creates a file. */
export interface Producer {
  project: string;
  target: string;
}

/** A target of another project that creates files in a folder. */
export interface Artifact extends Producer {
  /** Its output, relative to the workspace, up to the first wildcard. */
  path: string;
}

/** The relevant parts of a project. */
export interface ProjectTargets {
  name: string;
  root: string;
  targets: Record<string, Pick<TargetConfiguration, 'outputs' | 'options' | 'continuous' | 'executor'>>;
}

/**
 * The targets whose outputs contain a path of the workspace, are in it, or are equal to it. If several targets of a
 * project create the whole path, and one of them is `build`, only that counts: others (`typecheck`) add files for other
 * purposes.
 */
export function producersOf(path: string, projects: readonly ProjectTargets[]): Producer[] {
  return projects.flatMap((project) => {
    const found = targetsThatMake(project).map(([target, configuration]) => ({
      target,
      match: matchOf(path, outputsOf(project, target, configuration)),
    }));
    const whole = found.filter(({ match }) => match === 'whole');
    const build = whole.filter(({ target }) => target === 'build');
    const part = found.filter(({ match }) => match === 'part');
    const chosen = build.length > 0 ? build : whole.length > 0 ? whole : part;
    return chosen.map(({ target }) => ({ project: project.name, target }));
  });
}

/** Names of targets that check something; their outputs are not for an image. */
const CHECKS = /^(test|e2e|lint|typecheck|coverage|storybook)\b/;

/** What targets create in a folder whose other files may be tracked: everything below it, whatever excludes it. */
export function artifactsIn(folder: string, projects: readonly ProjectTargets[]): Artifact[] {
  return projects.flatMap((project) =>
    targetsThatMake(project).flatMap(([target, configuration]) => {
      if (CHECKS.test(target)) return [];
      const paths = outputsOf(project, target, configuration).map(withoutWildcards);
      const below = [...new Set(paths)].filter((path) => folder === '.' || path.startsWith(`${folder}/`));
      return below.map((path) => ({ project: project.name, target, path }));
    }),
  );
}

/** If several targets of a project create it, only `build`, if it is one of them. */
export function preferBuilds(artifacts: readonly Artifact[]): Artifact[] {
  const built = new Set(artifacts.filter(({ target }) => target === 'build').map(({ project }) => project));
  return artifacts.filter(({ project, target }) => target === 'build' || !built.has(project));
}

/** Empty for a pattern that excludes something. */
function withoutWildcards(output: string): string {
  if (output.startsWith('!')) return '';
  const segments = output.split('/');
  const wild = segments.findIndex((segment) => /[*?{}[\]()!+@]/.test(segment));
  return (wild < 0 ? segments : segments.slice(0, wild)).join('/');
}

function targetsThatMake({ targets }: ProjectTargets): [string, ProjectTargets['targets'][string]][] {
  return Object.entries(targets).filter(
    ([, { continuous, executor }]) => continuous !== true && !executor?.startsWith('nx-image-matrix:'),
  );
}

/** Relative to the workspace. Nx has some by default: https://nx.dev/reference/project-configuration#outputs */
function outputsOf(
  { name, root }: ProjectTargets,
  target: string,
  { outputs, options }: ProjectTargets['targets'][string],
): string[] {
  const byDefault = target === 'build' || target === 'prepare' ? ['dist', 'build', 'public'] : [];
  const declared = outputs ?? [
    ...byDefault.map((folder) => `{projectRoot}/${folder}`),
    ...byDefault.slice(0, 1).map((folder) => `{workspaceRoot}/${folder}/{projectRoot}`),
  ];
  return declared.flatMap((output) => {
    const text = output
      .replaceAll('{workspaceRoot}/', '')
      .replaceAll('{projectRoot}', root)
      .replaceAll('{projectName}', name)
      .replace(/\{options\.([^{}]+)\}/g, (whole, keys: string) => optionOf(options, keys) ?? whole);
    if (text.includes('{options.')) return [];
    const lets = text.startsWith('!') ? '!' : '';
    return [lets + posix.normalize(text.slice(lets.length)).replace(/^\/+|\/+$/g, '')];
  });
}

function optionOf(options: unknown, keys: string): string | undefined {
  let value = options;
  for (const key of keys.split('.')) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, key)) return undefined;
    value = Object.getOwnPropertyDescriptor(value, key)?.value;
  }
  return typeof value === 'string' ? value : undefined;
}

/** Whether outputs cover a whole path, a part of it, or nothing of it. */
function matchOf(path: string, outputs: readonly string[]): 'whole' | 'part' | undefined {
  const segments = path.split('/');
  const covers = outputs
    .filter((output) => output.startsWith('!'))
    .some((output) => relation(segments, output.slice(1)) === 'whole');
  if (covers) return undefined;
  const made = outputs.filter((output) => !output.startsWith('!'));
  const relations = new Set(made.map((output) => relation(segments, output)));
  return relations.has('whole') ? 'whole' : relations.has('part') ? 'part' : undefined;
}

function relation(path: readonly string[], output: string): 'whole' | 'part' | undefined {
  const all = output === '.' ? [] : output.split('/');
  const deep = all.indexOf('**');
  const fixed = deep < 0 ? all : all.slice(0, deep);
  const common = Math.min(path.length, fixed.length);
  for (let at = 0; at < common; at++) if (!sameSegment(path[at] ?? '', fixed[at] ?? '')) return undefined;
  return fixed.length <= path.length ? 'whole' : 'part';
}

/** Either may be a pattern; braces in an output may contain anything. */
function sameSegment(path: string, output: string): boolean {
  const loose = output.replace(/\{[^}]*\}|\[[^\]]*\]|[!@?+*]?\([^)]*\)/g, '*');
  return matchesWildcard(loose, path) || matchesWildcard(path, output);
}
