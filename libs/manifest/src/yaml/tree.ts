import type { DiagnosticCode } from '@nx-image-matrix/diagnostics';

/** Where something stands in the manifest; both count from 1. */
export interface Place {
  line: number;
  column: number;
}

/** Takes what is wrong at a place. */
export type Report = (place: Place, code: DiagnosticCode, message: string, hint?: string) => void;

/** A scalar that keeps its source text beside what YAML reads it as: `3.10` is the text `3.10` and the number 3.1. */
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
  /** In the order of the source, merged ones after the map's own. */
  entries: Map<string, Entry>;
}

/** Stands for something that was already reported, such as an unknown alias: whoever meets it passes over it. */
interface Hole extends Place {
  kind: 'hole';
}

/** Aliases are resolved by sharing, so the same mistake reached twice is the same node. */
export type Node = ScalarNode | ListNode | MapNode | Hole;

export interface Item {
  value: Node;
  /** Where the value is written: the alias, if it is one. */
  at: Place;
}

export interface Entry extends Item {
  key: ScalarNode;
}

/** Whether a key is one of those that are ignored everywhere. */
export function isExtension(key: string): boolean {
  return key.startsWith('x-');
}
