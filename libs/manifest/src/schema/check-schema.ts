import type { ErrorObject } from 'ajv';
import { suggest } from '@nx-image-matrix/diagnostics';
import type { Problems } from '../yaml/problems.ts';
import { toPlain } from '../yaml/plain.ts';
import type { Node } from '../yaml/tree.ts';
import { locate, type Location } from './locate.ts';
import { mustNotBeShown, wrongType } from './wrong-type.ts';
import { validate } from './validate.generated.mjs';

/**
 * Reports what the JSON Schema finds. An unknown key that is close to a known one counts as that one, in the tree too;
 * neither the missing key nor what depends on it is reported as well.
 */
export function checkSchema(root: Node, problems: Problems): void {
  let errors = run(root);
  for (let renamed = true; renamed; errors = renamed ? run(root) : errors) {
    renamed = false;
    for (const error of errors) {
      if (error.keyword === 'additionalProperties' && reportUnknownKey(error, root, problems)) renamed = true;
    }
  }
  for (const name of ['packages', 'releases']) {
    if (root.kind === 'map' && !root.entries.has(name)) problems.add(root, 'missing-key', `\`${name}\` is missing`);
  }
  const others = errors.filter((error) => error.keyword !== 'additionalProperties');
  const located = others.map((error) => ({ error, location: locate(root, error.instancePath) }));
  located.sort((a, b) => a.location.at.line - b.location.at.line || a.location.at.column - b.location.at.column);
  for (const { error, location } of located) report(error, location, problems);
}

function run(root: Node): ErrorObject[] {
  validate(toPlain(root));
  return validate.errors ?? [];
}

function report(error: ErrorObject, location: Location, problems: Problems): void {
  if (error.keyword === 'required') {
    const { missingProperty }: { missingProperty?: string } = error.params;
    const place = location.isItem ? location.at : (location.key ?? location.at);
    problems.add(place, 'missing-key', `\`${missingProperty}\` is missing${inside(location)}`);
    return;
  }
  if (location.value.kind === 'hole') return;
  // An aliased value is reported once, where it is written.
  if (location.at !== location.value && problems.isTainted(location.value)) return;
  const { message, hint } = wrongType(error, location);
  const conceal = mustNotBeShown(location) ? { conceal: true as const } : {};
  problems.add(location.at, 'wrong-type', message, { hint, ...conceal });
}

/** Reports an unknown key once, and renames it if the intended key is clear; returns whether it did. */
function reportUnknownKey(error: ErrorObject, root: Node, problems: Problems): boolean {
  const { additionalProperty: name = '' }: { additionalProperty?: string } = error.params;
  const location = locate(root, error.instancePath);
  const map = location.value;
  const entry = map.kind === 'map' ? map.entries.get(name) : undefined;
  if (map.kind !== 'map' || !entry) return false;
  const known = Object.keys(error.parentSchema?.['properties'] ?? {});
  const meant = suggest(
    name,
    known.filter((key) => !map.entries.has(key)),
  );
  const nearest = meant ?? suggest(name, known);
  const hint = nearest ? `did you mean \`${nearest}\`?` : `known keys: ${known.join(', ')}`;
  problems.add(entry.key, 'unknown-key', `unknown key \`${name}\`${inside(location)}`, {
    hint,
    harmless: true,
    once: true,
  });
  map.entries.delete(name);
  if (meant) map.entries.set(meant, entry);
  return true;
}

function inside(location: Location): string {
  return location.key ? ` in \`${location.key.text}\`` : '';
}
