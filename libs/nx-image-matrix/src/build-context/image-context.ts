import { sourceGlob, type ContextSource } from '@nx-image-matrix/dockerfile';
import type { Followed } from './follow-links.ts';
import { contextInputs, type PathKind } from './inputs.ts';
import { neverEntering } from './own-records.ts';
import { hasWildcard } from './pattern.ts';
import type { Rule } from './rules.ts';
import { findExclusion, writeDockerignore, type OwnDockerignore } from './write-dockerignore.ts';

/** A build context, as known when the project graph is made. Paths are relative to it. */
export interface BuildContext {
  /** Relative to the workspace; empty at its root. */
  dir: string;
  outputDir: string;
  /** The numbers of path components in the names of its packages. */
  packageDepths: readonly number[];
  /** Folders, relative to the workspace, in which Nx keeps its data. */
  nxData: readonly string[];
  own: OwnDockerignore;
  kindOf: (path: string) => PathKind;
  follow: (path: string) => Followed;
}

/** How an image depends on its build context. */
export interface ImageContext {
  /** Text of its `Dockerfile.dockerignore`. */
  dockerignore: string;
  /** Globs of the files that it depends on. */
  inputs: string[];
  /**
   * Globs of the copied paths that `.dockerignore` surely excludes. Their content never enters a build; but a link
   * among them changes what the generated ignore file lets in.
   */
  excludedPaths: string[];
  /** Patterns of files in copied folders that never enter a build: records of builds. */
  neverEntering: string[];
  /** Copied paths that the context's own `.dockerignore` excludes. */
  excluded: { source: ContextSource; path: string; rule: Rule }[];
}

/** Computes this from the paths that a Dockerfile copies. */
export function describeImageContext(sources: readonly ContextSource[], context: BuildContext): ImageContext {
  const links = new Set<string>();
  const paths = new Set<string>();
  const excluded: ImageContext['excluded'] = [];
  for (const source of sources) {
    const followed = source.path === '' ? { links: [], ends: [''] } : context.follow(source.path);
    for (const link of followed.links) links.add(link);
    const found = [...(hasWildcard(source.path) ? [source.path] : []), ...followed.links, ...followed.ends];
    for (const path of found) paths.add(path);
    const path = found.find((one) => findExclusion(one, context.own.rules) !== undefined);
    const rule = path === undefined ? undefined : findExclusion(path, context.own.rules);
    if (path !== undefined && rule) excluded.push({ source, path, rule });
  }
  const all = [...paths].sort();
  const isExcluded = (path: string): boolean => findExclusion(path, context.own.rules) !== undefined;
  const never = neverEntering(
    context.dir,
    context.outputDir,
    all,
    context.nxData,
    (path) => context.kindOf(path) === 'file',
    context.packageDepths,
  );
  return {
    dockerignore: writeDockerignore(all, context.own, never),
    inputs: contextInputs(
      all.filter((path) => !isExcluded(path)),
      links,
      context.kindOf,
    ),
    excludedPaths: all.filter(isExcluded).map(sourceGlob),
    neverEntering: never,
    excluded,
  };
}
