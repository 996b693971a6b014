import { always, joined, not, type Condition } from './condition.ts';
import type { Expression } from './expression.ts';
import type { Names, Variable } from './names.ts';

const filters: Record<string, string> = {
  replace: 'replace',
  upper: 'upcase',
  lower: 'downcase',
  trim: 'strip',
  join: 'join',
  default: 'default',
  first: 'first',
  last: 'last',
  length: 'size',
  count: 'size',
  sort: 'sort',
  capitalize: 'capitalize',
};
const opposites: Record<string, string> = { '==': '!=', '!=': '==', '<': '>=', '>=': '<', '>': '<=', '<=': '>' };

/** An expression that is chosen by conditions. */
export type Choice =
  | { kind: 'value'; of: Expression }
  | { kind: 'choice'; condition: Condition; value: Choice; otherwise: Choice | undefined };

/** An expression in Liquid: `a | append: "-" | upcase`. @throws Error if it has no counterpart */
export function valueOf(expression: Expression, names: Names): string {
  switch (expression.kind) {
    case 'literal':
      return literalOf(expression);
    case 'variable': {
      const { text, filters: own } = names.variable(expression);
      return [text, ...own].join(' | ');
    }
    case 'list':
      return listOf(expression.items, names);
    case 'join': {
      const { left, right } = expression;
      if (left.kind === 'literal' && typeof left.value === 'number' && right.kind === 'literal')
        throw new Error('a sum has no counterpart');
      return `${valueOf(left, names)} | append: ${operandOf(right, names)}`;
    }
    case 'filter':
      return `${valueOf(expression.of, names)} | ${filterOf(expression, names)}`;
    default:
      throw new Error('this expression has no counterpart');
  }
}

/** The same where Liquid takes no filters. */
function operandOf(expression: Expression, names: Names): string {
  if (expression.kind === 'literal') return literalOf(expression);
  const found = expression.kind === 'variable' ? names.variable(expression) : undefined;
  if (!found || found.filters.length > 0) throw new Error('this expression has no counterpart');
  return found.text;
}

function literalOf({ text, value }: Expression & { kind: 'literal' }): string {
  return value === null ? 'nil' : typeof value === 'boolean' ? String(value) : text;
}

function listOf(items: readonly Expression[], names: Names): string {
  const texts = items.map((item) =>
    item.kind === 'literal' && typeof item.value === 'string' ? item.value : undefined,
  );
  const [first] = items;
  if (first?.kind === 'literal' && items.length === 1 && texts[0] !== '' && !texts[0]?.includes(','))
    return `${first.text} | split: ","`;
  return ['"" | split: ","', ...items.map((item) => `push: ${operandOf(item, names)}`)].join(' | ');
}

function filterOf({ name, args, source }: Expression & { kind: 'filter' }, names: Names): string {
  const found = Object.hasOwn(filters, name) ? filters[name] : undefined;
  if (!found) throw new Error(`the filter "${name}" has no counterpart`);
  if (name === 'join' && args.length === 0) return "join: ''";
  if (args.length === 0) return found;
  const given = args.every(({ kind }) => kind === 'literal')
    ? source
    : args.map((arg) => operandOf(arg, names)).join(', ');
  return `${found}: ${given}`;
}

/** An expression with its inline `if`s outside; what a filter applies to goes into each branch. */
export function choiceOf(expression: Expression, names: Names): Choice {
  if (expression.kind === 'filter') return withFilter(choiceOf(expression.of, names), expression);
  if (expression.kind !== 'choice') return { kind: 'value', of: expression };
  const condition = conditionOf(expression.condition, names);
  const otherwise = expression.otherwise && choiceOf(expression.otherwise, names);
  const value = choiceOf(expression.value, names);
  if (condition.kind !== 'always') return { kind: 'choice', condition, value, otherwise };
  return condition.value ? value : (otherwise ?? { kind: 'value', of: { kind: 'literal', text: '""', value: '' } });
}

function withFilter(choice: Choice, filter: Expression & { kind: 'filter' }): Choice {
  if (choice.kind === 'value') return { kind: 'value', of: { ...filter, of: choice.of } };
  const { value, otherwise } = choice;
  return { ...choice, value: withFilter(value, filter), otherwise: otherwise && withFilter(otherwise, filter) };
}

