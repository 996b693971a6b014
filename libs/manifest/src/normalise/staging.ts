import type { Staging } from '../manifest.ts';
import { isRepository } from '../references/grammar.ts';
import { parseReference } from '../references/reference.ts';
import { barePlace, type Entry } from '../yaml/tree.ts';
import { readLogin } from './login.ts';
import { numberOf, textOf, valueOf } from './read.ts';

/** Default of `keep`. */
const DAYS = 30;

/** The section `staging`, unless it is switched off or names no repository. */
export function readStaging(entry: Entry | undefined): Staging | undefined {
  const text = textOf(valueOf(entry?.value, 'repository'))?.text;
  if (!entry || text === undefined || !isRepository(text)) return undefined;
  const { registry, repository } = parseReference(text);
  return {
    repository: `${registry}/${repository}`,
    ...readLogin(entry.value),
    keep: numberOf(valueOf(entry.value, 'keep')) ?? DAYS,
    at: barePlace(entry.key),
  };
}
