import type { Diagnostic, DiagnosticCode } from '@nx-image-matrix/diagnostics';
import type { Entry, Item, Node, Place } from './tree.ts';

export interface ProblemDetails {
  hint?: string;
  /** The value at this place must not be shown. */
  conceal?: true;
  /** The value is of the right shape, and what follows from it holds: a credential in the wrong place, say. */
  harmless?: true;
  /** One report for this place is enough, whatever the message says. */
  once?: true;
}

const MAX_LENGTH = 500;
/** So many mistakes are one: the file is not what it seems. */
const MOST = 1_000;

/** What is wrong with a manifest so far, and which parts of its tree nothing should be concluded from any more. */
export class Problems {
  readonly diagnostics: Diagnostic[] = [];
  readonly file: string;
  readonly #seen = new Set<string>();
  readonly #tainted = new Set<Place>();

  constructor(file: string) {
    this.file = file;
  }

  /** Reports an error, once for the same code, place and message. */
  add(place: Place, code: DiagnosticCode, message: string, details: ProblemDetails = {}): void {
    if (!details.harmless) this.taint(place);
    const key = JSON.stringify([place.line, place.column, code, details.once ? '' : message]);
    if (this.#seen.has(key) || this.diagnostics.length >= MOST) return;
    this.#seen.add(key);
    const { line, column } = place;
    this.diagnostics.push({
      file: this.file,
      line,
      column,
      code,
      severity: 'error',
      message: shortened(message),
      ...(details.hint && { hint: shortened(details.hint) }),
      ...(details.conceal && { conceal: true }),
    });
  }

  /** Marks a part of the tree as one that nothing should be concluded from. */
  taint(place: Place): void {
    this.#tainted.add(place);
  }

  isTainted(place: Place): boolean {
    return this.#tainted.has(place);
  }

  /** Whether neither this node nor anything below it was reported. */
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

/** Quotes of a manifest may be of any length; the beginning says enough. */
function shortened(text: string): string {
  const quoted = text.replace(/`([^`]{80})[^`]+`/g, '`$1...`');
  return quoted.length > MAX_LENGTH ? `${quoted.slice(0, MAX_LENGTH)}...` : quoted;
}
