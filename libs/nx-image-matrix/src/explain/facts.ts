import { familiarReference } from '@nx-image-matrix/manifest/reference';
import type { Image } from '@nx-image-matrix/manifest';
import type { CauseKind } from './cause.ts';

/** One value that a manifest gives an image. */
interface Fact {
  kind: CauseKind;
  /** Of what there are several: the argument, the label. */
  name?: string;
  /** The key of the manifest, where it is not the name. */
  key?: string;
  value: string;
  /** The variable of templates that has it; absent if `image.json` alone has it. */
  variable?: string;
  /** Whether `image.json` has it, whatever the templates read. */
  recorded?: true;
}

/** A fact that differs; one side is absent if there is none. */
export interface ChangedFact extends Omit<Fact, 'value'> {
  from?: string;
  to?: string;
}

/** The values that a manifest gives an image, by kind and name, without those that follow from others. */
function factsOfImage(image: Image): Map<string, Fact> {
  const { variables } = image;
  const facts = new Map<string, Fact>();
  const add = (fact: Fact): void => void facts.set(`${fact.kind}\0${fact.name ?? fact.key ?? ''}`, fact);
  const addAll = (
    kind: CauseKind,
    values: Readonly<Record<string, unknown>>,
    more: (name: string) => Partial<Fact>,
  ): void => {
    for (const [name, value] of Object.entries(values)) add({ kind, name, value: textOf(value), ...more(name) });
  };
  add({ kind: 'version', value: variables.version, variable: 'version', key: 'version' });
  add({ kind: 'base-image', value: variables.base_image, variable: 'base_image', key: 'base_image', recorded: true });
  addAll('argument', variables.args, (name) => ({ variable: `args.${name}` }));
  addAll('component', componentsOf(image), () => ({ variable: 'cuda' }));
  addAll('label', image.labels, () => ({ recorded: true }));
  addAll('variable', variables.vars ?? {}, () => ({ variable: 'vars' }));
  const envars = Object.fromEntries(variables.envars.map(({ name, value }) => [name, value]));
  addAll('envar', envars, () => ({ variable: 'envars' }));
  addAll('cuda', cudaOf(image), () => ({ variable: 'cuda' }));
  add({
    kind: 'platforms',
    value: image.platforms.join(', '),
    key: 'platforms',
    variable: 'platforms',
    recorded: true,
  });
  addAll('secret', Object.fromEntries(image.secrets.map(({ id, ...source }) => [id, source])), () => ({
    recorded: true,
  }));
  if (image.ssh.length > 0) add({ kind: 'ssh', value: image.ssh.join(', '), key: 'ssh', recorded: true });
  if (image.scan) add({ kind: 'key', key: 'scan', value: JSON.stringify(image.scan), recorded: true });
  for (const key of ['reproducible', 'attestations'] as const) {
    if (image[key]) add({ kind: 'key', key, value: JSON.stringify(image[key]), recorded: true });
  }
  if (image.tests.length > 0) {
    const paths = image.tests.map(({ path }) => path).join(', ');
    add({ kind: 'key', key: 'tests', value: paths, recorded: true });
  }
  add({ kind: 'from', value: image.parent ?? '', key: 'from', recorded: true });
  add({ kind: 'template-name', value: image.template, key: 'template', recorded: true });
  add({ kind: 'key', key: 'templates_dir', value: image.templatesDir, recorded: true });
  add({ kind: 'key', key: 'header', value: variables.header ?? '', variable: 'header' });
  add({ kind: 'key', key: 'add_to_tags', value: variables.add_to_tags ?? '', variable: 'add_to_tags' });
  const multistage = String(variables.multistage_image);
  add({ kind: 'key', key: 'multistage_image', value: multistage, variable: 'multistage_image' });
  add({
    kind: 'tags',
    value: [...image.tags, ...image.floatingTags].join(', '),
    key: 'tags',
    variable: 'tags',
    recorded: true,
  });
  const repositories = image.push ? image.repositories.join(', ') : '';
  add({ kind: 'repositories', value: repositories, key: 'repository', recorded: true });
  return facts;
}

/** The facts that differ between two images. */
export function changedFacts(before: Image, after: Image): ChangedFact[] {
  const [old, now] = [factsOfImage(before), factsOfImage(after)];
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((key): ChangedFact[] => {
    const [from, to] = [old.get(key), now.get(key)];
    const fact = to ?? from;
    if (!fact || from?.value === to?.value) return [];
    const { value: _value, ...rest } = fact;
    return [{ ...rest, ...(from && { from: from.value }), ...(to && { to: to.value }) }];
  });
}

/** The key of a fact in a comparison. */
export function keyOfFact({ kind, name, key }: ChangedFact): string {
  return `${kind}\0${name ?? key ?? ''}`;
}

/** Facts that only follow from others if one of these has changed. */
const derived: ReadonlySet<CauseKind> = new Set(['tags', 'repositories']);

/** Those that are not mere consequences of the others. */
export function withoutConsequences(facts: readonly ChangedFact[]): ChangedFact[] {
  const own = facts.filter(({ kind }) => !derived.has(kind));
  return own.length > 0 ? own : [...facts];
}

/** A reference without its digest, in its usual spelling, and the digest. */
export function splitDigest(reference: string): { name: string; digest?: string } {
  const at = reference.indexOf('@');
  if (at < 0) return { name: familiarReference(reference) };
  return { name: familiarReference(reference.slice(0, at)), digest: reference.slice(at + 1) };
}

function componentsOf({ variables: { cuda } }: Image): Record<string, string> {
  return { ...cuda?.components, ...(cuda?.cudnn && { [cuda.cudnn.package]: cuda.cudnn.version }) };
}

function cudaOf({ variables: { cuda } }: Image): Record<string, string> {
  if (!cuda) return {};
  return { cuda: cuda.version.full, cuda_requires: cuda.requires ?? '', cuda_prefix_url: cuda.prefix };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