/** A condition in Liquid. @throws Error if it has no counterpart */
export function conditionOf(expression: Expression, names: Names): Condition {
  switch (expression.kind) {
    case 'and':
    case 'or':
      return joined(
        expression.kind,
        expression.parts.map((part) => conditionOf(part, names)),
      );
    case 'not':
      return not(conditionOf(expression.of, names));
    case 'compare':
      return comparison(expression, names);
    case 'literal':
      return always(Boolean(expression.value));
    case 'variable':
      return truth(expression, names);
    default:
      throw new Error('this condition has no counterpart');
  }
}

/** In Jinja an empty text is false, in Liquid it is true. */
function truth(expression: Expression & { kind: 'variable' }, names: Names): Condition {
  if (names.isParent(expression)) return always(true);
  const found = plainVariable(expression, names);
  if (found.constant !== undefined) return always(found.constant !== '');
  const isFlag = expression.path.length === 0 && names.locals.get(expression.name)?.kind === 'flag';
  if (isFlag || found.path === 'multistage_image' || /^forloop\.(?:first|last)$/.test(found.text))
    return leaf(found.text, `${found.text} == false`);
  const isSet = leaf(found.text, `${found.text} == nil`);
  const local = expression.path.length === 0 ? names.locals.get(expression.name) : undefined;
  const mayBeEmpty = (local && local.kind !== 'alias') || names.bound.has(expression.name);
  return mayBeEmpty ? joined('and', [isSet, compared(found.text, '!=', 'empty')]) : isSet;
}

function comparison({ operator, left, right }: Expression & { kind: 'compare' }, names: Names): Condition {
  if (operator === 'in') return containment(left, right, names);
  const [one, two] = [sideOf(left, names), sideOf(right, names)];
  if (one.constant !== undefined && two.constant !== undefined && (operator === '==' || operator === '!='))
    return always((one.constant === two.constant) === (operator === '=='));
  if (operator === '==' || operator === '!=') {
    const never = one.never?.includes(two.constant ?? '') || two.never?.includes(one.constant ?? '');
    if (never) return always(operator === '!=');
  }
  return compared(one.text, operator, two.text);
}

function containment(left: Expression, right: Expression, names: Names): Condition {
  if (right.kind === 'list')
    return joined(
      'or',
      right.items.map((item) => comparison({ kind: 'compare', operator: '==', left, right: item }, names)),
    );
  if (right.kind !== 'variable') throw new Error('this condition has no counterpart');
  const map = plainVariable(right, names);
  if (!map.isMap) return { kind: 'leaf', text: `${map.text} contains ${sideOf(left, names).text}` };
  if (left.kind !== 'literal' || typeof left.value !== 'string') throw new Error('this condition has no counterpart');
  if (names.lacks(map.path ?? '', left.value)) return always(false);
  const step = { key: left.value, source: `.${left.value}` };
  return compared(plainVariable({ ...right, path: [...right.path, step] }, names).text, '!=', 'nil');
}

interface Side {
  text: string;
  constant?: string;
  /** Texts that it never has. */
  never?: readonly string[];
}

function sideOf(expression: Expression, names: Names): Side {
  if (expression.kind === 'literal') {
    const text = literalOf(expression);
    return typeof expression.value === 'string' ? { text, constant: expression.value } : { text };
  }
  if (expression.kind !== 'variable') throw new Error('this condition has no counterpart');
  const { text, constant } = plainVariable(expression, names);
  const bound = expression.path.length === 0 ? names.bound.get(expression.name) : undefined;
  return {
    text,
    ...(constant !== undefined && { constant }),
    ...(bound?.kind === 'liquid' && bound.never && { never: bound.never }),
  };
}

function plainVariable(expression: Expression & { kind: 'variable' }, names: Names): Variable {
  const found = names.variable(expression);
  if (found.filters.length > 0) throw new Error('this condition has no counterpart');
  return found;
}

function compared(left: string, operator: string, right: string): Condition {
  return leaf(`${left} ${operator} ${right}`, `${left} ${opposites[operator]} ${right}`);
}

function leaf(text: string, opposite: string): Condition {
  return { kind: 'leaf', text, opposite };
}
