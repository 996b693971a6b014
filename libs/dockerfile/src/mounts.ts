import { posix } from 'node:path';
import { expand } from './expand.ts';
import type { Value, Variables } from './expand.ts';

/** The source of a `RUN --mount`. */
export interface Mount {
  type: string;
  from?: Value;
  /** `from` as written. */
  fromWord: string;
  /** For a bind mount: the path in the context (or in `from`); everything by default. */
  source: Value;
  /** For a secret or an SSH agent. */
  id: string;
  /** For a secret or an SSH agent: whether the build fails without it. */
  required: boolean;
}

/**
 * The value of a `--mount` flag: https://docs.docker.com/reference/dockerfile/#run---mount. `undefined` if a quote is
 * not closed.
 */
export function parseMount(text: string, variables: Variables, escape: string): Mount | undefined {
  const mount: Mount = { type: 'bind', fromWord: '', source: { text: '', unknown: [] }, id: '', required: false };
  let target = '';
  for (const field of splitFields(text)) {
    const equals = field.indexOf('=');
    const key = (equals === -1 ? field : field.slice(0, equals)).trim().toLowerCase();
    const word = equals === -1 ? '' : field.slice(equals + 1);
    const value = expand(word, variables, escape);
    if (value === undefined) return undefined;
    if (key === 'type') mount.type = value.text.toLowerCase();
    if (key === 'from') [mount.from, mount.fromWord] = [value, word];
    if (key === 'source' || key === 'src') mount.source = value;
    if (key === 'id') mount.id = value.text;
    if (key === 'required') mount.required = equals === -1 || /^(?:1|t|true)$/i.test(value.text);
    if (key === 'target' || key === 'dst' || key === 'destination') target = value.text;
  }
  // `source` is an alias of `id`, and wins; without either, a secret is called after its mount target.
  mount.id = mount.source.text || mount.id || (mount.type === 'ssh' ? 'default' : posix.basename(target));
  return mount;
}

/** Comma-separated fields; a field that contains a comma is in double quotes, as in CSV. */
function splitFields(text: string): string[] {
  return [...text.matchAll(/"((?:[^"]|"")*)"|[^,]+/g)].map((match) => match[1]?.replaceAll('""', '"') ?? match[0]);
}
