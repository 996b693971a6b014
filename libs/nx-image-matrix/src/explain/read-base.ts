import { parse } from 'jsonc-parser';
import type { NxJsonConfiguration } from '@nx/devkit';
import { isObject } from '@nx-image-matrix/engine/unknown';
import { manifestOptions } from '../options/manifest-options.ts';
import type { ChangedPath } from '../workspace/git-changes.ts';
import { manifestsAmong } from '../workspace/manifests.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { addSources } from './base-sources.ts';
import type { Present } from './read-present.ts';
import { readSide, type Side } from './read-side.ts';
import type { SourceTree } from './source-tree.ts';

/** Readings until nothing is missing; each finds what the one before asked for. */
const MOST_ROUNDS = 10;

/**
 * Renders the images of an earlier state of a workspace into memory. Puts the sources that rendering asks for into
 * `tree`: first those that the present state needs, then what is asked for beyond.
 * @throws Error if the options of the plugin were invalid then, or git fails.
 */
export function readBase(
  { side: present, expanded }: Present,
  tree: SourceTree,
  changes: ReadonlyMap<string, ChangedPath>,
): Side {
  const workspace = baseWorkspace(present.workspace, tree, changes);
  const { root } = present.workspace;
  addSources(tree, root, workspace.manifests, present.read.sources, changes);
  for (let round = 1; ; round++) {
    const side = readSide(workspace, { ...(expanded && { expanded }) });
    const isMissing = addSources(tree, root, workspace.manifests, side.read.sources, changes);
    if (!isMissing || round >= MOST_ROUNDS) return side;
  }
}

function baseWorkspace(present: Workspace, tree: SourceTree, changes: ReadonlyMap<string, ChangedPath>): Workspace {
  const before = [...changes.values()].flatMap(({ path, before: file }) => (file ? [path] : []));
  const existed = (manifest: string): boolean => tree.kindOf(manifest) !== 'nothing';
  return {
    ...present,
    root: tree.root,
    manifests: [...new Set([...present.manifests, ...manifestsAmong(before)])].filter(existed).sort(),
    optionsOf: changes.has('nx.json') ? optionsBefore(present.root, tree) : present.optionsOf,
  };
}

function optionsBefore(workspaceRoot: string, tree: SourceTree): Workspace['optionsOf'] {
  return manifestOptions(nxJsonOf(tree.file('nx.json')?.content), workspaceRoot);
}

function nxJsonOf(content: Buffer | undefined): NxJsonConfiguration {
  const parsed: unknown = content === undefined ? {} : parse(content.toString('utf8'));
  return isNxJson(parsed) ? parsed : {};
}

function isNxJson(value: unknown): value is NxJsonConfiguration {
  return isObject(value) && (value['plugins'] === undefined || Array.isArray(value['plugins']));
}
