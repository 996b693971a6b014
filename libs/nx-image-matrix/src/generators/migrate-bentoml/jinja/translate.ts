import { messageOf } from '@nx-image-matrix/engine/unknown';
import { written, type Condition } from './condition.ts';
import { parseExpression, type Expression } from './expression.ts';
import { laidOut, type Piece } from './layout.ts';
import { tokensOf, type Token } from './lexer.ts';
import { Names, type Bound, type Knowledge } from './names.ts';
import { sourceOf, treeOf, wordOf, type Block, type Node } from './tree.ts';
import { choiceOf, conditionOf, valueOf, type Choice } from './values.ts';

export interface Translation {
  text: string;
  problems: { line: number; message: string }[];
}

/** The white space around a tag, and whether the tag removes it. */
type Sides = Pick<Token, 'left' | 'right' | 'before' | 'after'>;

const reserved = new Set(['empty', 'blank', 'nil', 'null', 'contains', 'image', 'forloop', 'component', 'envar']);
const nothingKnown: Knowledge = { first: [], last: [], strict: false };

/**
 * Converts a Jinja template of BentoML's tool to Liquid that renders to the same bytes. What has no equivalent becomes
 * a comment, a block as a whole, and is listed with its line.
 */
export function translateJinja(template: string, knowledge: Knowledge = nothingKnown): Translation {
  const translator = new Translator(knowledge);
  const pieces = translator.pieces(treeOf(tokensOf(template)));
  const problems = [...translator.problems].sort((a, b) => a.line - b.line);
  return { text: laidOut(pieces), problems };
}

class Translator {
  readonly problems: Translation['problems'] = [];
  readonly #names: Names;

  constructor(knowledge: Knowledge) {
    this.#names = new Names(knowledge);
  }

