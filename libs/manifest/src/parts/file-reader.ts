import type { DiagnosticCode } from '@nx-image-matrix/diagnostics';

/** The text of a file, or why and at which place it cannot be used. */
export type ReadText =
  | { text: string }
  | { problem: { code: DiagnosticCode; message: string; hint?: string; line: number; column: number } };

/** Reads the other files of a manifest. Paths are relative to the workspace, with `/`. Never throws. */
export interface FileReader {
  /** The kind of a path, links followed. */
  kindOf(path: string): 'file' | 'folder' | 'nothing';
  /**
   * Sorted paths of the files that match a glob of `*`, `**`, `?` and `{a,b}`, or `undefined` if there are too many
   * folders to look into.
   */
  find(glob: string): string[] | undefined;
  read(path: string): ReadText;
}

/** A manifest without other files. */
export const noFiles: FileReader = {
  kindOf: () => 'nothing',
  find: () => [],
  read: (path) => ({ problem: { code: 'unreadable-file', message: `${path} cannot be read`, line: 1, column: 1 } }),
};
