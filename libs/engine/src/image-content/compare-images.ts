import { isObject } from '../unknown.ts';
import { openLayer, type ArchivedImage, type ImageArchive } from './archive.ts';
import { compareLayers, type LayerDifference } from './compare-layers.ts';
import { readLayer } from './layer-files.ts';

/** The first difference between two images of one platform. */
export interface ImageDifference {
  platform: string;
  /** Absent if all layers are equal, and the configuration differs. */
  layer?: {
    /** From 1, the base image's layers included. */
    number: number;
    /** Of the first image. */
    count: number;
    /** The line of the Dockerfile that made it, as the image's history has it; empty if that does not say. */
    instruction: string;
    /** Absent if only one of the images has the layer. */
    files?: LayerDifference;
  };
  /** The path of the first field of the configuration that differs, and both values. */
  field?: { name: string; from: string; to: string };
}

/** The first difference between two archived images, platform by platform; `undefined` if there is none. */
export async function compareImages(one: ImageArchive, two: ImageArchive): Promise<ImageDifference | undefined> {
  for (const image of one.images) {
    const other = two.images.find(({ platform }) => platform === image.platform);
    if (image.config === other?.config) continue;
    if (!other) {
      return { platform: image.platform, field: { name: 'platforms', from: image.platform, to: '' } };
    }
    return comparePlatform([one, image], [two, other]);
  }
  return undefined;
}

async function comparePlatform(
  [archive, one]: [ImageArchive, ArchivedImage],
  [otherArchive, two]: [ImageArchive, ArchivedImage],
): Promise<ImageDifference> {
  const { platform } = one;
  const [diffs, others] = [diffIds(one), diffIds(two)];
  const count = Math.max(diffs.length, others.length);
  for (let index = 0; index < count; index += 1) {
    if (diffs[index] === others[index]) continue;
    const names = [one.layers[index], two.layers[index]];
    const instruction = instructions(one)[index] ?? instructions(two)[index] ?? '';
    const layer = { number: index + 1, count, instruction };
    if (names[0] === undefined || names[1] === undefined) return { platform, layer };
    const before = await readLayer(openLayer(archive, names[0]));
    const after = await readLayer(openLayer(otherArchive, names[1]));
    return { platform, layer: { ...layer, files: compareLayers(before, after) } };
  }
  return { platform, field: firstField(one.configuration, two.configuration) };
}

function diffIds({ configuration: { rootfs } }: ArchivedImage): string[] {
  const ids: unknown = isObject(rootfs) ? rootfs['diff_ids'] : undefined;
  return Array.isArray(ids) ? ids.map(String) : [];
}

/** What made each layer; empty if the history does not fit the layers. */
function instructions(image: ArchivedImage): string[] {
  const { history } = image.configuration;
  if (!Array.isArray(history)) return [];
  const steps: unknown[] = history.filter((step) => isObject(step) && step['empty_layer'] !== true);
  if (steps.length !== diffIds(image).length) return [];
  return steps.map((step) => (isObject(step) ? String(step['created_by'] ?? '') : ''));
}

/** The first field of a document that differs, in alphabetical order. */
function firstField(one: unknown, two: unknown, name = ''): { name: string; from: string; to: string } | undefined {
  if (!isObject(one) || !isObject(two) || Array.isArray(one) !== Array.isArray(two)) {
    return JSON.stringify(one) === JSON.stringify(two) ? undefined : { name, from: shown(one), to: shown(two) };
  }
  for (const key of [...new Set([...Object.keys(one), ...Object.keys(two)])].toSorted()) {
    const own = (document: Readonly<Record<string, unknown>>): unknown =>
      Object.hasOwn(document, key) ? document[key] : undefined;
    const found = firstField(own(one), own(two), name === '' ? key : `${name}.${key}`);
    if (found) return found;
  }
  return undefined;
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
}
