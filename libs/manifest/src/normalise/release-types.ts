import type { ReleaseType } from '../manifest.ts';
import type { Entry, Node } from '../yaml/tree.ts';
import { ownerOf } from '../references/owner.ts';
import { readLayer } from './layer.ts';
import { entryOf, flatScalars, isNull, namedEntriesOf, textOf } from './read.ts';

interface Defaults {
  from?: string;
  cuda?: true;
  push?: false;
}

/** The predefined release types. */
const declared = new Map<string, Defaults>([
  ['base', { push: false }],
  ['runtime', { from: 'base' }],
  ['cudnn', { from: 'base', cuda: true }],
  ['devel', { from: 'base' }],
]);

/** All release types: the predefined ones, changed key by key by `release_types`, then the added ones. */
export function readReleaseTypes(node: Node | undefined): Map<string, ReleaseType> {
  const entries = new Map(namedEntriesOf(node));
  const names = new Set([...declared.keys(), ...entries.keys()]);
  return new Map([...names].map((name) => [name, readReleaseType(name, entries.get(name))]));
}

function readReleaseType(name: string, entry: Entry | undefined): ReleaseType {
  const defaults = declared.get(name) ?? {};
  const from = entryOf(entry?.value, 'from');
  const cuda = entryOf(entry?.value, 'cuda');
  const tags = entryOf(entry?.value, 'tags');
  return {
    name,
    key: entry?.key,
    ...readFrom(from ? textOf(from.value)?.text : defaults.from),
    fromAt: from?.value,
    cuda: readBoolean(cuda, defaults.cuda ?? false),
    cudaAt: cuda?.value,
    push: readBoolean(entryOf(entry?.value, 'push'), defaults.push ?? true),
    template: textOf(entryOf(entry?.value, 'template')?.value),
    ...(tags && !isNull(tags.value) && { tags: flatScalars(tags.value) }),
    floatingTags: flatScalars(entryOf(entry?.value, 'floating_tags')?.value),
    layer: readLayer(entry?.value),
    node: entry?.value,
  };
}

function readBoolean(entry: Entry | undefined, otherwise: boolean): boolean {
  return entry?.value.kind === 'scalar' ? entry.value.value === true : otherwise;
}

function readFrom(text: string | undefined): Pick<ReleaseType, 'from' | 'fromPackage'> {
  if (text === undefined) return {};
  const { pkg, type } = ownerOf(text);
  return type === undefined ? { from: pkg } : { from: type, fromPackage: pkg };
}
