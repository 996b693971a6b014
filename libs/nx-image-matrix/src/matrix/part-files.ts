import { join } from 'node:path';
import { literalGlob } from '@nx-image-matrix/dockerfile';
import type { FileReader, ReadText } from '@nx-image-matrix/manifest';
import { liesWithin, targetInWorkspace } from '../fs/links.ts';
import { findFiles } from '../workspace/find-files.ts';
import { sha256 } from './generate-image.ts';
import { pathKind } from './path-kind.ts';
import { readText } from './read-sources.ts';

const questions = ['kindOf', 'find', 'read'] as const;

/** Digests of what was found, by question: `read` and a path, for example. */
export type Answers = Record<string, string>;

/** The files of a manifest besides its own. */
export interface Parts {
  /** Workspace-relative paths. */
  files: string[];
  /** Globs, relative to the workspace, of these and of those that would be if they existed. */
  inputs: string[];
  /** Files that look like one of these, and are not read because of their names. */
  strays: string[];
}

/**
 * Reads the further files of manifests, and notes what was asked and what the answer was. `texts` overrides files on
 * disk.
 */
export class PartFiles implements FileReader {
  readonly #workspaceRoot: string;
  readonly #texts: ReadonlyMap<string, string>;
  readonly #answers: Answers;
  readonly #read = new Map<string, ReadText>();
  readonly #files = new Set<string>();
  readonly #globs = new Set<string>();

  constructor(workspaceRoot: string, texts: ReadonlyMap<string, string> = new Map(), answers: Answers = {}) {
    this.#workspaceRoot = workspaceRoot;
    this.#texts = texts;
    this.#answers = answers;
  }

  kindOf(path: string): 'file' | 'folder' | 'nothing' {
    if (this.#texts.has(path)) return 'file';
    return this.#note('kindOf', path, kindInWorkspace(this.#workspaceRoot, path));
  }

  find(glob: string): string[] | undefined {
    this.#globs.add(glob);
    return this.#note('find', glob, findFiles(this.#workspaceRoot, glob));
  }

  read(path: string): ReadText {
    this.#files.add(path);
    const text = this.#texts.get(path);
    if (text !== undefined) return { text };
    const known = this.#read.get(path) ?? this.#note('read', path, readText(this.#workspaceRoot, path));
    this.#read.set(path, known);
    return known;
  }

  /** What was read. */
  parts(): Omit<Parts, 'strays'> {
    const files = [...this.#files];
    const targets = files.flatMap((path) => targetInWorkspace(this.#workspaceRoot, path) ?? []);
    return { files, inputs: [...new Set([...[...files, ...targets].map(literalGlob), ...this.#globs])] };
  }

  #note<T>(question: (typeof questions)[number], about: string, answer: T): T {
    this.#answers[`${question} ${about}`] = digestOf(answer);
    return answer;
  }
}

/** A path that overlaps with every folder in which a glob matches files. */
export function aroundGlob(glob: string): string {
  const [folder = glob] = glob.split(/(?:^|\/)\*\*/, 1);
  return folder;
}

/** What was asked, as paths and globs relative to the workspace. */
export function askedPaths(answers: Answers): { paths: string[]; globs: string[] } {
  const asked = Object.keys(answers);
  const of = (question: (typeof questions)[number]): string[] =>
    asked.flatMap((text) => (text.startsWith(`${question} `) ? [text.slice(question.length + 1)] : []));
  return { paths: [...of('kindOf'), ...of('read')], globs: of('find') };
}

/** The answers that the same questions get now. */
export function answersNow(workspaceRoot: string, answers: Answers): Answers {
  const now: Answers = {};
  const files = new PartFiles(workspaceRoot, undefined, now);
  for (const asked of Object.keys(answers).sort()) {
    const question = questions.find((name) => asked.startsWith(`${name} `));
    if (question) files[question](asked.slice(question.length + 1));
  }
  return now;
}

function digestOf(answer: unknown): string {
  return sha256(JSON.stringify(answer) ?? '');
}

/** A link out of the workspace is something, which cannot be read. */
function kindInWorkspace(workspaceRoot: string, path: string): 'file' | 'folder' | 'nothing' {
  const kind = pathKind(join(workspaceRoot, path));
  if (kind !== 'folder') return kind;
  return liesWithin(workspaceRoot, join(workspaceRoot, path)) ? 'folder' : 'file';
}