  pieces(nodes: readonly Node[]): Piece[] {
    return this.#withParent(nodes).flatMap((node): Piece[] => {
      if (node === 'from') return [mark('{{', 'from')];
      const token = node.kind === 'token' ? node.token : node.branches[0]?.token;
      if (!token || (node.kind === 'token' && token.kind === 'text'))
        return token ? [{ kind: 'text', text: token.body }] : [];
      const known = this.problems.length;
      try {
        return node.kind === 'token' ? this.#token(token) : this.#block(node);
      } catch (error) {
        this.problems.length = known;
        this.problems.push({ line: token.line, message: `${messageOf(error)}: ${token.source}` });
        const end = node.kind === 'token' ? token : node.end;
        const source = `not translated: ${sourceOf(node)}`;
        return [{ ...mark('{%', comment(source)), ...outer(token, end) }];
      }
    });
  }

  /** `FROM {{ metadata.package }}:{{ build_tag }}` is `FROM {{ from }}`, however the tag is computed. */
  #withParent(nodes: readonly Node[]): (Node | 'from')[] {
    const result: (Node | 'from')[] = [];
    let isFrom = false;
    for (let at = 0; at < nodes.length; at += 1) {
      const node = nodes[at];
      const colon = bodyOf(nodes[at + 1], 'text');
      const tag = bodyOf(nodes[at + 2], 'output');
      const name = isFrom ? bodyOf(node, 'output') : undefined;
      const isBase = name === 'metadata.base_image' && (this.#names.knowledge.releaseType ?? 'base') === 'base';
      if (name === 'metadata.package' && colon?.startsWith(':') && tag !== undefined && colon.length === 1) at += 2;
      else if (!isBase) {
        if (node) result.push(node);
        isFrom = /(?:^|\n)[^\S\n]*FROM\s+(?:--\S+\s+)*$/i.test(bodyOf(node, 'text') ?? '');
        continue;
      }
      result.push('from');
      isFrom = false;
    }
    return result;
  }

  #token(token: Token): Piece[] {
    if (token.kind === 'comment') return [around(token, comment(token.body))];
    if (token.kind === 'output') {
      const expression = parseExpression(token.body);
      const { constant } = expression.kind === 'variable' ? this.#names.variable(expression) : {};
      if (constant !== undefined) return [{ kind: 'text', text: constant }];
      const choice = choiceOf(expression, this.#names);
      return this.#chosen(choice, token, (value, sides) => ({ ...mark('{{', value), ...sides }));
    }
    const word = wordOf(token);
    const rest = token.body.slice(word.length).trim();
    switch (word) {
      case 'set':
        return this.#set(token, rest);
      case 'do':
        return [around(token, this.#append(rest))];
      case 'include':
        return [around(token, `include ${file(rest)}`)];
      case 'extends':
        return [around(token, `layout ${file(rest)}`)];
      default:
        throw new Error(blockProblem(word));
    }
  }

  /** An inline `if` becomes one around the expression; in Liquid it needs an end tag. */
  #chosen(choice: Choice, token: Token, write: (value: string, sides: Sides) => Piece): Piece[] {
    if (choice.kind === 'value') return [write(valueOf(choice.of, this.#names), outer(token, token))];
    const bare: Token = { ...token, left: false, right: false, before: '', after: '' };
    const start = { ...mark('{%', `if ${written(choice.condition)}`), left: token.left, before: token.before };
    const end = { ...mark('{%', 'endif'), right: token.right, after: token.after };
    const value = this.#chosen(choice.value, bare, write);
    const otherwise = choice.otherwise ? [mark('{%', 'else'), ...this.#chosen(choice.otherwise, bare, write)] : [];
    return [start, ...value, ...otherwise, end];
  }

  #set(token: Token, rest: string): Piece[] {
    const [, name, source] = /^(\w+)\s*=(?!=)\s*([\s\S]+)$/.exec(rest) ?? [];
    if (!name || !source) throw new Error('a set of several names, or of a block, has no counterpart');
    if (this.#names.outside?.has(name))
      throw new Error(`"${name}" is set outside of the loop too; in Jinja it has its old value after the loop`);
    if (reserved.has(name)) throw new Error(`"${name}" is a word of Liquid; choose another name`);
    const expression = parseExpression(source);
    const pieces = this.#chosen(choiceOf(expression, this.#names), token, (value, sides) => ({
      ...mark('{%', `assign ${name} = ${value}`),
      ...sides,
    }));
    const path = expression.kind === 'variable' ? this.#names.variable(expression).path : undefined;
    this.#names.locals.set(name, path ? { kind: 'alias', path } : { kind: kindOf(expression) });
    return path === name ? [] : pieces;
  }

  #append(rest: string): string {
    const [, list = '', item = ''] = /^(\w+)\.append\(([\s\S]*)\)$/.exec(rest) ?? [];
    if (this.#names.locals.get(list)?.kind !== 'list')
      throw new Error('"do" has a counterpart only for "append" to a list');
    return `assign ${list} = ${list} | push: ${valueOf(parseExpression(item), this.#names)}`;
  }

  #block(block: Block): Piece[] {
    if (block.word === 'if') return this.#if(block);
    if (block.word === 'for') return this.#for(block);
    const [only] = block.branches;
    if (block.word !== 'block' || !only) throw new Error(blockProblem(block.word));
    return [around(only.token, only.token.body), ...this.pieces(only.body), around(block.end, 'endblock')];
  }

  /** Omits branches that are never taken. */
  #if(block: Block): Piece[] {
    const open: { condition: Condition | undefined; branch: Block['branches'][number] }[] = [];
    for (const branch of block.branches) {
      const test = branch.token.body.replace(/^(?:if|elif|else)\b/, '');
      const condition = wordOf(branch.token) === 'else' ? undefined : conditionOf(parseExpression(test), this.#names);
      if (condition?.kind === 'always' && !condition.value) {
        this.#noteMissing(branch.token);
        continue;
      }
      const isLast = condition === undefined || condition.kind === 'always';
      open.push({ condition: isLast ? undefined : condition, branch });
      if (isLast) break;
    }
    const [first] = open;
    if (first && !first.condition) return this.pieces(first.branch.body);
    if (!first) return [];
    const pieces = open.flatMap(({ condition, branch }, at): Piece[] => {
      const text = condition ? `${at === 0 ? 'if' : 'elsif'} ${written(condition)}` : 'else';
      return [around(branch.token, text), ...this.pieces(branch.body)];
    });
    return [...pieces, around(block.end, 'endif')];
  }

  /** A test for a key that is never there hides a part of the template, which its author cannot have meant. */
  #noteMissing(token: Token): void {
    const [, key, map] = /["'](\w+)["']\s+in\s+([\w.]+)$/.exec(token.body) ?? [];
    if (!key || !map) return;
    const message = `BentoML's tool never sets "${key}" in "${map}", so this part was never written, and is left out`;
    this.problems.push({ line: token.line, message: `${message}: ${token.source}` });
  }

  #for(block: Block): Piece[] {
    const [main, ...others] = block.branches;
    const [, targets = '', rest = ''] =
      /^for\s+\(?\s*([\w\s,]+?)\s*\)?\s+in\s+([\s\S]+)$/.exec(main?.token.body ?? '') ?? [];
    if (!main || targets === '') throw new Error('this loop has no counterpart');
    const [key = '', value, ...more] = targets.split(/\s*,\s*/);
    const { list, condition } = splitFilter(rest);
    if (more.length > 0) throw new Error('this loop has no counterpart');
    const usesLoop = /\bloop\b/.test(main.body.map(sourceOf).join(''));
    if (condition && (usesLoop || others.length > 0))
      throw new Error('a loop with "if" that has "else" or uses "loop" has no counterpart');
    const each = (bound: Map<string, Bound>): Piece[] => this.#body(main, condition, bound);
    if (list.kind === 'variable') {
      if (value !== undefined) throw new Error('this loop has no counterpart');
      const found = this.#names.variable(list);
      if (found.filters.length > 0 || found.isMap) throw new Error('this loop has no counterpart');
      const body = each(new Map([[key, { kind: 'liquid', text: key }]]));
      const otherwise = others.flatMap(({ token, body: nodes }) => [around(token, 'else'), ...this.pieces(nodes)]);
      return [around(main.token, `for ${key} in ${found.text}`), ...body, ...otherwise, around(block.end, 'endfor')];
    }
    if (list.kind !== 'items' || value === undefined || others.length > 0)
      throw new Error('this loop has no counterpart');
    return this.#items(block, list.of, [key, value], usesLoop, each);
  }

  #items(
    { branches: [main], end }: Block,
    of: Expression,
    [key, value]: [string, string],
    usesLoop: boolean,
    each: (bound: Map<string, Bound>) => Piece[],
  ): Piece[] {
    if (of.kind !== 'variable' || !main) throw new Error('this loop has no counterpart');
    const found = this.#names.variable(of);
    const loop = (item: string, name: Bound, content: string): Piece[] => [
      around(main.token, `for ${item} in ${found.text}`),
      ...each(
        new Map([
          [key, name],
          [value, { kind: 'liquid', text: content }],
        ]),
      ),
      around(end, 'endfor'),
    ];
    if (found.path === 'cuda.components')
      return loop('component', { kind: 'liquid', text: 'component[0]' }, 'component[1]');
    if (found.path !== 'envars') throw new Error('this loop has no counterpart');
    const { first, last } = this.#names.knowledge;
    if (usesLoop && first.length + last.length > 0)
      throw new Error('a loop over envars that uses "loop" has no counterpart: the versions are `args` here');
    const single = (name: string): Piece[] =>
      each(
        new Map([
          [key, { kind: 'constant', value: name }],
          [value, { kind: 'liquid', text: `args.${name}` }],
        ]),
      );
    return [
      ...first.flatMap(single),
      ...loop('envar', { kind: 'liquid', text: 'envar.name', never: [...first, ...last] }, 'envar.value'),
      ...last.flatMap(single),
    ];
  }

  /** The body of a loop, once. What it sets ends with it. */
  #body(
    { token, body: nodes }: Block['branches'][number],
    condition: Expression | undefined,
    bound: ReadonlyMap<string, Bound>,
  ): Piece[] {
    const names = this.#names;
    const before = { locals: new Map(names.locals), bound: new Map(names.bound), outside: names.outside };
    for (const [name, value] of bound) names.bound.set(name, value);
    names.outside = new Set(names.locals.keys());
    try {
      const test = condition && conditionOf(condition, names);
      if (test?.kind === 'always' && !test.value) return [];
      const body = this.pieces(nodes);
      if (!test || test.kind === 'always') return body;
      const { after } = token;
      return [{ ...mark('{%', `if ${written(test)}`), after }, ...body, { ...mark('{%', 'endif'), after }];
    } finally {
      restore(names.locals, before.locals);
      restore(names.bound, before.bound);
      names.outside = before.outside;
    }
  }
}

