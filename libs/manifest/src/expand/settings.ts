import type { Secret } from '../image.ts';
import type { Argument, Layer, Text } from '../manifest.ts';
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
}

/** Merges layers, weakest first: maps merge by key, lists replace, null switches off. */
export function resolveSettings(layers: readonly Layer[]): Settings {
  const settings: Settings = {
    args: new Map(),
    strengths: { args: new Map(), platforms: -1 },
    vars: new Map(),
    labels: new Map(),
    secrets: [],
    ssh: [],
    platforms: [],
  };
  for (const [strength, layer] of layers.entries()) {
    mergeByKey(settings.args, layer.args);
    for (const name of layer.args?.keys() ?? []) settings.strengths.args.set(name, strength);
    if (layer.baseImage !== undefined) settings.baseImage = layer.baseImage ?? undefined;
    mergeByKey(settings.vars, layer.vars);
    mergeByKey(settings.labels, layer.labels);
    if (layer.secrets) settings.secrets = layer.secrets;
    if (layer.ssh) settings.ssh = layer.ssh;
    if (layer.platforms) {
      settings.platforms = layer.platforms;
      settings.strengths.platforms = strength;
    }
  }
  return settings;
}

function mergeByKey<T>(target: Map<string, T>, layer: Map<string, T | null> | null | undefined): void {
  if (layer === null) target.clear();
  for (const [name, value] of layer ?? []) {
    if (value === null) target.delete(name);
    else target.set(name, value);
  }
}
