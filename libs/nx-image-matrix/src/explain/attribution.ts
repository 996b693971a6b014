import { join, posix } from 'node:path';
import type { Image } from '@nx-image-matrix/manifest';
import type { ChangedPath } from '../workspace/git-changes.ts';
import { inputFile } from '../matrix/inputs.ts';
import { movedBases } from './base-lines.ts';
import type { Cause } from './cause.ts';
import { editsOf, joined, joinRenames, optionEdits, pathsWithTargets, rolesOf, type Edit } from './edits.ts';
import { existenceCause } from './existence.ts';
import { changedFacts, keyOfFact, withoutConsequences, type ChangedFact } from './facts.ts';
import type { Difference } from './image-difference.ts';
import { optionCause } from './option-cause.ts';
import { outputLine } from './output-line.ts';
import { placeOfEdit, placeOfFact, type SourcePlace } from './places.ts';
import { readSource, type SourceFile } from './source-tree.ts';
import { relevantFacts } from './relevant-facts.ts';
import type { Side, SideImage } from './read-side.ts';
import type { Trials } from './trials.ts';

/** What else is known of a changed image. */
export interface Known {
  /** Its parents whose build has changed. */
  parents: readonly string[];
  /** Files that it copies and that have changed. */
  copied: readonly ChangedPath[];
}

/** Finds which changes of the sources make images differ. */
export class Attribution {
  readonly #before: Side;
  readonly #after: Side;
  readonly #trials: Trials;
  readonly #edits: readonly Edit[];
  /** Whether what the manifest says of an image may have changed. */
  readonly #hasFacts: boolean;

  constructor(before: Side, after: Side, changes: ReadonlyMap<string, ChangedPath>, trials: Trials) {
    this.#before = before;
    this.#after = after;
    this.#trials = trials;
    this.#edits = [...this.#sourceEdits(changes), ...this.#optionEdits()];
    this.#hasFacts = this.#edits.some(({ role }) => role === 'manifest' || role === 'option');
  }

