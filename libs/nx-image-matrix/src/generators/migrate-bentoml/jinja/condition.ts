/** A condition of Liquid; a leaf has its text, and that of its opposite. */
export type Condition =
  | { kind: 'leaf'; text: string; opposite?: string }
  | { kind: 'always'; value: boolean }
  | { kind: 'and' | 'or'; parts: Condition[] };

/** All or one of several conditions. */
export function joined(kind: 'and' | 'or', parts: readonly Condition[]): Condition {
  const decisive = kind === 'or';
  if (parts.some((part) => part.kind === 'always' && part.value === decisive)) return always(decisive);
  const open = parts
    .filter((part) => part.kind !== 'always')
    .flatMap((part) => (part.kind === kind ? part.parts : [part]));
  const [first, ...others] = open;
  if (!first) return always(!decisive);
  return others.length === 0 ? first : { kind, parts: open };
}

export function always(value: boolean): Condition {
  return { kind: 'always', value };
}

/** @throws Error if Liquid cannot say the opposite */
export function not(condition: Condition): Condition {
  if (condition.kind === 'always') return always(!condition.value);
  if (condition.kind !== 'leaf') return joined(condition.kind === 'and' ? 'or' : 'and', condition.parts.map(not));
  if (condition.opposite === undefined) throw new Error('the opposite of this condition has no counterpart');
  return { kind: 'leaf', text: condition.opposite, opposite: condition.text };
}

/**
 * A condition as Liquid, which has no brackets and reads `a and b or c` from the right, as `a and (b or c)`:
 * https://liquidjs.com/tutorials/operators.html. So a group can only be the last part.
 * @throws Error if it needs two groups
 */
export function written(condition: Condition): string {
  if (condition.kind === 'always') return String(condition.value);
  if (condition.kind === 'leaf') return condition.text;
  const groups = condition.parts.filter((part) => part.kind !== 'leaf');
  if (groups.length > 1) throw new Error('Liquid has no brackets, and this condition needs two groups');
  const leaves = condition.parts.filter((part) => part.kind === 'leaf');
  return [...leaves, ...groups].map(written).join(` ${condition.kind} `);
}
