import { isVariableName, looksLikeCredential } from '@nx-image-matrix/diagnostics';
import type { Problems } from '../yaml/problems.ts';
import { isLiquid } from '../expand/liquid.ts';
import { readEnvar } from '../normalise/envar.ts';
import { entriesOf, flatScalars, isNull, itemsOf, valueOf } from '../normalise/read.ts';
import { argumentsOf, layersOf, specsOf } from '../normalise/specs.ts';
import { isSame } from '../yaml/is-same.ts';
import type { Entry, Node, Place, ScalarNode } from '../yaml/tree.ts';
import { axisValueProblem } from '../references/axis-value.ts';
import { checkCredentialName } from './credential-name.ts';
import type { RuleContext } from './context.ts';

/** Arguments, environment variables and secrets at every level: valid names, and no credentials built in. */
export function checkLayers({ tree, problems }: RuleContext): void {
  for (const layer of layersOf(tree)) {
    for (const [name, entry] of argumentsOf(layer)) checkArgument(name, entry, problems);
    checkTwice(layer, problems);
    for (const entry of entriesOf(valueOf(layer, 'vars'))) checkVariable(entry, problems);
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
  if (value.kind === 'list') checkAxis(name, value, value.items.length, flatScalars(value), problems);
  if (value.kind === 'map') {
    const values = entriesOf(value).map((entry) => entry.key);
    checkAxis(name, value, values.length, values, problems);
  }
}

/** An argument that one layer sets twice: by itself and with a value of an axis, or differently with values of two axes. */
function checkTwice(layer: Node, problems: Problems): void {
  const first = new Map<string, { entry: Entry; axis?: string }>();
  const own = (axis: string | undefined): number => (axis === undefined ? 0 : 1);
  for (const [name, entry, axis] of argumentsOf(layer).toSorted(([, , a], [, , b]) => own(a) - own(b))) {
    const known = first.get(name);
    if (!known || isNull(known.entry.value)) first.set(name, { entry, axis });
    else if (axis !== known.axis && !(known.axis !== undefined && isSame(known.entry.value, entry.value))) {
      const setter = known.axis === undefined ? '' : ` by a value of \`${known.axis}\``;
      const message = `a value of \`${axis}\` sets \`${name}\`, which line ${known.entry.key.line} sets${setter} too`;
      problems.add(entry.key, 'bad-arg', message, { hint: 'keep one of the two', harmless: true });
    }
  }
}

/** Names that LiquidJS accepts after a dot. */
const variableName = /^[A-Za-z_][A-Za-z0-9_-]*$/;

function checkVariable({ key, value }: Entry, problems: Problems): void {
  if (!variableName.test(key.text)) {
    problems.add(key, 'bad-var', `\`${key.text}\` is not a name for \`vars\`: templates could not read it`, {
      hint: 'letters, digits, `_` and `-`, not beginning with a digit; maps below it may have any keys',
      harmless: true,
    });
  }
  checkCredentials([{ key, value, at: value }], new Set(), problems);
}

/** At any depth; values that aliases repeat are read once. */
function checkCredentials(entries: readonly Entry[], seen: Set<Node>, problems: Problems): void {
  for (const { key, value } of entries) {
    if (value.kind === 'scalar') {
      if (!isNull(value) && looksLikeCredential(key.text)) reportCredential('variable', key.text, key, problems);
    } else checkNested(value, seen, problems);
  }
}

function checkNested(node: Node, seen: Set<Node>, problems: Problems): void {
  if (seen.has(node)) return;
  seen.add(node);
  for (const { value } of itemsOf(node)) checkNested(value, seen, problems);
  checkCredentials(entriesOf(node), seen, problems);
}

function checkAxis(name: string, axis: Node, count: number, values: readonly ScalarNode[], problems: Problems): void {
  if (count === 0) {
    problems.add(axis, 'bad-arg', `\`${name}\` has no values, so there would be no image`, {
      hint: 'leave the value empty to remove an inherited argument',
      harmless: true,
    });
  }
  for (const value of values) {
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
