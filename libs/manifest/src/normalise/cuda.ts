import { type DiagnosticCode, suggest } from '@nx-image-matrix/diagnostics';
import type { CudaSetting, Package, Release, Text } from '../manifest.ts';
import type { Entry, Item, Node, Place } from '../yaml/tree.ts';
import { readPlatforms } from './layer.ts';
import { entriesOf, flatItems, namedEntriesOf, textOf, valueOf } from './read.ts';
import { isReservedForCuda } from './reserved.ts';

export type CudaDependencies = Map<string, Map<string, string>>;

interface CudaProblem {
  at: Place;
  /** The node with the problem. */
  node: Node;
  code: DiagnosticCode;
  message: string;
  hint?: string;
}

export interface ResolvedCuda {
  setting?: CudaSetting;
  problems: CudaProblem[];
}

/** CUDA version -> component -> package version. */
export function readCudaDependencies(node: Node | undefined): CudaDependencies {
  return new Map(namedEntriesOf(node).map(([version, { value }]) => [version, readComponents(value)]));
}

/** The settings in an entry of `cuda_dependencies` besides components. */
export interface CudaSettings {
  requires?: Text;
  platforms?: string[];
}

/** CUDA version -> its settings, for those that have any. */
export function readCudaSettings(node: Node | undefined): Map<string, CudaSettings> {
  return new Map(
    namedEntriesOf(node).flatMap(([version, { value }]): [string, CudaSettings][] => {
      const requires = textOf(valueOf(value, 'requires'));
      const settings = { ...(requires && { requires }), ...readPlatforms(value) };
      return Object.keys(settings).length > 0 ? [[version, settings]] : [];
    }),
  );
}

/** The CUDA versions that the `cuda` of a release means; none if it is empty. */
export function resolveCuda(cuda: Entry, dependencies: CudaDependencies): ResolvedCuda {
  const axis = cuda.value.kind === 'list';
  const items = axis
    ? flatItems(cuda.value)
    : [{ value: cuda.value, at: cuda.value.kind === 'map' ? cuda.key : cuda.at }];
  const resolved = items.map((item) => resolveItem(item, dependencies));
  const versions = [...new Set(resolved.flatMap(({ version }) => version ?? []))];
  return {
    ...(versions.length > 0 && { setting: { versions, axis } }),
    problems: resolved.flatMap(({ problem }) => problem ?? []),
  };
}

/** The CUDA versions of a package on a release. */
export function cudaOf({ cuda: own }: Package, { cuda }: Release): CudaSetting | undefined {
  return own ? own.setting : cuda;
}

function resolveItem({ value, at }: Item, dependencies: CudaDependencies): { version?: string; problem?: CudaProblem } {
  if (value.kind === 'map') return resolveComponents(value, at, dependencies);
  const version = textOf(value)?.text;
  if (version === undefined || dependencies.has(version)) return { version };
  const nearest =
    [...dependencies.keys()].find((known) => known.startsWith(`${version}.`)) ?? suggest(version, dependencies.keys());
  return {
    problem: {
      at: value,
      node: value,
      code: 'unknown-cuda-version',
      message: `\`cuda_dependencies\` has no CUDA version \`${version}\``,
      hint: nearest && `did you mean \`${nearest}\`?`,
    },
  };
}

function resolveComponents(
  node: Node,
  at: Place,
  dependencies: CudaDependencies,
): { version?: string; problem?: CudaProblem } {
  const components = readComponents(node);
  if (components.size === 0) return {};
  const equal = [...dependencies].filter(([, known]) => isEqual(known, components)).map(([version]) => version);
  if (equal.length === 1) return { version: equal[0] };
  if (equal.length > 1) {
    const message = `these components are those of several CUDA versions: ${equal.join(', ')}`;
    return {
      problem: { at, node, code: 'ambiguous-cuda', message, hint: `name the version: \`cuda: "${equal[0]}"\`` },
    };
  }
  const message = 'these components are those of no CUDA version of `cuda_dependencies`';
  return {
    problem: { at, node, code: 'unknown-cuda-version', message, hint: nearestDifference(components, dependencies) },
  };
}

function readComponents(node: Node): Map<string, string> {
  const components = entriesOf(node).filter(({ key }) => !isReservedForCuda(key.text));
  return new Map(components.map(({ key, value }) => [key.text, textOf(value)?.text ?? '']));
}

function isEqual(a: Map<string, string>, b: Map<string, string>): boolean {
  return a.size === b.size && [...a].every(([name, version]) => b.get(name) === version);
}

function nearestDifference(components: Map<string, string>, dependencies: CudaDependencies): string | undefined {
  let best: { version: string; differing: string[] } | undefined;
  for (const [version, known] of dependencies) {
    const differing = [...new Set([...known.keys(), ...components.keys()])].filter(
      (name) => known.get(name) !== components.get(name),
    );
    if (!best || differing.length < best.differing.length) best = { version, differing };
  }
  return (
    best && `nearest is \`${best.version}\`, which differs in ${best.differing.map((name) => `\`${name}\``).join(', ')}`
  );
}
