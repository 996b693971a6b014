/**
 * Regular expressions of Go's `regexp`, as far as ignore patterns become such, in time that is linear in the text.
 * JavaScript's own engine takes years for `*a*a*a*a*b`.
 */
export interface Expression {
  test(text: string): boolean;
}

type Test = (character: string) => boolean;

type Node =
  | { kind: 'character'; test: Test }
  | { kind: 'start' }
  | { kind: 'sequence'; nodes: Node[] }
  | { kind: 'repeat'; node: Node; many: boolean };

type State =
  | { kind: 'character'; test: Test; next: number }
  | { kind: 'start'; next: number }
  | { kind: 'split'; next: number; other: number };

/** The expression, which has to match a whole text; `undefined` where Go would refuse it. */
export function compileExpression(source: string): Expression | undefined {
  const reader = { characters: [...source], at: 0 };
  const node = readSequence(reader, 0);
  if (!node || reader.at < reader.characters.length) return undefined;
  const states: (State | 'accept')[] = ['accept'];
  const first = addStates(states, node, 0);
  return { test: (text) => runs(states, first, text) };
}

interface Reader {
  characters: readonly string[];
  at: number;
}

function readSequence(reader: Reader, depth: number): Node | undefined {
  const nodes: Node[] = [];
  for (;;) {
    const character = reader.characters[reader.at];
    if (character === undefined || (character === ')' && depth > 0)) return { kind: 'sequence', nodes };
    const atom = readAtom(reader, depth);
    if (!atom) return undefined;
    nodes.push(readQuantifier(reader, atom));
  }
}

function readQuantifier(reader: Reader, node: Node): Node {
  const sign = reader.characters[reader.at];
  if (sign !== '*' && sign !== '?') return node;
  reader.at++;
  return { kind: 'repeat', node, many: sign === '*' };
}

function readAtom(reader: Reader, depth: number): Node | undefined {
  const character = reader.characters[reader.at++] ?? '';
  if (character === '^') return { kind: 'start' };
  // In Go's expressions a dot is no line end.
  if (character === '.') return { kind: 'character', test: (found) => found !== '\n' };
  if (character === '[') return readClass(reader);
  if (character === '\\') return readEscape(reader);
  if (character === '*' || character === '?') return undefined;
  if (character !== '(') return { kind: 'character', test: (found) => found === character };
  const group = readSequence(reader, depth + 1);
  return group && reader.characters[reader.at++] === ')' ? group : undefined;
}

const CLASSES: Readonly<Record<string, Test>> = {
  d: (found) => /^[0-9]$/.test(found),
  s: (found) => /^[\t\n\f\r ]$/.test(found),
  w: (found) => /^[0-9A-Za-z_]$/.test(found),
};
const CONTROLS: Readonly<Record<string, string>> = { a: '\x07', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };
const POSIX: Readonly<Record<string, RegExp>> = {
  alnum: /^[0-9A-Za-z]$/,
  alpha: /^[A-Za-z]$/,
  digit: /^[0-9]$/,
  lower: /^[a-z]$/,
  upper: /^[A-Z]$/,
  word: /^[0-9A-Za-z_]$/,
  xdigit: /^[0-9A-Fa-f]$/,
};

/** What follows a backslash; letters that stand for something else than a character, or for a class, are refused. */
function readEscape(reader: Reader): Node | undefined {
  const test = escapedTest(reader.characters[reader.at++]);
  return test && { kind: 'character', test };
}

function escapedTest(character: string | undefined): Test | undefined {
  const literal = escapedCharacter(character);
  if (literal !== undefined) return (found) => found === literal;
  if (character === undefined) return undefined;
  const lower = Object.hasOwn(CLASSES, character.toLowerCase()) ? CLASSES[character.toLowerCase()] : undefined;
  if (!lower) return undefined;
  return character === character.toLowerCase() ? lower : (found) => !lower(found);
}

function escapedCharacter(character: string | undefined): string | undefined {
  if (character === undefined) return undefined;
  if (/^[!-/:-@[-`{-~ \t]$/.test(character)) return character;
  return Object.hasOwn(CONTROLS, character) ? CONTROLS[character] : undefined;
}

function readClass(reader: Reader): Node | undefined {
  const { characters } = reader;
  const negated = characters[reader.at] === '^';
  if (negated) reader.at++;
  const tests: Test[] = [];
  for (let first = true; first || characters[reader.at] !== ']'; first = false) {
    const test = readClassItem(reader);
    if (!test) return undefined;
    tests.push(test);
  }
  reader.at++;
  return { kind: 'character', test: (found) => tests.some((test) => test(found)) !== negated };
}

function readClassItem(reader: Reader): Test | undefined {
  const { characters } = reader;
  const posix = /^\[:(\w+):\]/.exec(characters.slice(reader.at, reader.at + 12).join(''));
  if (posix) {
    reader.at += posix[0].length;
    const expression = Object.hasOwn(POSIX, posix[1] ?? '') ? POSIX[posix[1] ?? ''] : undefined;
    return expression && ((found) => expression.test(found));
  }
  const next = characters[reader.at + 1];
  if (characters[reader.at] === '\\' && escapedCharacter(next) === undefined) {
    reader.at += 2;
    return escapedTest(next);
  }
  const low = readClassCharacter(reader);
  if (low === undefined) return undefined;
  if (characters[reader.at] !== '-' || [']', undefined].includes(characters[reader.at + 1]))
    return (found) => found === low;
  reader.at++;
  const high = readClassCharacter(reader);
  if (high === undefined || codeOf(high) < codeOf(low)) return undefined;
  return (found) => codeOf(low) <= codeOf(found) && codeOf(found) <= codeOf(high);
}

function readClassCharacter(reader: Reader): string | undefined {
  const character = reader.characters[reader.at++];
  return character === '\\' ? escapedCharacter(reader.characters[reader.at++]) : character;
}

function codeOf(character: string): number {
  return character.codePointAt(0) ?? 0;
}

/** Adds the states of a node that goes on to `next`, and says where it begins. */
function addStates(states: (State | 'accept')[], node: Node, next: number): number {
  switch (node.kind) {
    case 'sequence':
      return node.nodes.reduceRight((after, part) => addStates(states, part, after), next);
    case 'character':
      return states.push({ kind: 'character', test: node.test, next }) - 1;
    case 'start':
      return states.push({ kind: 'start', next }) - 1;
    case 'repeat': {
      const split: State = { kind: 'split', next, other: next };
      const at = states.push(split) - 1;
      split.other = addStates(states, node.node, node.many ? at : next);
      return at;
    }
  }
}

/** All ways through the states at once, character by character. */
function runs(states: readonly (State | 'accept')[], first: number, text: string): boolean {
  const marks = new Int32Array(states.length).fill(-1);
  let position = 0;
  let current: number[] = [];
  enter(first, current);
  for (const character of text) {
    if (current.length === 0) return false;
    position++;
    const following: number[] = [];
    for (const at of current) {
      const state = states[at];
      if (typeof state === 'object' && state.kind === 'character' && state.test(character))
        enter(state.next, following);
    }
    current = following;
  }
  return current.some((at) => states[at] === 'accept');

  function enter(start: number, into: number[]): void {
    const stack = [start];
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      if (marks[at] === position) continue;
      marks[at] = position;
      const state = states[at];
      if (state === undefined) continue;
      if (state === 'accept' || state.kind === 'character') into.push(at);
      else if (state.kind === 'split') stack.push(state.next, state.other);
      else if (position === 0) stack.push(state.next);
    }
  }
}
