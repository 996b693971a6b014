import { isVariableName, looksLikeCredential } from '@nx-image-matrix/diagnostics';
import type { Problems } from '../yaml/problems.ts';
import { isLiquid } from '../expand/liquid.ts';
import { readEnvar } from '../normalise/envar.ts';
import { flatScalars, isNull, itemsOf, namedEntriesOf, valueOf } from '../normalise/read.ts';
import { layersOf, specsOf } from '../normalise/specs.ts';
import type { Entry, Node, Place, ScalarNode } from '../yaml/tree.ts';
import { axisValueProblem } from '../references/axis-value.ts';
import { checkCredentialName } from './credential-name.ts';
import type { RuleContext } from './context.ts';

/** Arguments, environment variables and secrets at every level: valid names, and no credentials built in. */
export function checkLayers({ tree, problems }: RuleContext): void {
  for (const layer of layersOf(tree)) {
    for (const [name, entry] of namedEntriesOf(valueOf(layer, 'args'))) checkArgument(name, entry, problems);
    for (const { value } of itemsOf(valueOf(layer, 'secrets'))) checkSecret(value, problems);
  }
  for (const spec of specsOf(tree)) {
    const envars = valueOf(spec, 'envars');
    if (envars?.kind === 'list') for (const envar of flatScalars(envars)) checkEnvar(envar, problems);
  }
}

function checkSecret(secret: Node, problems: Problems): void {
  checkCredentialName('env', valueOf(secret, 'env'), problems);
  if (secret.kind !== 'map' || valueOf(secret, 'env') || valueOf(secret, 'src')) return;
  problems.add(secret, 'missing-key', 'the secret has neither `env` nor `src`', {
    hint: '`env` is the name of a variable that holds it, `src` the path of a file',
    harmless: true,
  });
}

function checkArgument(name: string, { key, value }: Entry, problems: Problems): void {
  if (!isVariableName(name)) {
    problems.add(key, 'bad-arg', `\`${name}\` is not a valid build argument name`, {
      hint: 'letters, digits and `_`, not beginning with a digit',
      harmless: true,
    });
    return;
  }
  if (looksLikeCredential(name) && !isNull(value)) reportCredential('build argument', name, key, problems);
  if (value.kind === 'list') checkAxis(name, value, problems);
}

function checkAxis(name: string, list: Node & { kind: 'list' }, problems: Problems): void {
  if (list.items.length === 0) {
    problems.add(list, 'bad-arg', `\`${name}\` has no values, so there would be no image`, {
      hint: 'leave the value empty to remove an inherited argument',
      harmless: true,
    });
  }
  for (const value of flatScalars(list)) {
    const problem = isLiquid(value.text) ? undefined : axisValueProblem(value.text);
    if (problem) problems.add(value, 'bad-arg', `\`${name}\`: ${problem}`, { harmless: true });
  }
}

function checkEnvar(envar: ScalarNode, problems: Problems): void {
  const [name = ''] = envar.text.split(/[=:\s]/, 1);
  const isSecret = looksLikeCredential(name);
  if (!readEnvar(envar.text)) {
    const found = isSecret ? `\`${name}\`` : `\`${envar.text.slice(0, 60)}\``;
    problems.add(envar, 'bad-envar', `${found} is not of the form KEY=value`, {
      harmless: true,
      ...(isSecret && { conceal: true }),
    });
  } else if (isSecret) {
    reportCredential('environment variable', name, envar, problems);
  }
}

function reportCredential(what: string, name: string, place: Place, problems: Problems): void {
  problems.add(place, 'secret-in-build', `the ${what} \`${name}\` would put a credential into the image`, {
    hint: 'use `secrets` and `RUN --mount=type=secret`',
    conceal: true,
    harmless: true,
  });
}
