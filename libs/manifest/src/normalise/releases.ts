import type { Release, Text } from '../manifest.ts';
import type { Entry, Node } from '../yaml/tree.ts';
import { resolveCuda, type CudaDependencies } from './cuda.ts';
import { readEnvar } from './envar.ts';
import { readLayer } from './layer.ts';
import { flatScalars, namedEntriesOf, textOf } from './read.ts';

/** Every version of every distro, with the values that it inherits from `release_spec`. */
export function readReleases(
  releases: Node | undefined,
  defaults: Node | undefined,
  cuda: CudaDependencies,
): Release[] {
  return namedEntriesOf(releases).flatMap(([name, distro]) =>
    namedEntriesOf(distro.value).map(([version, spec]) => readRelease(name, version, spec, defaults, cuda)),
  );
}

function readRelease(
  name: string,
  version: string,
  spec: Entry,
  defaults: Node | undefined,
  cuda: CudaDependencies,
): Release {
  const entries = new Map([...namedEntriesOf(defaults), ...namedEntriesOf(spec.value)]);
  const text = (key: string): Text | undefined => textOf(entries.get(key)?.value);
  const cudaEntry = entries.get('cuda');
  const multistage = entries.get('multistage_image')?.value;
  return {
    distro: { name, version, id: `${name}${version}` },
    key: spec.key,
    templatesDir: text('templates_dir'),
    addToTags: text('add_to_tags'),
    multistage: multistage?.kind === 'scalar' ? multistage.value === true : true,
    header: text('header'),
    envars: flatScalars(entries.get('envars')?.value).flatMap((scalar) => readEnvar(scalar.text) ?? []),
    cudaPrefix: text('cuda_prefix_url'),
    cudaRequires: text('cuda_requires'),
    cuda: cudaEntry && resolveCuda(cudaEntry, cuda).setting,
    layers: [readLayer(defaults), readLayer(spec.value)],
    entries,
    specs: defaults ? [spec.value, defaults] : [spec.value],
  };
}
