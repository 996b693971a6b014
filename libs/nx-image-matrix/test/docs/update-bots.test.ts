import { formatBaseLock } from '@nx-image-matrix/manifest';
import { blocksOf, readPage } from './pages.ts';

/*
 * What docs/update-bots.md says to other tools. The regular expression runs as Renovate runs it: each match is a dependency,
 * whose text is replaced with the template (lib/modules/manager/custom/regex and update/branch/auto-replace there).
 */

const blocks = blocksOf(readPage('docs/update-bots.md'));
const configurations = blocks.filter(({ language }) => language === 'json').map(({ text }) => text);

interface CustomManager {
  managerFilePatterns: string[];
  matchStrings: string[];
  autoReplaceStringTemplate: string;
}

interface Dependency {
  depName?: string;
  currentValue?: string;
  currentDigest?: string;
  replaceString: string;
}

const managers = configurations.flatMap(
  (text) => (JSON.parse(text) as { customManagers?: CustomManager[] }).customManagers ?? [],
);
const manager = managers[0]!;

function dependenciesOf(text: string): Dependency[] {
  return manager.matchStrings
    .flatMap((expression) => [...text.matchAll(new RegExp(expression, 'g'))])
    .map((match) => ({ ...match.groups, replaceString: match[0] }));
}

/** The text with another digest for a dependency. */
function update(text: string, { depName, currentValue, replaceString }: Dependency, newDigest: string): string {
  const values: Record<string, string | undefined> = { depName, newValue: currentValue, newDigest };
  const line = manager.autoReplaceStringTemplate
    .replaceAll(/\{\{#if (\w+)\}\}(.*?)\{\{\/if\}\}/g, (_, name: string, inner: string) => (values[name] ? inner : ''))
    .replaceAll(/\{\{\{(\w+)\}\}\}/g, (_, name: string) => values[name] ?? '');
  return text.replace(replaceString, () => line);
}

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;

const references: [reference: string, depName: string, currentValue?: string][] = [
  ['alpine:3.22', 'alpine', '3.22'],
  ['busybox', 'busybox'],
  ['debian:bookworm-slim', 'debian', 'bookworm-slim'],
  ['docker.io/library/golang:1', 'docker.io/library/golang', '1'],
  ['ghcr.io/acme/base_image/tool', 'ghcr.io/acme/base_image/tool'],
  ['localhost:5000/tool', 'localhost:5000/tool'],
  ['registry.example:5000/team/tool:v1_2.3-rc', 'registry.example:5000/team/tool', 'v1_2.3-rc'],
  ['registry.example:5000/team/tools', 'registry.example:5000/team/tools'],
];
const lock = formatBaseLock(new Map(references.map(([reference]) => [reference, digest('a')])));

describe('the custom manager for Renovate', () => {
  it('reads images.lock, and no other file', () => {
    expect(managers).toHaveLength(1);
    const [pattern = ''] = manager.managerFilePatterns;
    const expression = new RegExp(pattern.replace(/^\/(.*)\/$/, '$1'));
    const paths = ['images.lock', 'services/jobs/images.lock', 'other-images.lock', 'images.lock.md', 'imagesxlock'];
    expect(paths.filter((path) => expression.test(path))).toEqual(['images.lock', 'services/jobs/images.lock']);
  });

  it('finds each reference with its tag and digest', () => {
    expect(dependenciesOf(lock)).toEqual(
      references.map(([reference, depName, currentValue]) => ({
        depName,
        currentValue,
        currentDigest: digest('a'),
        replaceString: `${reference}: ${digest('a')}`,
      })),
    );
    expect(dependenciesOf('# Digests: see sha256:x\n{}\n')).toEqual([]);
  });

  it.each(references)('changes the digest of %s, and nothing else', (reference) => {
    const dependency = dependenciesOf(lock).find(({ replaceString }) => replaceString.startsWith(`${reference}: `))!;
    expect(update(lock, dependency, digest('b'))).toBe(
      formatBaseLock(new Map(references.map(([other]) => [other, digest(other === reference ? 'b' : 'a')]))),
    );
  });
});
