import type { Workspace } from '../support/workspace.ts';
import { referencesOf } from './copied-files.ts';
import { commitSubmodule, readTree, writeSources } from './checkout.ts';
import { editAtRandom, type EditKind } from './edits/edit-at-random.ts';
import { Random } from './random.ts';
import { regenerate, renderWorkspace, type Rendering } from './rendering.ts';
import { copyOf, noSources, type Sources } from './sources.ts';
import { changedImages, type Moment } from './truth.ts';

export interface FuzzOptions {
  workspace: Workspace;
  sources: Sources;
  seed: number;
  edits: number;
  /** Checks Nx after this edit only; the previous ones only lead to it. */
  only?: number;
  /** Only edits of this kind. */
  kind?: EditKind;
  /** The images that are selected for a target. Default: those of `nx affected`. */
  selected?: (workspace: Workspace, target: string, rendering: Rendering) => readonly string[];
}

/** An edit after which Nx did not select what had changed. */
export interface Disagreement {
  edit: number;
  what: string[];
  regenerated: boolean;
  target: string;
  tooFew: string[];
  tooMany: string[];
}

interface Stand {
  workspace: Workspace;
  sources: Sources;
  moment: Moment;
}

/** Makes random edits one after the other, and compares what Nx selects with what has changed. */
export function fuzz({ workspace, sources, seed, edits, only, kind, selected }: FuzzOptions): Disagreement[] {
  const random = new Random(seed);
  const stand = commitStart(workspace, sources);
  const disagreements: Disagreement[] = [];
  for (let edit = 1; edit <= edits; edit++) {
    const { what, edited, rendering } = editUntilValid(stand, random, kind);
    const regenerated = random.chance(0.5);
    const target = random.chance(0.3) ? 'docker-push' : 'docker-build';
    const stays = random.chance(0.2);
    const synced = regenerated && random.chance(0.08);
    // The files of a removed manifest stay: nothing says any more where they are.
    if (synced && !losesManifest(stand, edited)) expectSyncToWrite(stand, rendering);
    if (regenerated) regenerate(workspace.root, stand.moment.rendering, rendering);
    const after = { rendering, tree: readTree(workspace.root) };
    if (only === undefined || only === edit) {
      const expected = selected ? changedImages(stand.moment, after) : expectedImages(stand, edited, after);
      const names = selected ? selected(workspace, target, rendering) : workspace.affected(target);
      const found = compare(new Set(names), target, expected, rendering);
      if (found.tooFew.length + found.tooMany.length > 0) {
        disagreements.push({ edit, what, regenerated, target, ...found });
      }
    }
    if (edit === only) return disagreements;
    if (stays) commit(stand, edited, rendering);
    else putBack(stand, edited);
  }
  return disagreements;
}

function commitStart(workspace: Workspace, sources: Sources): Stand {
  writeSources(workspace.root, noSources, sources);
  const rendering = renderWorkspace(workspace.root, [...sources.manifests.keys()]);
  if (typeof rendering === 'string') throw new Error(rendering);
  const stand: Stand = { workspace, sources, moment: { rendering, tree: new Map() } };
  commit(stand, sources, rendering);
  return stand;
}

/** Undoes edits that cause errors, because then there is no graph. */
function editUntilValid(
  stand: Stand,
  random: Random,
  kind?: EditKind,
): { what: string[]; edited: Sources; rendering: Rendering } {
  const images = [...stand.moment.rendering.values()];
  const references = images.map(({ reference }) => reference);
  const named = images.flatMap(referencesOf).map((reference) => reference.replace(/@.*/, ''));
  const externals = [...new Set(named)].filter((one) => one.includes(':') && !references.includes(one)).sort();
  for (;;) {
    const edited = copyOf(stand.sources);
    const what = editAtRandom({ sources: edited, random, references, externals }, kind);
    writeSources(stand.workspace.root, stand.sources, edited);
    const rendering = renderWorkspace(stand.workspace.root, [...edited.manifests.keys()]);
    if (typeof rendering !== 'string' && rendering.size <= 60) return { what, edited, rendering };
    putBack(stand, edited);
  }
}

/** @throws Error if `nx sync` leaves other files than those that were rendered. */
function expectSyncToWrite({ workspace, moment }: Stand, rendering: Rendering): void {
  workspace.nxOk('sync');
  const synced = readTree(workspace.root);
  regenerate(workspace.root, moment.rendering, rendering);
  const wanted = readTree(workspace.root);
  const paths = new Set([...synced.keys(), ...wanted.keys()]);
  const wrong = [...paths].filter((path) => synced.get(path) !== wanted.get(path));
  if (wrong.length > 0) throw new Error(`nx sync did not bring in step: ${wrong.join(', ')}`);
}

/** All, if a manifest is removed: Nx does not know which projects a deleted file was for. */
function expectedImages(stand: Stand, edited: Sources, after: Moment): ReadonlySet<string> {
  return losesManifest(stand, edited) ? new Set(after.rendering.keys()) : changedImages(stand.moment, after);
}

function losesManifest({ sources }: Stand, edited: Sources): boolean {
  return [...sources.manifests.keys()].some((file) => !edited.manifests.has(file));
}

function compare(
  selected: ReadonlySet<string>,
  target: string,
  changed: ReadonlySet<string>,
  rendering: Rendering,
): { tooFew: string[]; tooMany: string[] } {
  const expected = [...changed].filter((name) => target === 'docker-build' || rendering.get(name)!.pushed);
  return {
    tooFew: expected.filter((name) => !selected.has(name)).sort(),
    tooMany: [...selected].filter((name) => !expected.includes(name)).sort(),
  };
}

/** The edited state becomes the start of later edits. */
function commit(stand: Stand, edited: Sources, rendering: Rendering): void {
  regenerate(stand.workspace.root, stand.moment.rendering, rendering);
  for (const folder of edited.submodules.keys()) commitSubmodule(stand.workspace.root, folder);
  stand.workspace.commit('edit');
  stand.sources = edited;
  stand.moment = { rendering, tree: readTree(stand.workspace.root) };
}

/** Git does not touch ignored files, so restore the sources first. */
function putBack({ workspace, sources }: Stand, edited: Sources): void {
  writeSources(workspace.root, edited, sources);
  workspace.reset();
}
