import { pushedStagingHint } from '../expand/pushed-staging.ts';
import type { Manifest } from '../manifest.ts';
import { entryOf, isNull, valueOf } from '../normalise/read.ts';
import { isImageReference, isRepository } from '../references/grammar.ts';
import { canonicalRepository } from '../references/reference.ts';
import type { Problems } from '../yaml/problems.ts';
import type { Node } from '../yaml/tree.ts';
import type { RuleContext } from './context.ts';
import { checkLoginNames } from './credential-name.ts';
import { checkRepository } from './repositories.ts';

/** `staging`: a repository of its own, and a login that is whole. */
export function checkStaging({ tree, manifest, problems }: RuleContext): void {
  const staging = valueOf(tree, 'staging');
  if (staging?.kind !== 'map') return;
  checkLoginNames(staging, problems);
  checkWhole(staging, ['user', 'pwd'], problems);
  checkWhole(staging, ['pwd', 'user'], problems);
  const repository = valueOf(staging, 'repository');
  if (repository) checkPath(repository, manifest, problems);
}

/** A login with only one of the two would fail on every machine. */
function checkWhole(staging: Node, [has, needs]: [string, string], problems: Problems): void {
  const given = entryOf(staging, has);
  const other = valueOf(staging, needs);
  if (!given || isNull(given.value) || (other && !isNull(other))) return;
  problems.add(given.key, 'missing-key', `\`${needs}\` is missing in \`staging\`: a login needs both`, {
    hint: 'name the variables of both `user` and `pwd`, or of neither to use the login of the engine',
    harmless: true,
  });
}

function checkPath(repository: Node, manifest: Manifest, problems: Problems): void {
  const text = repository.kind === 'scalar' && typeof repository.value === 'string' ? repository.text : '';
  if (!text.includes('/') && isImageReference(text)) {
    problems.add(repository, 'bad-reference', `\`${text}\` has no \`/\`: it is a registry or a path, not both`, {
      hint: 'host, `/` and path in lower case, as in `ghcr.io/acme/staging`',
      harmless: true,
    });
    return;
  }
  checkRepository(repository, problems);
  const owner = isRepository(text) && pushedTo(canonicalRepository(text), manifest);
  if (!owner) return;
  problems.add(repository, 'bad-staging', `\`${text}\` is also where images of \`${owner}\` are pushed`, {
    hint: pushedStagingHint,
    harmless: true,
  });
}

/** The first key of `registry` whose images are pushed to a repository. */
function pushedTo(canonical: string, { repositories }: Manifest): string | undefined {
  for (const { registry } of repositories) {
    for (const [owner, repository] of Object.entries(registry)) {
      if (isRepository(repository) && canonicalRepository(repository) === canonical) return owner;
    }
  }
  return undefined;
}
