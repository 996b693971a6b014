import type { Token } from './lexer.ts';

/** A part of a template: a token, or a block from its tag to its end. */
export type Node = { kind: 'token'; token: Token } | Block;

export interface Block {
  kind: 'block';
  /** `if`, `for`, or another word with an end. */
  word: string;
  /** The opening tag and its body; then each `elif` and `else`. */
  branches: { token: Token; body: Node[] }[];
  end: Token;
}

interface Open {
  word: string;
  branches: Block['branches'];
}

/** The blocks of a template. Tags without an end, and ends without a tag, stay tokens. */
export function treeOf(tokens: readonly Token[]): Node[] {
  const root: Node[] = [];
  const open: Open[] = [];
  const body = (): Node[] => open.at(-1)?.branches.at(-1)?.body ?? root;
  for (const token of tokens) {
    const word = token.kind === 'tag' ? wordOf(token) : '';
    const last = open.at(-1);
    if (last && word === `end${last.word}`) {
      open.pop();
      body().push({ kind: 'block', ...last, end: token });
    } else if (last && isBranch(word, last.word)) last.branches.push({ token, body: [] });
    else if (opensBlock(token, tokens)) open.push({ word, branches: [{ token, body: [] }] });
    else body().push({ kind: 'token', token });
  }
  // Blocks that never end: their parts belong to what is around them.
  for (let unclosed = open.pop(); unclosed; unclosed = open.pop()) {
    for (const branch of unclosed.branches) body().push({ kind: 'token', token: branch.token }, ...branch.body);
  }
  return root;
}

export function wordOf({ body }: Token): string {
  return /^\w*/.exec(body)?.[0] ?? '';
}

function isBranch(word: string, block: string): boolean {
  return (block === 'if' && (word === 'elif' || word === 'else')) || (block === 'for' && word === 'else');
}

function opensBlock(token: Token, tokens: readonly Token[]): boolean {
  if (token.kind !== 'tag') return false;
  const word = wordOf(token);
  if (word === 'if' || word === 'for' || word === 'block') return true;
  if (word === 'set' && token.body.includes('=')) return false;
  return tokens.some((other) => other.kind === 'tag' && wordOf(other) === `end${word}` && other.line >= token.line);
}

/** Everything of a node, as in the template. */
export function sourceOf(node: Node): string {
  if (node.kind === 'token') return node.token.source;
  const parts = node.branches.map(({ token, body }) => token.source + body.map(sourceOf).join(''));
  return parts.join('') + node.end.source;
}