function kindOf(expression: Expression): 'text' | 'list' | 'flag' {
  if (expression.kind === 'list') return 'list';
  return expression.kind === 'literal' && typeof expression.value === 'boolean' ? 'flag' : 'text';
}

function restore<Value>(target: Map<string, Value>, from: ReadonlyMap<string, Value>): void {
  target.clear();
  for (const [key, value] of from) target.set(key, value);
}

function bodyOf(node: Node | undefined, kind: Token['kind']): string | undefined {
  return node?.kind === 'token' && node.token.kind === kind ? node.token.body : undefined;
}

function mark(open: '{{' | '{%', body: string): Piece & { kind: 'mark' } {
  return { kind: 'mark', open, body, left: false, right: false, before: '', after: '' };
}

function around(token: Token, body: string): Piece {
  return { ...mark('{%', body), ...outer(token, token) };
}

function outer(start: Token, end: Token): Sides {
  return { left: start.left, right: end.right, before: start.before, after: end.after };
}

/** Liquid reads the tags within a comment. */
function comment(text: string): string {
  return `comment %}${text.replaceAll(/[{}%]+#?|#(?=\})/g, '')}{% endcomment`;
}

function file(name: string): string {
  const [, quoted] = /^["']([^"']+)["']$/.exec(name) ?? [];
  if (!quoted) throw new Error('only a file by its name can be included');
  return `'${quoted.replace(/\.j2$/, '')}'`;
}

/** The list of a loop, and the condition after it. */
function splitFilter(text: string): { list: Expression; condition?: Expression } {
  const expression = parseExpression(text);
  if (expression.kind !== 'choice') return { list: expression };
  if (expression.otherwise) throw new Error('this loop has no counterpart');
  return { list: expression.value, condition: expression.condition };
}

function blockProblem(word: string): string {
  if (/^(?:end|else$|elif$)/.test(word)) return `"${word}" has no tag before it that it belongs to`;
  if (word === 'if' || word === 'for' || word === 'block') return `"${word}" has no "end${word}"`;
  return `"${word}" has no counterpart`;
}
