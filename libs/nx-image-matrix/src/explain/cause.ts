/** What can be the cause of a change of an image. */
export const causeKinds = [
  'parent',
  'base-moved',
  'base-image',
  'version',
  'axis',
  'release',
  'release-type',
  'package',
  'argument',
  'component',
  'cuda',
  'label',
  'variable',
  'envar',
  'platforms',
  'secret',
  'ssh',
  'from',
  'template-name',
  'tags',
  'repositories',
  'key',
  'template',
  'extra-file',
  'copied-file',
  'dockerignore',
  'option',
  'base-unreadable',
] as const;

export type CauseKind = (typeof causeKinds)[number];

/** What happened to a file, a value or an image. */
type Happening = 'added' | 'removed' | 'renamed' | 'content' | 'mode' | 'link' | 'kind';

/** One reason why an image differs. */
export interface Cause {
  kind: CauseKind;
  /** What it is about: a project, a reference, an argument, a label, an axis. */
  name?: string;
  change?: Happening;
  /** The former and the present value; absent where they may be a credential. */
  from?: string;
  to?: string;
  /** Workspace-relative path of the source. */
  file?: string;
  /** In that file, from 1; of the former file if the line is gone. */
  line?: number;
  /** Whether the line is gone. */
  gone?: true;
  /** The line of a generated file where it shows. */
  output?: { file: string; line: number; instruction?: string; gone?: true };
}

/** An image that differs between two states, and why. */
export interface ExplainedImage {
  name: string;
  /** Workspace-relative path of its manifest. */
  manifest: string;
  change: 'changed' | 'added' | 'removed';
  /** Nearest first: what changes the image itself, then its parents. */
  causes: Cause[];
}
