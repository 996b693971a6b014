import { posix } from 'node:path';
import type { Diagnostic } from '@nx-image-matrix/diagnostics';
import type { GitAnswer } from '../workspace/git.ts';
import { ASKING } from '../workspace/finished-graph.ts';
import type { FoundProducers } from '../workspace/producers.ts';
import { inputFilesOf } from './inputs.ts';
import { pathsToMake, rootOf } from './produced-files.ts';
import type { Matrix } from './matrix.ts';

/** Templates that the images of a manifest are rendered from, relative to the workspace. */
export function templatesOf({ contextDir, images }: Matrix): Set<string> {
  const lists = new Set(images.map(({ templates }) => templates));
  return new Set([...lists].flat().map((path) => posix.join(contextDir, path)));
}

/** Warnings for whole manifests: git has no answer, or ignores files that images are made from; files are not read. */
export function gitWarnings(matrices: readonly Matrix[], git: GitAnswer): Diagnostic[] {
  const warnings: Diagnostic[] = [];
  for (const matrix of matrices) {
    const { file, parts } = matrix;
    const ignored = [...templatesOf(matrix), ...parts.files, ...inputFilesOf(file)]
      .filter((path) => git.ignored.has(path))
      .sort();
    if (ignored.length > 0) warnings.push(ignoredTemplates(file, ignored));
    warnings.push(...parts.strays.map((stray) => unreadPart(file, stray)));
  }
  const [first] = matrices;
  if (git.problem !== undefined && first) warnings.push(noAnswer(first.file, git.problem));
  return warnings;
}

function noAnswer(file: string, problem: string): Diagnostic {
  return {
    code: 'git-failed',
    severity: 'warning',
    file,
    line: 1,
    column: 1,
    message: `Git did not say which files it ignores: ${problem.replace(/\s*\n\s*/g, ' ')}`,
    hint: cureOf(problem),
  };
}

/** The message of git 2.35 and later: https://git-scm.com/docs/git-config#Documentation/git-config.txt-safedirectory */
function cureOf(problem: string): string {
  const cure = /dubious ownership/.test(problem)
    ? 'Let git use the checkout of another user: git config --global --add safe.directory "$(pwd)".'
    : /not a git repository/.test(problem)
      ? '"nx affected" compares commits, so the workspace has to be in a git repository.'
      : /not found/.test(problem)
        ? 'Install git, and see that it is in PATH.'
        : 'Run "git status" in the workspace, and put right what it says.';
  return `${cure} Until then images count as stale.`;
}

function unreadPart(manifest: string, file: string): Diagnostic {
  return {
    code: 'unread-file',
    severity: 'warning',
    file,
    line: 1,
    column: 1,
    message: `${file} looks like a file of ${manifest}, and is not read because of its name`,
    hint: 'let its name end in .yml or .yaml, or move it elsewhere',
  };
}

function ignoredTemplates(file: string, templates: readonly string[]): Diagnostic {
  const [first = '', ...others] = templates;
  const more = others.length > 0 ? ` and ${others.length} more` : '';
  return {
    code: 'ignored-template',
    severity: 'warning',
    file,
    line: 1,
    column: 1,
    message:
      `git ignores "${first}"${more}, which images are rendered from. Nx's daemon does not see such a file change, ` +
      'and "nx affected" does not either.',
    hint: 'let git track it, or run "nx reset" after each edit',
  };
}

/** A target may create what images copy, but without a graph it is unknown. */
export function graphWarnings(matrices: readonly Matrix[], { problem }: { problem?: string }): Diagnostic[] {
  const [first] = matrices;
  if (problem === undefined || !first) return [];
  return [
    {
      code: 'graph-failed',
      severity: 'warning',
      file: first.file,
      line: 1,
      column: 1,
      message: `Nx did not say which targets make what images copy: ${problem}`,
      hint: 'run "NX_DAEMON=false nx graph --file=graph.json", and put right what it says; until then images do not depend on such targets',
    },
  ];
}

/**
 * Copied paths that are not committed and that no known target creates: each once, for the first image that copies it.
 */
export function copyWarnings(
  matrices: readonly Matrix[],
  git: GitAnswer,
  { producers, problem }: FoundProducers,
): Diagnostic[] {
  // While the graph with the targets is being made, none is known.
  if (git.ignored.size === 0 || problem !== undefined || process.env[ASKING] !== undefined) return [];
  const warnings = new Map<string, Diagnostic>();
  for (const matrix of matrices) {
    for (const generated of matrix.images) {
      for (const [path, source] of pathsToMake(matrix, generated, git)) {
        if (warnings.has(path) || !git.ignored.has(path) || (producers.get(path) ?? []).length > 0) continue;
        warnings.set(path, copiesIgnored(`${rootOf(matrix, generated)}/Dockerfile`, path, source));
      }
    }
  }
  return [...warnings.values()];
}

function copiesIgnored(file: string, path: string, { line, column }: { line: number; column: number }): Diagnostic {
  return {
    code: 'copies-ignored-file',
    severity: 'warning',
    file,
    line,
    column,
    message: `"${path}" is copied, but git ignores it and no target is known to make it, so "nx affected" does not see it change.`,
    hint: 'commit it, or declare it among the outputs of the target that makes it',
  };
}
