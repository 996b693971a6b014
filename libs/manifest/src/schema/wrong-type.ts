import type { ErrorObject } from 'ajv';
import { looksLikeCredential } from '@nx-image-matrix/diagnostics';
import { loginKeys } from '../normalise/login.ts';
import { holdsCredentials } from '../references/grammar.ts';
import type { Location } from './locate.ts';

/** The sections that name logins. */
const withLogins = new Set(['repository', 'staging']);

const names: Record<string, string> = {
  array: 'a list',
  boolean: '`true` or `false`',
  integer: 'a whole number',
  null: 'nothing',
  number: 'a number',
  object: 'a map',
  string: 'a string',
};

/** The message about a value whose type the schema does not allow. */
export function wrongType(error: ErrorObject, location: Location): { message: string; hint?: string } {
  const subject = subjectOf(location);
  const found = describe(location);
  if (error.keyword === 'pattern') {
    return { message: `${subject} must look like \`${exampleIn(error)}\`, found ${found}` };
  }
  if (error.keyword === 'enum') return { message: `${subject} must be ${oneOf(error)}, found ${found}` };
  if (error.keyword === 'minimum' || error.keyword === 'maximum') {
    return { message: `${subject} must be ${boundOf(error)}, found ${found}` };
  }
  const { type = [] }: { type?: string | string[] } = error.params;
  const wanted = [type].flat().filter((name) => name !== 'null');
  return { message: `${subject} must be ${listed(wanted)}, found ${found}`, hint: hintFor(location, wanted) };
}

/** Whether a value may be a pasted credential. */
export function mustNotBeShown({ key, path: [section = ''], value }: Location): boolean {
  if (value.kind === 'scalar' && holdsCredentials(value.text)) return true;
  if (!key) return false;
  return looksLikeCredential(key.text) || (withLogins.has(section) && loginKeys.includes(key.text));
}

/** The first example of a schema. */
function exampleIn({ parentSchema }: ErrorObject): string {
  const examples: unknown = parentSchema?.['examples'];
  return String(Array.isArray(examples) ? examples[0] : '');
}

function boundOf({ params }: ErrorObject): string {
  const { comparison, limit }: { comparison?: string; limit?: number } = params;
  return `${limit} or ${comparison === '>=' ? 'more' : 'less'}`;
}

function oneOf({ params }: ErrorObject): string {
  const { allowedValues = [] }: { allowedValues?: unknown[] } = params;
  const values = allowedValues.filter((value) => value !== null).map((value) => `\`${String(value)}\``);
  return [values.slice(0, -1).join(', '), values.at(-1)].filter(Boolean).join(' or ');
}

function subjectOf({ key, isItem }: Location): string {
  if (!key) return 'a manifest';
  return isItem ? `an entry of \`${key.text}\`` : `\`${key.text}\``;
}

function listed(types: string[]): string {
  const words = types
    .filter((type) => type !== 'number' || !types.includes('string'))
    .map((type) => names[type] ?? type);
  return [words.slice(0, -1).join(', '), words.at(-1)].filter(Boolean).join(' or ');
}

function describe(location: Location): string {
  const { value } = location;
  if (value.kind === 'list') return 'a list';
  if (value.kind === 'map') return 'a map';
  if (value.kind === 'hole' || value.value === null) return 'nothing';
  if (mustNotBeShown(location)) return typeof value.value === 'string' ? 'a string' : `a ${typeof value.value}`;
  const [line = ''] = value.text.trim().split('\n');
  const quoted = `\`${line.length > 60 ? `${line.slice(0, 57)}...` : line}\``;
  return typeof value.value === 'string' ? quoted : `the ${typeof value.value} ${quoted}`;
}

function hintFor(location: Location, wanted: string[]): string | undefined {
  const { value } = location;
  if (value.kind === 'scalar' && value.value !== null && wanted.length === 1) {
    if (wanted[0] === 'array')
      return `write \`[${looksShort(value.text) && !mustNotBeShown(location) ? value.text : '...'}]\` or one \`- \` line for each entry`;
    if (wanted[0] === 'integer' && typeof value.value === 'string' && /^\d+$/.test(value.text))
      return 'remove the quotes';
    if (wanted[0] === 'string' && typeof value.value !== 'string') return 'put it into quotes';
  }
  if (value.kind === 'map' && wanted.includes('string') && value.entries.size === 1) {
    return 'put it into quotes if the colon or the braces belong to the text';
  }
  return undefined;
}

function looksShort(text: string): boolean {
  return text.length <= 30 && !/[[\]{}\n]/.test(text);
}
