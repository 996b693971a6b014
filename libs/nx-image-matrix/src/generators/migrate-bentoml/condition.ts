/** A condition of Jinja; a leaf has its Liquid form, and that of its opposite. */
type Condition = { kind: 'leaf'; text: string; opposite: string } | { kind: 'and' | 'or'; parts: Condition[] };

const opposites: Record<string, string> = { '==': '!=', '!=': '==', '<': '>=', '>=': '<', '>': '<=', '<=': '>' };
const constants: Record<string, string> = { none: 'nil', None: 'nil', True: 'true', False: 'false' };
const atom = /\s*("[^"]*"|'[^']*'|\[[^\]]*\]|[()]|[=!<>]=|[<>]|[\w.]+(?:\[\s*(?:"[^"]*"|'[^']*')\s*\])*)/y;
const operand = /^("[^"]*"|'[^']*'|[\w.]+(\[\s*("[^"]*"|'[^']*')\s*\])*)$/;

/**
 * Converts a condition from Jinja to Liquid, which supports neither brackets nor `not`, and reads `a and b or c` from
 * the right, as `a and (b or c)`: https://liquidjs.com/tutorials/operators.html
 * @param rename the Liquid name of a variable
 * @throws Error if there is no equivalent
 */
export function translateCondition(text: string, rename: (name: string) => string): string {
  const parser = new Parser(atomsOf(text), rename);
  return written(parser.parse());
}

function atomsOf(text: string): string[] {
  const atoms: string[] = [];
  atom.lastIndex = 0;
  for (let match = atom.exec(text); match; match = atom.exec(text)) atoms.push(match[1] ?? '');
  if (atoms.join('').replaceAll(/\s/g, '') !== text.replaceAll(/\s/g, '')) throw noCounterpart();
  return atoms;
}

class Parser {
  readonly #atoms: readonly string[];
  readonly #rename: (name: string) => string;
  #at = 0;

  constructor(atoms: readonly string[], rename: (name: string) => string) {
    this.#atoms = atoms;
    this.#rename = rename;
  }

  parse(): Condition {
    const condition = this.#list('or');
    if (this.#at < this.#atoms.length) throw noCounterpart();
    return condition;
  }

  #list(kind: 'or' | 'and'): Condition {
    const next = (): Condition => (kind === 'or' ? this.#list('and') : this.#single());
    const parts = [next()];
    while (this.#take(kind)) parts.push(next());
    return joined(kind, parts);
  }

  #single(): Condition {
    if (this.#take('not')) return not(this.#single());
    if (!this.#take('(')) return comparison(this.#untilNext(), this.#rename);
    const inner = this.#list('or');
    if (!this.#take(')')) throw noCounterpart();
    return inner;
  }

  #untilNext(): string[] {
    const start = this.#at;
    while (this.#at < this.#atoms.length && !['and', 'or', '(', ')'].includes(this.#atoms[this.#at] ?? ''))
      this.#at += 1;
    return this.#atoms.slice(start, this.#at);
  }

  #take(word: string): boolean {
    if (this.#atoms[this.#at] !== word) return false;
    this.#at += 1;
    return true;
  }
}

function comparison(atoms: readonly string[], rename: (name: string) => string): Condition {
  const [left = '', ...rest] = atoms;
  if (!operand.test(left)) throw noCounterpart();
  const name = valueOf(left, rename);
  if (rest.length === 0) return { kind: 'leaf', text: name, opposite: `${name} == nil` };
  const test = rest.join(' ');
  if (test === 'is defined' || test === 'is not none') return compare(name, '!=', 'nil');
  if (test === 'is not defined' || test === 'is none') return compare(name, '==', 'nil');
  const [operator = '', right = ''] = rest;
  if (rest.length === 2 && Object.hasOwn(opposites, operator) && operand.test(right))
    return compare(name, operator, valueOf(right, rename));
  const [, negated, list] = /^(not )?in (.*)$/.exec(test) ?? [];
  if (list === undefined) throw noCounterpart();
  const inside = list.startsWith('[') ? anyOf(name, list, rename) : hasKey(left, list, rename);
  return negated ? not(inside) : inside;
}

function anyOf(name: string, list: string, rename: (name: string) => string): Condition {
  const items = list
    .slice(1, -1)
    .split(',')
    .map((item) => item.trim());
  return joined(
    'or',
    items.filter((item) => item !== '').map((item) => compare(name, '==', valueOf(item, rename))),
  );
}

function hasKey(quoted: string, map: string, rename: (name: string) => string): Condition {
  const key = /^["'](\w+)["']$/.exec(quoted)?.[1];
  if (!key || !operand.test(map)) throw noCounterpart();
  return compare(rename(`${map}.${key}`), '!=', 'nil');
}

function compare(left: string, operator: string, right: string): Condition {
  return { kind: 'leaf', text: `${left} ${operator} ${right}`, opposite: `${left} ${opposites[operator]} ${right}` };
}

function valueOf(text: string, rename: (name: string) => string): string {
  if (/^["']/.test(text)) return text;
  return (Object.hasOwn(constants, text) ? constants[text] : undefined) ?? rename(text);
}

function not(condition: Condition): Condition {
  if (condition.kind === 'leaf') return { kind: 'leaf', text: condition.opposite, opposite: condition.text };
  return { kind: condition.kind === 'and' ? 'or' : 'and', parts: condition.parts.map(not) };
}

function joined(kind: 'and' | 'or', parts: Condition[]): Condition {
  const [first, ...others] = parts;
  if (!first) throw noCounterpart();
  return others.length === 0 ? first : { kind, parts };
}

/** A group can only be the last part, where reading from the right adds the brackets. */
function written(condition: Condition): string {
  if (condition.kind === 'leaf') return condition.text;
  const { kind } = condition;
  const parts = condition.parts.flatMap((part) => (part.kind === kind ? part.parts : [part]));
  if (parts.some((part) => part.kind === kind)) return written({ kind, parts });
  const groups = parts.filter((part) => part.kind !== 'leaf');
  if (groups.length > 1) throw new Error('Liquid has no brackets, and this condition needs two groups');
  return [...parts.filter((part) => part.kind === 'leaf'), ...groups].map(written).join(` ${kind} `);
}

function noCounterpart(): Error {
  return new Error('this condition has no counterpart');
}
