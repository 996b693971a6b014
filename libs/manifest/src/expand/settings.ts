import type { AttestationSettings, ReproducibleSettings, ScanSettings, Secret } from '../image.ts';
import type { Argument, AttestationsLayer, Layer, ScanLayer, Text } from '../manifest.ts';
import type { Node } from '../yaml/tree.ts';

/** The merged settings of one package, release and release type. */
export interface Settings {
  args: Map<string, Argument>;
  /** The number of the layer that sets or removes an argument, or sets the platforms; stronger layers have higher ones. */
  strengths: { args: Map<string, number>; platforms: number };
  baseImage?: Text;
  vars: Map<string, Node>;
  labels: Map<string, Text>;
  secrets: Secret[];
  ssh: string[];
  platforms: string[];
  /** Absent if the images are not scanned. */
  scan?: ScanSettings;
  /** Absent if the images are built with the times of the build. */
  reproducible?: ReproducibleSettings;
  /** Absent if nothing is attested of the images. */
  attestations?: AttestationSettings;
  tests: Text[];
}

/**
 * Merges layers, weakest first: maps merge by key, lists replace, null switches off; tests and what is accepted in scans
 * add up.
 */
export function resolveSettings(layers: readonly Layer[]): Settings {
  const settings: Settings = {
    args: new Map(),
    strengths: { args: new Map(), platforms: -1 },
    vars: new Map(),
    labels: new Map(),
    secrets: [],
    ssh: [],
    platforms: [],
    tests: [],
  };
  for (const [strength, layer] of layers.entries()) {
    mergeByKey(settings.args, layer.args);
    for (const name of layer.args?.keys() ?? []) settings.strengths.args.set(name, strength);
    if (layer.baseImage !== undefined) settings.baseImage = layer.baseImage ?? undefined;
    mergeByKey(settings.vars, layer.vars);
    mergeByKey(settings.labels, layer.labels);
    if (layer.secrets) settings.secrets = layer.secrets;
    if (layer.ssh) settings.ssh = layer.ssh;
    if (layer.tests !== undefined) settings.tests = layer.tests === null ? [] : [...settings.tests, ...layer.tests];
    if (layer.platforms) {
      settings.platforms = layer.platforms;
      settings.strengths.platforms = strength;
    }
    if (layer.scan !== undefined) settings.scan = layer.scan ? withScan(settings.scan, layer.scan) : undefined;
    if (layer.reproducible !== undefined) settings.reproducible = layer.reproducible ?? undefined;
    if (layer.attestations !== undefined) {
      settings.attestations = withAttestations(settings.attestations, layer.attestations);
    }
  }
  return settings;
}

/** An entry for a vulnerability replaces those of weaker layers. */
function withScan(weaker: ScanSettings | undefined, { scanner, failOn, ignore }: ScanLayer): ScanSettings {
  const accepted = new Map([...(weaker?.ignore ?? []), ...ignore].map((entry) => [entry.id, entry]));
  return {
    scanner: scanner ?? weaker?.scanner ?? 'auto',
    failOn: failOn ?? weaker?.failOn ?? 'high',
    ignore: [...accepted.values()],
  };
}

/** Keys are replaced one by one; nothing at all if no key is left. */
function withAttestations(
  weaker: AttestationSettings | undefined,
  layer: AttestationsLayer | null,
): AttestationSettings | undefined {
  const { provenance, sbom } = layer === null ? {} : { ...weaker, ...layer };
  if (!provenance && !sbom) return undefined;
  return { ...(provenance && { provenance }), ...(sbom && { sbom }) };
}

function mergeByKey<T>(target: Map<string, T>, layer: Map<string, T | null> | null | undefined): void {
  if (layer === null) target.clear();
  for (const [name, value] of layer ?? []) {
    if (value === null) target.delete(name);
    else target.set(name, value);
  }
}
