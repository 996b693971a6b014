/** An expression of Jinja. */
export type Expression =
  | { kind: 'literal'; text: string; value: string | number | boolean | null }
  | { kind: 'list'; items: Expression[] }
  | { kind: 'variable'; name: string; path: Step[] }
  | { kind: 'items'; of: Expression }
  | { kind: 'join'; operator: '+' | '~'; left: Expression; right: Expression }
  | { kind: 'filter'; of: Expression; name: string; args: Expression[]; source: string }
  | { kind: 'choice'; value: Expression; condition: Expression; otherwise?: Expression }
  | { kind: 'not'; of: Expression }
  | { kind: 'and' | 'or'; parts: Expression[] }
  | { kind: 'compare'; operator: string; left: Expression; right: Expression };

/** A step from a variable to its member: `.major`, `['cudart']` or `[0]`. */
export interface Step {
  key: string | number;
  /** As written, with its dot or brackets. */
  source: string;
}

interface Atom {
  text: string;
  at: number;
  end: number;
}

const atomPattern =
  /\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\d+(?:\.\d+)*|[A-Za-z_]\w*|[=!<>]=|[-+~|.,:()[\]{}<>*/%=])/y;
const constants: Record<string, boolean | null> = {
  true: true,
  True: true,
  false: false,
  False: false,
  none: null,
  None: null,
};

/**
 * Reads the part of Jinja's expressions that have a counterpart in Liquid.
 * @throws Error for the others
 */
export function parseExpression(text: string): Expression {
  return new Parser(text).whole();
}

class Parser {
  readonly #text: string;
  readonly #atoms: Atom[];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    this.#atoms = atomsOf(text);
  }

  whole(): Expression {
    const expression = this.#choice();
    if (this.#at < this.#atoms.length) throw unknown();
    return expression;
  }

  #choice(): Expression {
    const value = this.#any('or');
    if (!this.#take('if')) return value;
    const condition = this.#any('or');
    const otherwise = this.#take('else') ? this.#choice() : undefined;
    return { kind: 'choice', value, condition, ...(otherwise && { otherwise }) };
  }

  #any(kind: 'or' | 'and'): Expression {
    const next = (): Expression => (kind === 'or' ? this.#any('and') : this.#not());
    const parts = [next()];
    while (this.#take(kind)) parts.push(next());
    const [first] = parts;
    return first && parts.length === 1 ? first : { kind, parts };
  }

  #not(): Expression {
    return this.#take('not') ? { kind: 'not', of: this.#not() } : this.#comparison();
  }

  #comparison(): Expression {
    const left = this.#joined();
    for (const operator of ['==', '!=', '<=', '>=', '<', '>', 'in'])
      if (this.#take(operator)) return { kind: 'compare', operator, left, right: this.#joined() };
    if (this.#take('not')) {
      if (!this.#take('in')) throw unknown();
      return { kind: 'not', of: { kind: 'compare', operator: 'in', left, right: this.#joined() } };
    }
    return this.#take('is') ? this.#test(left) : left;
  }

  /** `is defined` and `is none`. */
  #test(of: Expression): Expression {
    const negated = this.#take('not');
    const name = this.#next();
    if (name !== 'defined' && name !== 'undefined' && name !== 'none')
      throw new Error(`the test "${name}" has no counterpart`);
    const isNone: Expression = { kind: 'compare', operator: '==', left: of, right: literal('none', null) };
    return negated !== (name === 'defined') ? { kind: 'not', of: isNone } : isNone;
  }

  #joined(): Expression {
    let left = this.#filtered();
    for (;;) {
      const operator = this.#take('+') ? '+' : this.#take('~') ? '~' : undefined;
      if (!operator) return left;
      left = { kind: 'join', operator, left, right: this.#filtered() };
    }
  }

  #filtered(): Expression {
    let of = this.#primary();
    while (this.#take('|')) {
      const name = this.#next();
      const from = this.#atoms[this.#at]?.end;
      const args = this.#take('(') ? this.#list(')') : [];
      const end = this.#atoms[this.#at - 1]?.at;
      of = { kind: 'filter', of, name, args, source: this.#text.slice(from, end).trim() };
    }
    return of;
  }

  #primary(): Expression {
    const atom = this.#next();
    if (atom === '(') {
      const inner = this.#choice();
      if (!this.#take(')')) throw unknown();
      return inner;
    }
    if (atom === '[') return { kind: 'list', items: this.#list(']') };
    if (/^["']/.test(atom)) return literal(atom, unquoted(atom));
    if (/^\d/.test(atom)) return literal(atom, Number(atom));
    if (Object.hasOwn(constants, atom)) return literal(atom, constants[atom] ?? null);
    if (!/^[A-Za-z_]/.test(atom)) throw unknown();
    return this.#members(atom);
  }

  #members(name: string): Expression {
    const path: Step[] = [];
    for (;;) {
      if (this.#take('.')) {
        const key = this.#next();
        if (key === 'items' && this.#take('(')) {
          if (!this.#take(')')) throw unknown();
          return { kind: 'items', of: { kind: 'variable', name, path } };
        }
        path.push({ key, source: `.${key}` });
      } else if (this.#take('[')) {
        const inside = this.#next();
        if (!/^["'\d]/.test(inside) || !this.#take(']')) throw unknown();
        path.push({ key: /^\d/.test(inside) ? Number(inside) : unquoted(inside), source: `[${inside}]` });
      } else break;
    }
    if (this.#take('('))
      throw new Error(`the call of "${[name, ...path.map(({ key }) => key)].join('.')}" has no counterpart`);
    return { kind: 'variable', name, path };
  }

  #list(end: string): Expression[] {
    const items: Expression[] = [];
    while (!this.#take(end)) {
      items.push(this.#choice());
      if (this.#take(end)) break;
      if (!this.#take(',')) throw unknown();
    }
    return items;
  }

  #take(text: string): boolean {
    if (this.#atoms[this.#at]?.text !== text) return false;
    this.#at += 1;
    return true;
  }

  #next(): string {
    const atom = this.#atoms[this.#at];
    if (!atom) throw unknown();
    this.#at += 1;
    return atom.text;
  }
}

function atomsOf(text: string): Atom[] {
  const atoms: Atom[] = [];
  atomPattern.lastIndex = 0;
  for (let match = atomPattern.exec(text); match; match = atomPattern.exec(text)) {
    const atom = match[1] ?? '';
    atoms.push({ text: atom, at: atomPattern.lastIndex - atom.length, end: atomPattern.lastIndex });
  }
  const end = atoms.at(-1)?.end ?? 0;
  if (text.slice(end).trim() !== '') throw unknown();
  return atoms;
}

function literal(text: string, value: string | number | boolean | null): Expression {
  return { kind: 'literal', text, value };
}

/** Liquid does not support escapes within quotes. */
function unquoted(text: string): string {
  const inner = text.slice(1, -1);
  if (inner.includes('\\')) throw new Error('an escaped character in a text has no counterpart');
  return inner;
}

function unknown(): Error {
  return new Error('this expression has no counterpart');
}
