import { suggest } from '@nx-image-matrix/diagnostics';
import type { Entry, Item, MapNode, Node, Place, Problems, ScalarNode } from '@nx-image-matrix/manifest/yaml';
import { readPattern, type Pattern } from '../pattern.ts';

/** How a file is read. */
export interface Reading {
  problems: Problems;
  /** JSON is matched as Go does it: keys in any case. */
  anyCase: boolean;
}

/** `yes` and its kind are booleans where one is wanted, as in YAML 1.1. */
const yes = new Set(['true', 'yes', 'on', 'y']);
const no = new Set(['false', 'no', 'off', 'n']);

/** Reads the keys of one map, each by its type, and in the end reports those that nothing has asked for. */
export class Fields {
  readonly #node: MapNode | undefined;
  readonly #at: Place;
  readonly #what: string;
  readonly #reading: Reading;
  readonly #known = new Set<string>();

  /** `what` is the key of the map, for messages. */
  constructor(item: Item, what: string, reading: Reading) {
    this.#reading = reading;
    this.#what = what;
    this.#at = item.at;
    this.#node = item.value.kind === 'map' ? item.value : undefined;
    if (!this.#node && item.value.kind !== 'hole') this.#wrong(item.at, what, 'a map', item.value);
  }

  /** Where the map is. */
  get at(): Place {
    return this.#at;
  }

  /** Whether the value is a map. */
  get isMap(): boolean {
    return this.#node !== undefined;
  }

  /** The entry of a key, unless nothing is after it. Further names are older spellings of the same key. */
  entry(key: string, ...aliases: string[]): Entry | undefined {
    const names = [key, ...aliases];
    for (const name of names) this.#known.add(name);
    const found = names.flatMap((name) => this.#find(name) ?? [])[0];
    return found && isNothing(found.value) ? undefined : found;
  }

  /** Whether a key is present, even with nothing after it. */
  has(key: string): boolean {
    this.#known.add(key);
    return this.#find(key) !== undefined;
  }

  /** Any scalar counts as a text, as it is written. */
  text(key: string): string | undefined {
    const entry = this.entry(key);
    return entry && this.#scalar(entry, `\`${key}\``)?.text;
  }

  /** A text that must be there and must not be empty. */
  required(key: string): string {
    const text = this.text(key);
    if (!text && this.isMap && this.entry(key)?.value.kind !== 'list' && this.entry(key)?.value.kind !== 'map') {
      this.missing(key);
    }
    return text ?? '';
  }

  /** Reports a key that must be there. */
  missing(key: string): void {
    this.#reading.problems.add(this.#at, 'missing-key', `\`${key}\` is missing in \`${this.#what}\``);
  }

  /** Reports a value that cannot be used. */
  bad(key: string, message: string, hint?: string): void {
    const place = this.#find(key)?.at ?? this.#at;
    this.#reading.problems.add(place, 'bad-test', message, { hint });
  }

  flag(key: string, otherwise: boolean): boolean {
    const entry = this.entry(key);
    if (!entry) return otherwise;
    const text = this.#scalar(entry, `\`${key}\``)?.text.toLowerCase();
    if (text === undefined) return otherwise;
    if (yes.has(text)) return true;
    if (!no.has(text)) this.#wrong(entry.at, key, '`true` or `false`', entry.value);
    return false;
  }

  /** A whole number that is not negative. */
  number(key: string): number | undefined {
    const entry = this.entry(key);
    const text = entry && this.#scalar(entry, `\`${key}\``)?.text;
    if (entry === undefined || text === undefined) return undefined;
    if (/^\d{1,10}$/.test(text)) return Number(text);
    this.#wrong(entry.at, key, 'a whole number', entry.value);
    return undefined;
  }

  texts(key: string): string[] {
    return this.#scalars(key).map(({ text }) => text);
  }

  /** A list of lists of texts. */
  commands(key: string): string[][] {
    return this.#list(key).flatMap(({ value, at }) => {
      if (value.kind === 'list') {
        if (value.items.length > 0) return [this.#texts(value.items, key)];
        this.#reading.problems.add(at, 'bad-test', `a command of \`${key}\` is empty`, { hint: 'remove it' });
      } else if (value.kind !== 'hole') {
        const hint = 'write [["apt-get", "update"]]: a list of commands, each a list of words';
        this.#wrong(at, `an entry of \`${key}\``, 'a list', value, hint);
      }
      return [];
    });
  }

  patterns(key: string): Pattern[] {
    return this.#scalars(key).flatMap((scalar) => this.pattern(scalar) ?? []);
  }

  /** One expression, or a list of them. */
  oneOrMorePatterns(key: string): Pattern[] {
    const value = this.entry(key)?.value;
    return value?.kind === 'scalar' ? [this.pattern(value) ?? []].flat() : this.patterns(key);
  }

  /** The expression in a scalar; reports one that cannot be used. */
  pattern(scalar: ScalarNode): Pattern | undefined {
    const pattern = readPattern(scalar.text);
    if (typeof pattern !== 'string') return pattern;
    this.#reading.problems.add(
      scalar,
      'bad-test',
      `\`${scalar.text}\` is not a regular expression: ${pattern.replaceAll('`', "'")}`,
      { hint: 'the syntax is that of Go (RE2), which has no look-around and no back-references' },
    );
    return undefined;
  }

