import { join } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { formatDiagnostics, suggest, type Diagnostic } from '@nx-image-matrix/diagnostics';
import { currentDigests, EngineError, findCredentials, runMemory } from '@nx-image-matrix/engine';
import { matchesWildcard } from '@nx-image-matrix/dockerfile';
import { readBaseLock } from '@nx-image-matrix/manifest';
import { normalizeReference } from '@nx-image-matrix/manifest/reference';
import { refuseLinks } from '../../fs/links.ts';
import { replaceFile } from '../../fs/replace-file.ts';
import { generatedImagesOf, type AllMatrices } from '../../matrix/generated-images-of.ts';
import { hasErrors } from '../../matrix/has-errors.ts';
import { inputFile, readInput } from '../../matrix/inputs.ts';
import type { ResolvedOptions } from '../../options/resolve-options.ts';
import { mirrorsFor } from '../../repositories/mirrors.ts';
import { sourceReader } from '../../workspace/source-reader.ts';
import { workspaceOfRun, type Workspace } from '../../workspace/workspace.ts';
import { basesOf, type Bases } from './bases.ts';
import { planRefresh, type RefreshPlan } from './plan-refresh.ts';
import { refreshProgress } from './progress.ts';
import { writeStaleImages } from './write-files.ts';

/** What to refresh. */
export interface RefreshRequest {
  /** Workspace-relative path of the manifest. */
  manifest: string;
  /** Whether to write nothing. */
  check: boolean;
  /** Patterns of references; all if there are none. */
  only: readonly string[];
}

/** The result of a refresh. */
export interface Refresh extends RefreshPlan {
  /** Workspace-relative path. */
  lockFile: string;
  bases: Bases;
  /** Whether the lock was written. */
  written: boolean;
  /** Workspace-relative folders of images whose files were written. */
  folders: string[];
  /** What mirrors failed with, in words. */
  notes: string[];
}

type RefreshContext = Pick<ExecutorContext, 'root' | 'nxJsonConfiguration' | 'projectsConfigurations'>;

/**
 * Asks registries for the external bases of a manifest, then writes its lock in one step, then the generated files. A
 * registry that fails leaves its lines as they are.
 *
 * @throws Error with all diagnostics, if a manifest or a template has errors; if no reference matches; if a file cannot
 * be written. EngineError `interrupted`, before anything is written.
 */
export async function refreshBases(
  { manifest, check, only }: RefreshRequest,
  context: RefreshContext,
  { signal, print }: { signal: AbortSignal; print: (line: string) => void },
): Promise<Refresh> {
  // The generated files are for all runs, as for `nx sync`.
  const workspace = { ...workspaceOfRun(context), environment: { ...process.env, IMAGE_VERSION: undefined } };
  const lockFile = inputFile(manifest, 'baseLock');
  const text = readLock(workspace, manifest);
  const bases = basesOf(manifest, render(workspace, new Map([[lockFile, '']])).matrices);
  const isSelected = selection(only, [...bases.bases.map(({ reference }) => reference), ...linesOf(text)]);
  const selected = bases.bases.map(({ reference }) => reference).filter(isSelected);
  const { digests, notes } = await ask(selected, workspace.optionsOf(manifest), { signal, print });
  const plan = planRefresh(text, { bases: bases.bases, digests, isSelected, all: only.length === 0 });
  const unwritten = { ...plan, lockFile, bases, notes, written: false, folders: [] };
  if (check) return unwritten;
  // What can fail comes before the first file is written.
  const { matrices } = render(workspace, new Map(plan.text === undefined ? [] : [[lockFile, plan.text]]));
  const images = matrices.flatMap((matrix) => matrix.images).filter(({ image }) => bases.affected.has(image.name));
  for (const path of [lockFile, ...images.map(({ document }) => document.folder)]) {
    refuseLinks(workspace.root, join(workspace.root, path));
  }
  if (signal.aborted) throw new EngineError('interrupted', 'docker-refresh was interrupted; nothing was written');
  const written = writeLock(workspace, manifest, { before: text, after: plan.text });
  const folders = writeStaleImages(workspace.root, images);
  return { ...unwritten, written, folders };
}

function linesOf(text: string | undefined): Iterable<string> {
  return readBaseLock(text ?? '', '').lock.keys();
}

/** @throws Error with the diagnostics of a lock that cannot be read */
function readLock({ root }: Workspace, manifest: string): string | undefined {
  const diagnostics: Diagnostic[] = [];
  const text = readInput(root, manifest, 'baseLock', diagnostics);
  if (text !== undefined) diagnostics.push(...readBaseLock(text, inputFile(manifest, 'baseLock')).diagnostics);
  if (diagnostics.length > 0) throw new Error(formatDiagnostics(diagnostics, sourceReader(root, new Map())));
  return text;
}

function render(workspace: Workspace, texts: ReadonlyMap<string, string>): AllMatrices {
  const matrices = generatedImagesOf(workspace, { texts });
  if (!hasErrors(matrices.diagnostics)) return matrices;
  throw new Error(formatDiagnostics(matrices.diagnostics, sourceReader(workspace.root, matrices.dockerfiles)));
}

/** Writes the lock, if its text changes. @throws Error if something else has written it meanwhile */
function writeLock(
  { root }: Workspace,
  manifest: string,
  { before, after }: { before: string | undefined; after: string | undefined },
): boolean {
  if (after === undefined || after === before) return false;
  const lockFile = inputFile(manifest, 'baseLock');
  if (readInput(root, manifest, 'baseLock') !== before) {
    throw new Error(
      `${lockFile} has changed while registries were asked; nothing was written. Run docker-refresh again.`,
    );
  }
  replaceFile(root, join(root, lockFile), after);
  return true;
}

/** Whether a reference is wanted. @throws Error if none is */
function selection(patterns: readonly string[], references: readonly string[]): (reference: string) => boolean {
  if (patterns.length === 0) return () => true;
  const isSelected = (reference: string): boolean =>
    [reference, normalizeReference(reference)].some((name) =>
      patterns.some((pattern) => matchesWildcard(pattern, name)),
    );
  if (references.some(isSelected)) return isSelected;
  const near = patterns.map((pattern) => suggest(pattern, references)).find((name) => name !== undefined);
  const hint =
    near === undefined ? `there are ${references.slice(0, 10).join(', ') || 'none'}` : `did you mean "${near}"?`;
  throw new Error(`No external base image matches ${patterns.map((pattern) => `"${pattern}"`).join(' or ')}; ${hint}`);
}

interface Asking {
  signal: AbortSignal;
  print: (line: string) => void;
}

async function ask(
  references: readonly string[],
  options: ResolvedOptions,
  { signal, print }: Asking,
): Promise<{ digests: Awaited<ReturnType<typeof currentDigests>>; notes: string[] }> {
  const memory = runMemory();
  const notes = new Map<string, string>();
  const progress = refreshProgress(references, print);
  try {
    const digests = await currentDigests(references, {
      credentials: (registry) => findCredentials(registry, process.env, memory),
      insecure: options.insecureRegistries,
      mirrors: await mirrorsFor(references, options),
      signal,
      onAnswer: (registry) => progress.answered(registry),
      onNote: (registry, line) => progress.note(registry, line),
      onMirrorFailed: ({ registry }, error) => {
        if (!notes.has(registry)) notes.set(registry, `${error.message}; the registry itself is asked instead`);
      },
    });
    return { digests, notes: [...notes.values()] };
  } finally {
    progress.stop();
  }
}
