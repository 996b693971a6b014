import type { DiagnosticCode } from '@nx-image-matrix/diagnostics';

/** A place in a manifest; both count from 1. */
export interface Place {
  /** The file of that place, relative to the workspace; absent for the manifest itself. */
  file?: string;
  line: number;
  column: number;
}

/** The place of a node, without the node. */
export function barePlace({ file, line, column }: Place): Place {
  return file === undefined ? { line, column } : { file, line, column };
}

/** Reports a problem at a place. */
export type Report = (place: Place, code: DiagnosticCode, message: string, hint?: string) => void;

/** A scalar with its source text and its YAML value: `3.10` is the text `3.10` and the number 3.1. */
export interface ScalarNode extends Place {
  kind: 'scalar';
  value: string | number | boolean | null;
  text: string;
}

interface ListNode extends Place {
  kind: 'list';
  items: Item[];
}

export interface MapNode extends Place {
  kind: 'map';
  /** In source order; merged entries after the map's own. */
  entries: Map<string, Entry>;
}

/** Replaces a node that was already reported, such as an unknown alias; skip it. */
interface Hole extends Place {
  kind: 'hole';
}

/** Aliases share nodes, so a mistake reached twice is the same node. */
export type Node = ScalarNode | ListNode | MapNode | Hole;

export interface Item {
  value: Node;
  /** Where the value is written; for an alias, the alias. */
  at: Place;
}

export interface Entry extends Item {
  key: ScalarNode;
}

/** Whether a key is ignored at every level. */
export function isExtension(key: string): boolean {
  return key.startsWith('x-');
}
