import type { CommonFacts, CommonValue, NamedValue } from './common-facts.ts';

/**
 * A test file, in the format of container-structure-test with Liquid, that says what images have in common; `undefined` if
 * that is nothing.
 */
export function testFile(facts: CommonFacts): string | undefined {
  const sections = [commandTests(facts), existenceTests(facts), contentTests(facts), metadataTest(facts)];
  const found = sections.filter((text) => text !== '');
  if (found.length === 0) return undefined;
  return [
    '# Begun by "nx g nx-image-matrix:test": facts that the built images have in common. Keep what matters, and add what the\n' +
      '# images are for.\nschemaVersion: 2.0.0\n',
    ...found,
  ].join('\n');
}

function commandTests({ versions }: CommonFacts): string {
  return section(
    'commandTests',
    [...versions].map(([program, { before, version }]) => {
      const expected = version && `${pattern(before)}${versionPattern(version)}`;
      return item([
        ['name', quoted(version ? `${program} has the right version` : `${program} runs`)],
        ['command', quoted(program)],
        ['args', '[--version]'],
        ['expectedOutput', `[${single(expected ?? pattern(before) + String.raw`\d`)}]`],
      ]);
    }),
  );
}

function existenceTests({ startFile }: CommonFacts): string {
  // A `$` would name a variable of the image.
  if (!startFile || ('text' in startFile && startFile.text.includes('$'))) return '';
  return section('fileExistenceTests', [
    item([
      ['name', 'what the image starts is there'],
      ['path', valueOf(startFile)],
      ['isExecutableBy', 'any'],
    ]),
  ]);
}

function contentTests({ userName }: CommonFacts): string {
  if (userName === undefined) return '';
  return section('fileContentTests', [
    item([
      ['name', 'the user exists'],
      ['path', '/etc/passwd'],
      ['expectedContents', `[${single(`(?m)^${pattern(userName)}:`)}]`],
    ]),
  ]);
}

function metadataTest({ user, workdir, entrypoint, cmd, ports, volumes, environment, labels }: CommonFacts): string {
  const lines = [
    ...(user ? [`user: ${valueOf(user)}`] : []),
    ...(workdir ? [`workdir: ${valueOf(workdir)}`] : []),
    ...(entrypoint ? [`entrypoint: ${list(entrypoint)}`] : []),
    ...(cmd ? [`cmd: ${list(cmd)}`] : []),
    ...(ports.length > 0 ? [`exposedPorts: ${list(ports.map((port) => port.replace(/\/tcp$/, '')))}`] : []),
    ...(volumes.length > 0 ? [`volumes: ${list(volumes)}`] : []),
    ...pairs('envVars', environment),
    ...pairs('labels', labels),
  ];
  return lines.length === 0 ? '' : `metadataTest:\n${lines.map((line) => `  ${line}\n`).join('')}`;
}

function pairs(name: string, values: readonly NamedValue[]): string[] {
  if (values.length === 0) return [];
  return [`${name}:`, ...values.map(({ key, value }) => `  - { key: ${quoted(key)}, value: ${valueOf(value)} }`)];
}

function section(name: string, items: readonly string[]): string {
  return items.length === 0 ? '' : `${name}:\n${items.join('')}`;
}

function item(entries: readonly (readonly [key: string, value: string])[]): string {
  return entries.map(([key, value], index) => `${index === 0 ? '  - ' : '    '}${key}: ${value}\n`).join('');
}

function list(texts: readonly string[]): string {
  return `[${texts.map(quoted).join(', ')}]`;
}

function valueOf(value: CommonValue): string {
  return 'variable' in value ? `"{{ ${value.variable} }}"` : quoted(value.text);
}

/** A text in double quotes: JSON is YAML (YAML 1.2.2, section 1.3). */
function quoted(text: string): string {
  return raw(JSON.stringify(text));
}

/** A text in single quotes, in which a backslash is nothing special. */
function single(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A regular expression of RE2 that matches a text. */
function pattern(text: string): string {
  return raw(text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`));
}

function versionPattern(value: CommonValue): string {
  return 'variable' in value ? String.raw`{{ ${value.variable} }}\b` : String.raw`${pattern(value.text)}\b`;
}

/** Liquid of a text is text. */
function raw(text: string): string {
  return text.replaceAll(/\{(?=[{%])/g, '{{ "{" }}');
}
