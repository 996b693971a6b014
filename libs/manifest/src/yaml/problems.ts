import { type Diagnostic, type DiagnosticCode, forImages } from '@nx-image-matrix/diagnostics';
import type { Entry, Item, Node, Place } from './tree.ts';

export interface ProblemDetails {
  hint?: string;
  /** The value at this place must not be shown. */
  conceal?: true;
  /** The value is valid in shape, and conclusions from it hold: a credential in the wrong place, for example. */
  harmless?: true;
  /** One report for this place is enough, whatever the message. */
  once?: true;
  /** A warning: the manifest can still be used. */
  warning?: true;
  /** Name of the image that has the problem, if others may not have it. */
  image?: string;
}

const MAX_LENGTH = 500;
const MAX_QUOTED = 80;
/** With this many errors, it is not the file it seems to be. */
const MAX_PROBLEMS = 1_000;

interface Reported {
  diagnostic: Diagnostic;
  message: string;
  images: Set<string>;
}

/** Problems found in a manifest, and the parts of its tree that allow no more conclusions. */
export class Problems {
  readonly diagnostics: Diagnostic[] = [];
  readonly file: string;
  readonly #seen = new Map<string, Reported>();
  readonly #tainted = new Set<Place>();

  constructor(file: string) {
    this.file = file;
  }

  /**
   * Reports an error or a warning, once per code, place and message. If several images have it, the message names the
   * first and counts the others.
   */
  add(place: Place, code: DiagnosticCode, message: string, details: ProblemDetails = {}): void {
    if (!details.harmless && !details.warning) this.taint(place);
    const key = keyOf(place, code, details.once ? '' : message);
    const reported = this.#seen.get(key) ?? this.#report(place, code, shortened(message), details);
    if (!reported) return;
    this.#seen.set(key, reported);
    if (details.image !== undefined) nameImage(reported, details.image);
  }

  #report(
    { file = this.file, line, column }: Place,
    code: DiagnosticCode,
    message: string,
    details: ProblemDetails,
  ): Reported | undefined {
    if (this.diagnostics.length >= MAX_PROBLEMS) return undefined;
    const diagnostic: Diagnostic = {
      file,
      line,
      column,
      code,
      severity: details.warning ? 'warning' : 'error',
      message,
      ...(details.hint && { hint: shortened(details.hint) }),
      ...(details.conceal && { conceal: true }),
    };
    this.diagnostics.push(diagnostic);
    return { diagnostic, message, images: new Set() };
  }

  /** Marks a part of the tree that allows no more conclusions. */
  taint(place: Place): void {
    this.#tainted.add(place);
  }

  /** Whether a problem that counts once was reported for this place. */
  isReported(place: Place, code: DiagnosticCode): boolean {
    return this.#seen.has(keyOf(place, code, ''));
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

function keyOf({ file, line, column }: Place, code: DiagnosticCode, message: string): string {
  return JSON.stringify([file, line, column, code, message]);
}

function nameImage({ diagnostic, message, images }: Reported, image: string): void {
  const [first = image] = images.add(image);
  diagnostic.message = `${message} ${forImages(first, images.size - 1)}`;
}

/** Quoted values can be of any length; the beginning is enough. */
function shortened(text: string): string {
  const quoted = text.replace(/`([^`]*)`/g, (whole, value: string) =>
    value.length > MAX_QUOTED ? `\`${value.slice(0, MAX_QUOTED)}...\`` : whole,
  );
  return quoted.length > MAX_LENGTH ? `${quoted.slice(0, MAX_LENGTH)}...` : quoted;
}
