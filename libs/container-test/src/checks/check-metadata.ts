import { excerpt, words } from '../excerpt.ts';
import type { ExpectedValue, MetadataTest } from '../suite.ts';
import { checkText } from './check-text.ts';

/** The configuration of an image, as engines report it. */
export interface ImageConfiguration {
  environment: ReadonlyMap<string, string>;
  labels: ReadonlyMap<string, string>;
  /** With their protocols: `8080/tcp`. */
  exposedPorts: readonly string[];
  volumes: readonly string[];
  entrypoint: readonly string[];
  cmd: readonly string[];
  workdir: string;
  user: string;
}

/** What is wrong with the configuration of an image. */
export function checkMetadata(test: MetadataTest, found: ImageConfiguration): string[] {
  const { environment, labels, volumes } = found;
  const ports = found.exposedPorts.flatMap((port) => [port, port.replace(/\/.*$/, '')]);
  return [
    ...test.environment.flatMap((each) => checkValue('the environment variable', each, environment)),
    ...test.unbound.flatMap((key) => checkUnbound(key, environment)),
    ...test.labels.flatMap((each) => checkValue('the label', each, labels)),
    ...checkList('command', test.cmd, found.cmd),
    ...checkList('entry point', test.entrypoint, found.entrypoint),
    ...checkOne('working folder', test.workdir, found.workdir),
    ...checkOne('user', test.user, found.user),
    ...checkMembers('port', test.exposedPorts, test.unexposedPorts, ports, found.exposedPorts),
    ...checkMembers('volume', test.volumes, test.unmountedVolumes, volumes, volumes),
  ];
}

function checkValue(what: string, { key, value }: ExpectedValue, found: ReadonlyMap<string, string>): string[] {
  const is = found.get(key);
  const wanted = typeof value === 'string' ? `"${value}"` : `/${value.source}/`;
  if (is === undefined) return [`expected ${what} ${key} to be ${wanted}, found no such one`];
  if (typeof value !== 'string') return checkText(`${what} ${key}`, is, { expected: [value], excluded: [] });
  return is === value ? [] : [`expected ${what} ${key} to be ${wanted}, found ${excerpt(is)}`];
}

function checkUnbound(key: string, found: ReadonlyMap<string, string>): string[] {
  const is = found.get(key);
  return is === undefined ? [] : [`expected no environment variable ${key}, found ${excerpt(is)}`];
}

function checkList(what: string, wanted: readonly string[] | undefined, found: readonly string[]): string[] {
  if (wanted === undefined || words(wanted) === words(found)) return [];
  return [`expected the ${what} ${words(wanted)}, found ${words(found)}`];
}

function checkOne(what: string, wanted: string | undefined, found: string): string[] {
  return wanted === undefined || wanted === found ? [] : [`expected the ${what} "${wanted}", found ${excerpt(found)}`];
}

function checkMembers(
  what: string,
  wanted: readonly string[],
  unwanted: readonly string[],
  found: readonly string[],
  shown: readonly string[],
): string[] {
  const all = shown.length === 0 ? 'none' : shown.join(', ');
  return [
    ...wanted.filter((one) => !found.includes(one)).map((one) => `expected the ${what} ${one}, found ${all}`),
    ...unwanted.filter((one) => found.includes(one)).map((one) => `expected no ${what} ${one}, found ${all}`),
  ];
}