  /** The maps of a list. */
  maps(key: string, ...aliases: string[]): Fields[] {
    return this.#list(key, ...aliases)
      .map((item) => new Fields(item, key, this.#reading))
      .filter(({ isMap }) => isMap);
  }

  /** A map below a key. */
  map(key: string): Fields | undefined {
    const entry = this.entry(key);
    const fields = entry && new Fields(entry, key, this.#reading);
    return fields?.isMap ? fields : undefined;
  }

  /** Reports keys that were not asked for. */
  end(): void {
    for (const [name, entry] of this.#node?.entries ?? []) {
      if (this.#isKnown(name)) continue;
      const nearest = suggest(name, this.#known);
      const hint = nearest ? `did you mean \`${nearest}\`?` : `known keys: ${[...this.#known].join(', ')}`;
      const inside = this.#what === '' ? '' : ` in \`${this.#what}\``;
      this.#reading.problems.add(entry.key, 'unknown-key', `unknown key \`${name}\`${inside}`, { hint });
    }
  }

  #find(key: string): Entry | undefined {
    const entries = this.#node?.entries;
    const exact = entries?.get(key);
    if (exact || !this.#reading.anyCase || !entries) return exact;
    return [...entries].find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1];
  }

  #isKnown(name: string): boolean {
    if (this.#known.has(name)) return true;
    return this.#reading.anyCase && [...this.#known].some((known) => known.toLowerCase() === name.toLowerCase());
  }

  #list(key: string, ...aliases: string[]): Item[] {
    const entry = this.entry(key, ...aliases);
    if (!entry) return [];
    const { value } = entry;
    if (value.kind === 'list') return value.items;
    if (value.kind !== 'hole') this.#wrong(entry.at, key, 'a list', value);
    return [];
  }

  #scalars(key: string): ScalarNode[] {
    return this.#list(key).flatMap((item) => this.#scalar(item, `an entry of \`${key}\``) ?? []);
  }

  #texts(items: readonly Item[], key: string): string[] {
    return items.flatMap((item) => this.#scalar(item, `an entry of \`${key}\``)?.text ?? []);
  }

  #scalar({ value, at }: Item, subject: string): ScalarNode | undefined {
    if (value.kind === 'scalar') return value;
    if (value.kind === 'hole') return undefined;
    const isCommand = subject === '`command`' && value.kind === 'list';
    this.#wrong(at, subject, 'a text', value, isCommand ? 'its words belong in `args`' : undefined);
    return undefined;
  }

  #wrong(at: Place, subject: string, wanted: string, found: Node, hint?: string): void {
    const named = subject.includes('`') ? subject : subject === '' ? 'a test file' : `\`${subject}\``;
    this.#reading.problems.add(at, 'wrong-type', `${named} must be ${wanted}, found ${describe(found)}`, { hint });
  }
}

function isNothing(node: Node): boolean {
  return node.kind === 'scalar' && node.value === null;
}

function describe(node: Node): string {
  if (node.kind === 'list') return 'a list';
  if (node.kind === 'map') return 'a map';
  return node.kind === 'hole' || node.value === null ? 'nothing' : `\`${node.text.split('\n', 1).join()}\``;
}
