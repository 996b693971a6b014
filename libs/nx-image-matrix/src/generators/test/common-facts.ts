import { looksLikeCredential } from '@nx-image-matrix/diagnostics';
import { credentialsIn } from '@nx-image-matrix/engine';
import type { Image } from '@nx-image-matrix/manifest';
import type { ImageFacts } from './read-facts.ts';

/** A value of all images: the same, or a variable of the image that has it in each. */
export type CommonValue = { text: string } | { variable: string };

/** A value with its name. */
export interface NamedValue {
  key: string;
  value: CommonValue;
}

/** What holds for all images. */
export interface CommonFacts {
  user?: CommonValue;
  workdir?: CommonValue;
  entrypoint?: string[];
  cmd?: string[];
  ports: string[];
  volumes: string[];
  environment: NamedValue[];
  labels: NamedValue[];
  startFile?: CommonValue;
  userName?: string;
  /** By program: what it writes before its version, and the version if that is known of all. */
  versions: Map<string, { before: string; version?: CommonValue }>;
}

/** Labels of this plugin, and those that another build has other values of (OCI image specification, "Annotations"). */
const ownLabels =
  /^io\.github\.nx-image-matrix\.|^org\.opencontainers\.image\.(?:created|revision|version|ref\.name|base\.digest)$/;

/** Compares images: what differs is a variable that has the value in each of them, or is left out. */
export function commonFacts(all: readonly ImageFacts[]): CommonFacts {
  const images = all.map(({ image }) => image);
  const one = (read: (facts: ImageFacts) => string | undefined): CommonValue | undefined =>
    commonValue(images, all.map(read));
  const same = <T>(read: (facts: ImageFacts) => T): T | undefined => {
    const [first, ...others] = all.map(read);
    return others.every((other) => JSON.stringify(other) === JSON.stringify(first)) ? first : undefined;
  };
  const entrypoint = same(({ configuration }) => configuration.entrypoint);
  const cmd = same(({ configuration }) => configuration.cmd);
  const userName = same((facts) => facts.userName);
  return {
    ...optional(
      'user',
      one(({ configuration }) => configuration.user),
    ),
    ...optional(
      'workdir',
      one(({ configuration }) => configuration.workdir),
    ),
    ...optional('entrypoint', wordsOf(entrypoint)),
    ...optional('cmd', wordsOf(cmd)),
    ports: inAll(all, ({ configuration }) => configuration.exposedPorts),
    volumes: inAll(all, ({ configuration }) => configuration.volumes),
    environment: named(all, ({ configuration }) => configuration.environment),
    labels: named(all, ({ configuration }) => configuration.labels).filter(({ key }) => !ownLabels.test(key)),
    ...optional(
      'startFile',
      one((facts) => facts.startFile),
    ),
    ...optional('userName', userName),
    versions: versionsOf(all, images),
  };
}

function versionsOf(all: readonly ImageFacts[], images: readonly Image[]): CommonFacts['versions'] {
  const versions: CommonFacts['versions'] = new Map();
  for (const program of inAll(all, (facts) => [...facts.versions.keys()])) {
    const found = all.flatMap((facts) => facts.versions.get(program) ?? []);
    const [first, ...others] = found.map(({ before }) => before);
    if (first === undefined || others.some((other) => other !== first) || !isPlain(first)) continue;
    const whole = found.map(({ version }) => version);
    // The next fix of a distribution has another patch version.
    const short = whole.map((version) => version.split('.').slice(0, 2).join('.'));
    const version = variableOf(images, whole) ?? variableOf(images, short) ?? commonValue(images, short);
    versions.set(program, { before: first, ...optional('version', version) });
  }
  return versions;
}

/** The value of all images; `undefined` if one has none, or they differ and no single variable says how. */
function commonValue(images: readonly Image[], values: readonly (string | undefined)[]): CommonValue | undefined {
  const [first, ...others] = values;
  const texts = values.filter((value) => value !== undefined && value !== '' && isPlain(value));
  if (first === undefined || texts.length < values.length) return undefined;
  if (others.every((other) => other === first)) return { text: first };
  return variableOf(images, values);
}

/**
 * The only variable that has these values in their images. A value that all images share counts only if it reads like a
 * version: `app` is the name of many things.
 */
function variableOf(images: readonly Image[], values: readonly (string | undefined)[]): CommonValue | undefined {
  const isShared = values.every((value) => value === values[0]);
  if (isShared && !/^\d+\.\d/.test(values[0] ?? '')) return undefined;
  const [first] = images;
  const names = first ? [...variablesOf(first).keys()] : [];
  const [found, ...others] = names.filter((name) =>
    images.every((image, index) => variablesOf(image).get(name) === values[index]),
  );
  const isSimple = values.every((value) => value !== undefined && /^[\w./:+-]+$/.test(value));
  return found !== undefined && others.length === 0 && isSimple ? { variable: found } : undefined;
}

/** The variables of templates that a test would name. */
function variablesOf({ variables, args }: Image): Map<string, string> {
  const { distro, cuda } = variables;
  return new Map([
    ['package', variables.package],
    ['version', variables.version],
    ['distro.id', distro.id],
    ['distro.name', distro.name],
    ['distro.version', distro.version],
    ...(cuda ? [['cuda.version.full', cuda.version.full] as const] : []),
    ...Object.entries(args)
      .filter(([name]) => /^[A-Za-z_]\w*$/.test(name))
      .map(([name, value]) => [`args.${name}`, value] as const),
  ]);
}

function named(all: readonly ImageFacts[], read: (facts: ImageFacts) => ReadonlyMap<string, string>): NamedValue[] {
  const images = all.map(({ image }) => image);
  return inAll(all, (facts) => [...read(facts).keys()]).flatMap((key) => {
    const values = all.map((facts) => read(facts).get(key));
    const isSecret = looksLikeCredential(key) || values.some((value) => credentialsIn(`${key}=${value}`).length > 0);
    const value = isSecret ? undefined : commonValue(images, values);
    return value ? [{ key, value }] : [];
  });
}

/** What is in the lists of all images. */
function inAll(all: readonly ImageFacts[], read: (facts: ImageFacts) => readonly string[]): string[] {
  const [first, ...others] = all;
  return first
    ? read(first)
        .filter((value) => isPlain(value) && others.every((other) => read(other).includes(value)))
        .sort()
    : [];
}

function wordsOf(words: readonly string[] | undefined): string[] | undefined {
  return words && words.length > 0 && words.every(isPlain) ? [...words] : undefined;
}

/** Whether a text of an image is fit for a file: short, on one line, and without control characters. */
function isPlain(text: string): boolean {
  return text.length <= 500 && !/[\p{C}\u2028\u2029]/u.test(text);
}

function optional<Key extends string, Value>(key: Key, value: Value | undefined): { [key in Key]?: Value } {
  // oxlint-disable-next-line typescript/consistent-type-assertions
  return (value === undefined ? {} : { [key]: value }) as { [key in Key]?: Value };
}
