import type { Diagnostic, DiagnosticCode } from '@nx-image-matrix/diagnostics';
import type { Entry, Item, Node, Place } from './tree.ts';

export interface ProblemDetails {
  hint?: string;
  /** The value at this place must not be shown. */
  conceal?: true;
  /** The value is valid in shape, and conclusions from it hold: a credential in the wrong place, for example. */
  harmless?: true;
  /** One report for this place is enough, whatever the message. */
  once?: true;
  /** The manifest can be used all the same. */
  warning?: true;
}

const MAX_LENGTH = 500;
/** With this many errors, it is not the file it seems to be. */
const MOST = 1_000;

/** Problems found in a manifest, and the parts of its tree that allow no more conclusions. */
export class Problems {
  readonly diagnostics: Diagnostic[] = [];
  readonly file: string;
  readonly #seen = new Set<string>();
  readonly #tainted = new Set<Place>();

  constructor(file: string) {
    this.file = file;
  }

  /** Reports an error or a warning, once per code, place and message. */
  add(place: Place, code: DiagnosticCode, message: string, details: ProblemDetails = {}): void {
    if (!details.harmless && !details.warning) this.taint(place);
    const key = JSON.stringify([place.line, place.column, code, details.once ? '' : message]);
    if (this.#seen.has(key) || this.diagnostics.length >= MOST) return;
    this.#seen.add(key);
    const { line, column } = place;
    this.diagnostics.push({
      file: this.file,
      line,
      column,
      code,
      severity: details.warning ? 'warning' : 'error',
      message: shortened(message),
      ...(details.hint && { hint: shortened(details.hint) }),
      ...(details.conceal && { conceal: true }),
    });
  }

  /** Marks a part of the tree that allows no more conclusions. */
  taint(place: Place): void {
    this.#tainted.add(place);
  }

  isTainted(place: Place): boolean {
    return this.#tainted.has(place);
  }

  /** Whether nothing was reported for this node or below it. */
  isSound(node: Node, checked = new Set<Node>()): boolean {
    if (node.kind === 'hole' || this.#tainted.has(node)) return false;
    if (node.kind === 'scalar' || checked.has(node)) return true;
    checked.add(node);
    const children: (Item | Entry)[] = node.kind === 'list' ? node.items : [...node.entries.values()];
    return children.every(
      (child) =>
        !this.#tainted.has(child.at) &&
        !('key' in child && this.#tainted.has(child.key)) &&
        this.isSound(child.value, checked),
    );
  }
}

/** Quoted values can be of any length; the beginning is enough. */
function shortened(text: string): string {
  const quoted = text.replace(/`([^`]{80})[^`]+`/g, '`$1...`');
  return quoted.length > MAX_LENGTH ? `${quoted.slice(0, MAX_LENGTH)}...` : quoted;
}