  /** The causes of what differs in the generated files of an image, without parents and copied files. */
  ofChanged(old: SideImage, now: SideImage, difference: Difference, known: Known): Cause[] {
    if (difference.files.length === 0) return [];
    const changed = this.#hasFacts ? changedFacts(old.generated.image, now.generated.image) : [];
    const facts = relevantFacts(changed, old, now, known.parents);
    const bases = movedBases(old, now, this.#before, this.#after);
    const candidates = this.#edits.filter((edit) => this.#mayMatter(edit, { old, now, difference, facts, bases }));
    const edits = this.#thatMatter(candidates, old, now);
    const manifestEdits = edits.filter(({ role }) => role === 'manifest');
    const causes = [
      ...(edits.some(({ role }) => role === 'lock') ? bases : []),
      ...this.#factCauses(facts, manifestEdits, old, now),
      ...edits.flatMap((edit) => this.#sourceCause(edit, old, now, difference)),
    ];
    if (causes.length > 0 || known.parents.length > 0 || known.copied.length > 0) return causes;
    return this.#edits.flatMap((edit) => (edit.role === 'manifest' ? keyCause(edit) : []));
  }

  /** The causes of an image that is new. */
  ofAdded({ generated, matrix }: SideImage): Cause[] {
    const { image } = generated;
    const edits = this.#manifestEdits(matrix.file, (edit) => this.#trials.images(edit)?.has(image.name) === true);
    return [existenceCause(image, [...this.#before.images.values()], edits, 'added')];
  }

  /** The causes of an image that is not there any more. */
  ofRemoved({ generated, matrix }: SideImage): Cause[] {
    const { image } = generated;
    const edits = this.#manifestEdits(matrix.file, (edit) => this.#trials.images(edit)?.has(image.name) === false);
    return [existenceCause(image, [...this.#after.images.values()], edits, 'removed')];
  }

  #sourceEdits(changes: ReadonlyMap<string, ChangedPath>): Edit[] {
    const roles = rolesOf(this.#before, this.#after, changes.values());
    const all = [...roles].flatMap(([path, role]): Edit[] => {
      const change = changes.get(path);
      if (!change) return [];
      const [old, now] = [this.#file(this.#before, change.before, path), this.#file(this.#after, change.after, path)];
      const edits = editsOf(role, { ...change, ...(old && { old }), ...(now && { now }) });
      // Lines of a manifest that are not valid one without the other are one edit.
      const isTold = role !== 'manifest' || edits.length < 2 || edits.every((edit) => this.#trials.images(edit));
      return isTold ? edits : joined(edits);
    });
    return joinRenames(all);
  }

  #file({ workspace }: Side, tracked: ChangedPath['before'], path: string): SourceFile | undefined {
    return tracked && readSource(join(workspace.root, path));
  }

  #optionEdits(): Edit[] {
    const edits = new Map<string, Edit>();
    for (const manifest of this.#after.workspace.manifests) {
      const [old, now] = [this.#before, this.#after].map(({ workspace }) => workspace.optionsOf(manifest));
      for (const edit of old && now ? optionEdits(manifest, old, now) : []) {
        if (edit.option && !edits.has(edit.option.name)) edits.set(edit.option.name, edit);
      }
    }
    return [...edits.values()];
  }

  /** Those of the edits of manifests that pass a test, if there are several; all if none does. */
  #manifestEdits(manifest: string, test: (edit: Edit) => boolean): Edit[] {
    const all = this.#edits.filter(({ role }) => role === 'manifest' || role === 'option');
    const own = all.filter(({ path, role }) => role === 'option' || this.#partsOf(manifest).has(path));
    const candidates = own.length > 0 ? own : all;
    const found = candidates.length > 1 ? candidates.filter(test) : candidates;
    return found.length > 0 ? found : candidates;
  }

  #partsOf(manifest: string): ReadonlySet<string> {
    const paths = [this.#before, this.#after].flatMap(({ read, workspace }) =>
      read.matrices
        .filter(({ file }) => file === manifest)
        .flatMap(({ file, parts }) => pathsWithTargets(workspace.root, [file, ...parts.files])),
    );
    return new Set(paths);
  }

  #isInput(path: string, manifest: string, name: Parameters<typeof inputFile>[1]): boolean {
    const own = [inputFile(manifest, name)];
    return [this.#before, this.#after].some(({ workspace }) => pathsWithTargets(workspace.root, own).includes(path));
  }

  /** Whether an edit can be the cause of what differs, by what the image reads. */
  #mayMatter(
    { role, path }: Edit,
    { old, now, difference, facts, bases }: Changed & { facts: readonly ChangedFact[]; bases: readonly Cause[] },
  ): boolean {
    const { file } = now.matrix;
    const ignoreDiffers = difference.files.includes('Dockerfile.dockerignore');
    switch (role) {
      case 'manifest':
        return facts.length > 0 && this.#partsOf(file).has(path);
      case 'template':
        return [old, now].some((image) => reads(image, path));
      case 'lock':
        return bases.length > 0 && this.#isInput(path, file, 'baseLock');
      case 'dockerignore':
        return ignoreDiffers && this.#isInput(path, file, 'dockerignore');
      case 'link':
        return ignoreDiffers;
      case 'option':
        return true;
    }
  }

  /** Of several edits, those that change the image alone, or without which it would be another; all if time is up. */
  #thatMatter(candidates: readonly Edit[], old: SideImage, now: SideImage): Edit[] {
    if (candidates.length < 2) return [...candidates];
    const { name } = now.generated.image;
    const found = candidates.filter((edit) => {
      const made = this.#trials.made(edit, name);
      if (made === undefined || isOther(made, old)) return true;
      const unmade = this.#trials.unmade(edit, name);
      return unmade === undefined || isOther(unmade, now);
    });
    return found.length > 0 ? found : [...candidates];
  }

  #factCauses(facts: readonly ChangedFact[], edits: readonly Edit[], old: SideImage, now: SideImage): Cause[] {
    if (edits.length === 0) return [];
    const output = facts.length === 1 ? outputLine(old, now, 'Dockerfile') : undefined;
    return withoutConsequences(facts).map((fact): Cause => {
      const own = edits.length > 1 ? edits.filter((edit) => this.#changesFact(edit, fact, old.generated.image)) : edits;
      const place = placeOfFact(own.length > 0 ? own : edits, fact);
      const { kind, name, key, from, to } = fact;
      const change = from === undefined ? ('added' as const) : to === undefined ? ('removed' as const) : undefined;
      return {
        kind,
        name: name ?? key ?? kind,
        ...(change && { change }),
        ...(from !== undefined && { from }),
        ...(to !== undefined && { to }),
        ...place,
        ...(output && { output }),
      };
    });
  }

  #changesFact(edit: Edit, fact: ChangedFact, old: Image): boolean {
    const image = this.#trials.images(edit)?.get(old.name);
    return image !== undefined && changedFacts(old, image).some((one) => keyOfFact(one) === keyOfFact(fact));
  }

  #sourceCause(edit: Edit, old: SideImage, now: SideImage, { files }: Difference): Cause[] {
    if (edit.role === 'manifest' || edit.role === 'lock') return [];
    if (edit.role === 'option') return [optionCause(edit, this.#before.workspace, this.#after.workspace)];
    const made = edit.partial ? this.#trials.made(edit, now.generated.image.name) : now;
    const shown = made === undefined || made === 'none' ? now : made;
    const file = outputFile(edit, files);
    const output = file === undefined ? undefined : outputLine(old, shown, file);
    const kind =
      edit.role === 'dockerignore' ? 'dockerignore' : edit.role === 'link' ? 'copied-file' : templateKind(edit, files);
    return [{ kind, ...happening(edit), ...placeOfSource(edit), ...(output && { output }) }];
  }
}

interface Changed {
  old: SideImage;
  now: SideImage;
  difference: Difference;
}

function reads({ generated, matrix }: SideImage, path: string): boolean {
  return generated.templates.some((template) => posix.join(matrix.contextDir, template) === path);
}

function isOther(image: SideImage | 'none', known: SideImage): boolean {
  return image === 'none' || image.generated.digest !== known.generated.digest;
}

function keyCause(edit: Edit): Cause[] {
  return [{ kind: 'key', ...placeOfEdit(edit) }];
}

/** A file that is new or gone as a whole has no line. */
function placeOfSource(edit: Edit): SourcePlace {
  return edit.before && edit.after ? placeOfEdit(edit) : { file: edit.path };
}

/** The generated file that an edit shows in. */
function outputFile({ role, path }: Edit, files: readonly string[]): string | undefined {
  if (role === 'dockerignore' || role === 'link') return 'Dockerfile.dockerignore';
  const own = files.find((file) => isSourceOf(path, file));
  return own ?? (files.includes('Dockerfile') ? 'Dockerfile' : files.find((file) => file !== 'image.json'));
}

function templateKind({ path }: Edit, files: readonly string[]): 'template' | 'extra-file' {
  return files.some((file) => file !== 'Dockerfile' && isSourceOf(path, file)) ? 'extra-file' : 'template';
}

/** Whether a generated file is made from a file of a template folder. */
function isSourceOf(path: string, file: string): boolean {
  return path.endsWith(`/${file}`) || path.endsWith(`/${file}.liquid`);
}

function happening({ before, after, hunks, renamedFrom }: Edit): Partial<Cause> {
  if (renamedFrom !== undefined) return { change: 'renamed', from: renamedFrom };
  if (!before) return { change: 'added' };
  if (!after) return { change: 'removed' };
  if (before.mode !== after.mode && hunks.length === 0) {
    const isLink = [before, after].some(({ mode }) => mode === '120000');
    if (!isLink) return { change: 'mode', from: before.mode.slice(-3), to: after.mode.slice(-3) };
    return { change: 'kind' };
  }
  if (before.mode === '120000') {
    return { change: 'link', from: before.content.toString('utf8'), to: after.content.toString('utf8') };
  }
  return { change: 'content' };
}
