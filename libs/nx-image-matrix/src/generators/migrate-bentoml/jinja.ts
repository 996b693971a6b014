import { messageOf } from '@nx-image-matrix/engine/unknown';
import { translateCondition } from './condition.ts';
import { splitInlineIf, unwrapped } from './inline-if.ts';

export interface Translation {
  text: string;
  problems: { line: number; message: string }[];
}

/** BentoML's variables below `metadata.`, and their names here; longer ones first. */
const names: [RegExp, string][] = [
  [/\bmetadata\.envars\[\s*["'](\w+)["']\s*\]/g, 'args.$1'],
  [/\bmetadata\.cuda_requires\b/g, 'cuda.requires'],
  [/\bmetadata\./g, ''],
  [/\bcuda\.base_repo\b/g, 'cuda.repository_url'],
  [/\bcuda\.ml_repo\b/g, 'cuda.ml_repository_url'],
  [/\bcuda\.version\.shortened\b/g, 'cuda.version.short'],
  [/\bcudnn\.major_version\b/g, 'cudnn.major'],
  [/\bloop\.index0\b/g, 'forloop.index0'],
  [/\bloop\.(index|first|last|length)\b/g, 'forloop.$1'],
];
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
  sort: 'sort',
  capitalize: 'capitalize',
};
const token =
  /\{#[\s\S]*?#\}|\{%-?\+?\s*raw\s*-?%\}[\s\S]*?\{%-?\s*endraw\s*-?%\}|(\{%|\{\{)([-+]?)\s*([\s\S]*?)\s*(-?)(%\}|\}\})/g;

/**
 * Converts a Jinja template of BentoML's tool to Liquid. What has no equivalent becomes a comment, and is listed with
 * its line.
 */
export function translateJinja(text: string): Translation {
  const problems: Translation['problems'] = [];
  const translated = text.replaceAll(token, (whole: string, ...rest: unknown[]) => {
    const [open, left, body, right, , offset] = rest;
    if (whole.startsWith('{#')) return `{% comment %}${whole.slice(2, -2)}{% endcomment %}`;
    if (typeof body !== 'string') return whole;
    try {
      const trims: Trims = { left: left === '-' ? '-' : '', right: right === '-' ? '-' : '' };
      return open === '{{' ? output(body, trims) : tag(body, trims);
    } catch (error) {
      const line = text.slice(0, Number(offset)).split('\n').length;
      problems.push({ line, message: `${messageOf(error)}: ${whole}` });
      return `{% comment %}not translated: ${whole.replaceAll(/[{}%]/g, '')}{% endcomment %}`;
    }
  });
  return { text: fromLine(translated), problems };
}

/** The parent of an image is `from`, however Jinja computes it. */
function fromLine(text: string): string {
  return text.replaceAll(
    /(?<=^|%\})FROM \{\{-? *(?:package) *-?\}\}:\{\{-? *[\w.]+ *-?\}\}|(?<=^|%\})FROM \{\{-? *base_image *-?\}\}/gm,
    'FROM {{ from }}',
  );
}

/** The mark that strips white space next to a tag: `-`, or nothing. */
interface Trims {
  left: string;
  right: string;
}

function output(expression: string, trims: Trims): string {
  return choice(expression, trims, (text, { left, right }) => `{{${left} ${value(text)} ${right}}}`);
}

function tag(body: string, trims: Trims): string {
  const [, name, expression = ''] = /^set\s+(\w+)\s*=\s*([\s\S]+)$/.exec(body) ?? [];
  if (!name) return `{%${trims.left} ${statement(body)} ${trims.right}%}`;
  const assign = `assign ${name} =`;
  return choice(expression, trims, (text, { left, right }) => `{%${left} ${assign} ${value(text)} ${right}%}`);
}

/** An inline `if` becomes one around the expression; in Liquid it needs an end tag. */
function choice(expression: string, { left, right }: Trims, write: (text: string, trims: Trims) => string): string {
  const found = splitInlineIf(expression);
  if (!found) return write(unwrapped(expression), { left, right });
  const inside: Trims = { left: '', right: '' };
  const otherwise = found.otherwise === '' ? '' : `{% else %}${choice(found.otherwise, inside, write)}`;
  const condition = translateCondition(found.condition, rename);
  return `{%${left} if ${condition} %}${choice(found.value, inside, write)}${otherwise}{% endif ${right}%}`;
}

function statement(body: string): string {
  const [, word = '', rest = ''] = /^(\w+)\s*([\s\S]*)$/.exec(body) ?? [];
  switch (word) {
    case 'if':
      return `if ${translateCondition(rest, rename)}`;
    case 'elif':
      return `elsif ${translateCondition(rest, rename)}`;
    case 'for':
      return loop(rest);
    case 'set':
      throw new Error('a block set has no counterpart');
    case 'include':
      return `include ${file(rest)}`;
    case 'extends':
      return `layout ${file(rest)}`;
    case 'block':
      return `block ${rest}`;
    case 'else':
    case 'endif':
    case 'endfor':
    case 'endblock':
      return word;
    default:
      throw new Error(`"${word}" has no counterpart`);
  }
}

function file(name: string): string {
  const [, quoted] = /^["']([^"']+)["']$/.exec(name) ?? [];
  if (!quoted) throw new Error('only a file by its name can be included');
  return `'${quoted.replace(/\.j2$/, '')}'`;
}

function loop(rest: string): string {
  if (/^key\s*,\s*value\s+in\s+metadata\.envars\.items\(\)$/.test(rest)) return 'for envar in envars';
  const [, name, list = ''] = /^(\w+)\s+in\s+([\w.]+)$/.exec(rest) ?? [];
  if (!name) throw new Error('this loop has no counterpart');
  return `for ${name} in ${rename(list)}`;
}

/** An expression with filters; `+` and `~` join texts. */
function value(text: string): string {
  const [expression = '', ...pipes] = text.split(/\s*\|\s*(?=\w)/);
  const [head = '', ...others] = expression.split(/\s*[+~]\s*(?=(?:[^"']*["'][^"']*["'])*[^"']*$)/);
  const joined = [operand(head), ...others.map((part) => `append: ${operand(part)}`)];
  return [...joined, ...pipes.map(filter)].join(' | ');
}

function operand(text: string): string {
  const renamed = rename(text.trim());
  if (/^("[^"]*"|'[^']*'|[\w]+(\.\w+|\[\s*("[^"]*"|'[^']*'|\d+)\s*\])*)$/.test(renamed)) return renamed;
  throw new Error('this expression has no counterpart');
}

function filter(text: string): string {
  const [, name = '', args] = /^(\w+)\s*(?:\(([\s\S]*)\))?$/.exec(text.trim()) ?? [];
  const found = Object.hasOwn(filters, name) ? filters[name] : undefined;
  if (!found) throw new Error(`the filter "${name}" has no counterpart`);
  return args ? `${found}: ${args}` : found;
}

function rename(text: string): string {
  const renamed = names.reduce((result, [from, to]) => result.replaceAll(from, to), text);
  if (renamed === 'key') return 'envar.name';
  return renamed === 'value' ? 'envar.value' : renamed;
}
