/** Shortest text, in characters; its beginning is used for the lookup. */
const step = 4;

/** Most texts in a node of the tree before it is split by their next characters. */
const roomy = 16;

interface Node {
  /** Texts that begin with the path to this node. */
  texts: string[];
  /** By the next `step` characters, once there are too many texts. */
  next?: Map<string, Node>;
}

/** Whether a text only matches without a letter or a digit before and after it. */
export interface Known {
  text: string;
  wholeWord: boolean;
}

/**
 * Finds any of many texts in another one. A regular expression of all of them would try each at every position: a
 * secret of 10,000 lines would stop a build's output.
 */
export class Matcher {
  readonly #root: Node = { texts: [], next: new Map() };
  readonly #wholeWord = new Map<string, boolean>();

  /** Texts shorter than four characters are left out. */
  add({ text, wholeWord }: Known): void {
    if (text.length < step) return;
    const before = this.#wholeWord.get(text);
    this.#wholeWord.set(text, wholeWord && before !== false);
    if (before === undefined) insert(this.#root, 0, text);
  }

  /** Index of the first match, and of its end; the longest match at that index. */
  find(within: string, from = 0): { start: number; end: number } | undefined {
    for (let start = from; start <= within.length - step; start += 1) {
      const length = this.#lengthAt(within, start);
      if (length > 0) return { start, end: start + length };
    }
    return undefined;
  }

  /** Replaces each match with another text. */
  replace(within: string, by: string): string {
    let result = '';
    let end = 0;
    for (let found = this.find(within); found; found = this.find(within, end)) {
      result += within.slice(end, found.start) + by;
      end = found.end;
    }
    return end === 0 ? within : result + within.slice(end);
  }

  #lengthAt(within: string, start: number): number {
    let longest = 0;
    let node: Node | undefined = this.#root;
    for (let depth = 0; node; depth += step) {
      for (const text of node.texts) {
        if (text.length > longest && within.startsWith(text, start) && this.#counts(within, start, text)) {
          longest = text.length;
        }
      }
      node = node.next?.get(within.slice(start + depth, start + depth + step));
    }
    return longest;
  }

  #counts(within: string, start: number, text: string): boolean {
    if (!this.#wholeWord.get(text)) return true;
    return !isWordCharacter(within[start - 1]) && !isWordCharacter(within[start + text.length]);
  }
}

function insert(node: Node, depth: number, text: string): void {
  if (!node.next || text.length < depth + step) {
    node.texts.push(text);
    if (!node.next && node.texts.length > roomy) split(node, depth);
    return;
  }
  const key = text.slice(depth, depth + step);
  const next = node.next.get(key);
  if (next) insert(next, depth + step, text);
  else node.next.set(key, { texts: [text] });
}

function split(node: Node, depth: number): void {
  const { texts } = node;
  node.texts = [];
  node.next = new Map();
  for (const text of texts) insert(node, depth, text);
}

function isWordCharacter(character: string | undefined): boolean {
  return character !== undefined && /[A-Za-z0-9]/.test(character);
}
