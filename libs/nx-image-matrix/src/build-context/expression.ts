/**
 * Regular expressions of Go's `regexp`, limited to those that ignore patterns become, in time linear in the text.
 * JavaScript's engine takes years for `*a*a*a*a*b`.
 */
export interface Expression {
  test(text: string): boolean;
}

type Test = (character: string) => boolean;

type Node =
  | { kind: 'character'; test: Test }
  | { kind: 'start' | 'end' }
  | { kind: 'sequence' | 'choice'; nodes: Node[] }
  | { kind: 'repeat'; node: Node; least: number; most: number };

type State =
  | { kind: 'character'; test: Test; next: number }
  | { kind: 'start' | 'end'; next: number }
  | { kind: 'split'; next: number; other: number };

/** Go's limit of a repetition, and far more states than a file name pattern needs. */
const MOST_REPEATED = 1_000;
const MOST_STATES = 100_000;

/** The expression, which matches any part of a text; `undefined` if Go would reject it. */
export function compileExpression(source: string): Expression | undefined {
  const reader = { characters: [...source], at: 0 };
  const node = readChoice(reader, 0);
  if (!node || reader.at < reader.characters.length || sizeOf(node) > MOST_STATES) return undefined;
  const states: (State | 'accept')[] = ['accept'];
  const first = addStates(states, node, 0);
  return { test: (text) => runs(states, first, text) };
}

interface Reader {
  characters: readonly string[];
  at: number;
}

function readChoice(reader: Reader, depth: number): Node | undefined {
  const nodes: Node[] = [];
  for (;;) {
    const sequence = readSequence(reader, depth);
    if (!sequence) return undefined;
    nodes.push(sequence);
    if (reader.characters[reader.at] !== '|') return { kind: 'choice', nodes };
    reader.at++;
  }
}

function readSequence(reader: Reader, depth: number): Node | undefined {
  const nodes: Node[] = [];
  for (;;) {
    const character = reader.characters[reader.at];
    if (character === undefined || character === '|' || (character === ')' && depth > 0)) {
      return { kind: 'sequence', nodes };
    }
    const atom = readQuantifier(reader) ? undefined : readAtom(reader, depth);
    if (!atom) return undefined;
    const quantifier = readQuantifier(reader);
    if (quantifier && (quantifier.most < quantifier.least || readQuantifier(reader))) return undefined;
    nodes.push(quantifier ? { kind: 'repeat', node: atom, ...quantifier } : atom);
  }
}

/** `*`, `?` or `{2,3}`; any other brace is a character. */
function readQuantifier(reader: Reader): { least: number; most: number } | undefined {
  const sign = reader.characters[reader.at];
  if (sign === '*' || sign === '?') {
    reader.at++;
    return { least: 0, most: sign === '*' ? Infinity : 1 };
  }
  if (sign !== '{') return undefined;
  const braces = /^\{(\d+)(,?)(\d*)\}/.exec(reader.characters.slice(reader.at, reader.at + 20).join(''));
  if (!braces || (braces[2] === '' && braces[3] !== '')) return undefined;
  reader.at += braces[0].length;
  const least = Number(braces[1]);
  const most = braces[3] ? Number(braces[3]) : braces[2] ? Infinity : least;
  const isTooMuch = least > MOST_REPEATED || (most !== Infinity && most > MOST_REPEATED);
  return isTooMuch ? { least: 1, most: 0 } : { least, most };
}

/** Most states that a node becomes. */
function sizeOf(node: Node): number {
  if (node.kind === 'sequence' || node.kind === 'choice')
    return node.nodes.reduce((sum, one) => sum + sizeOf(one) + 1, 0);
  if (node.kind !== 'repeat') return 1;
  return (sizeOf(node.node) + 1) * (node.most === Infinity ? node.least + 1 : node.most + 1);
}

function readAtom(reader: Reader, depth: number): Node | undefined {
  const character = reader.characters[reader.at++] ?? '';
  if (character === '^') return { kind: 'start' };
  // In Go's expressions a dot does not match a line end.
  if (character === '.') return { kind: 'character', test: (found) => found !== '\n' };
  if (character === '[') return readClass(reader);
  if (character === '\\') return readEscape(reader);
  if (character === '$') return { kind: 'end' };
  if (character !== '(') return { kind: 'character', test: (found) => found === character };
  const group = readChoice(reader, depth + 1);
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

/** The text after a backslash; rejects letters that mean something other than a character or a class. */
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

/** Adds the states of a node that continues at `next`; returns its start. */
function addStates(states: (State | 'accept')[], node: Node, next: number): number {
  switch (node.kind) {
    case 'sequence':
      return node.nodes.reduceRight((after, part) => addStates(states, part, after), next);
    case 'character':
      return states.push({ kind: 'character', test: node.test, next }) - 1;
    case 'start':
    case 'end':
      return states.push({ kind: node.kind, next }) - 1;
    case 'choice':
      return node.nodes
        .map((part) => addStates(states, part, next))
        .reduce((one, other) => states.push({ kind: 'split', next: one, other }) - 1);
    case 'repeat':
      return addRepetition(states, node, next);
  }
}

function addRepetition(
  states: (State | 'accept')[],
  { node, least, most }: { node: Node; least: number; most: number },
  next: number,
): number {
  let at = next;
  if (most === Infinity) {
    const split: State = { kind: 'split', next, other: next };
    at = states.push(split) - 1;
    split.other = addStates(states, node, at);
  } else {
    for (let more = least; more < most; more++) {
      at = states.push({ kind: 'split', next, other: addStates(states, node, at) }) - 1;
    }
  }
  for (let count = 0; count < least; count++) at = addStates(states, node, at);
  return at;
}

/** Follows all paths through the states at once, from every character of a text. */
function runs(states: readonly (State | 'accept')[], first: number, text: string): boolean {
  const characters = [...text];
  const marks = new Int32Array(states.length).fill(-1);
  let current: number[] = [];
  for (let position = 0; position <= characters.length; position++) {
    if (enter(first, position, current)) return true;
    const following: number[] = [];
    for (const at of current) {
      const state = states[at];
      if (typeof state !== 'object' || state.kind !== 'character') continue;
      if (!state.test(characters[position] ?? '')) continue;
      if (enter(state.next, position + 1, following)) return true;
    }
    current = following;
  }
  return false;

  /** Adds the states reached without another character; returns whether the end is one of them. */
  function enter(start: number, position: number, into: number[]): boolean {
    const stack = [start];
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      if (marks[at] === position) continue;
      marks[at] = position;
      const state = states[at];
      if (state === 'accept') return true;
      if (state === undefined) continue;
      if (state.kind === 'character') into.push(at);
      else if (state.kind === 'split') stack.push(state.next, state.other);
      else if (position === (state.kind === 'start' ? 0 : characters.length)) stack.push(state.next);
    }
    return false;
  }
}
