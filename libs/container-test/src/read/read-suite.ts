import { sortDiagnostics, type Diagnostic } from '@nx-image-matrix/diagnostics';
import { Problems, readTree, type Item } from '@nx-image-matrix/manifest/yaml';
import type { TestSuite } from '../suite.ts';
import { Fields } from './fields.ts';
import { readMetadata } from './read-metadata.ts';
import { readService } from './read-service.ts';
import { readCommand, readContent, readExistence, readSettings, readVariable } from './read-tests.ts';

/** The version of the format, as container-structure-test has it. */
const VERSION = '2.0.0';

export interface ReadSuite {
  /** Absent if the diagnostics include an error. */
  suite?: TestSuite;
  diagnostics: Diagnostic[];
}

/**
 * Reads a test file: container-structure-test's schema 2.0.0, as YAML or JSON, with `serviceTests`. Reports all problems
 * at once. Never throws for bad input.
 */
export function readSuite(text: string, file: string): ReadSuite {
  const problems = new Problems(file);
  const tree = readTree(text, problems, undefined, undefined, 'a test file');
  if (!tree) return { diagnostics: sortDiagnostics(problems.diagnostics) };
  const suite = read({ value: tree, at: tree }, problems, file.endsWith('.json'));
  const diagnostics = sortDiagnostics(problems.diagnostics);
  return diagnostics.some(({ severity }) => severity === 'error') ? { diagnostics } : { suite, diagnostics };
}

function read(item: Item, problems: Problems, anyCase: boolean): TestSuite {
  const fields = new Fields(item, '', { problems, anyCase });
  checkVersion(fields);
  const metadata = fields.map('metadataTest');
  const settings = fields.map('containerRunOptions');
  const suite: TestSuite = {
    environment: fields.maps('globalEnvVars').flatMap((each) => readVariable(each) ?? []),
    commands: fields.maps('commandTests').map(readCommand),
    existence: fields.maps('fileExistenceTests').map(readExistence),
    contents: fields.maps('fileContentTests').map(readContent),
    ...(metadata && { metadata: readMetadata(metadata) }),
    services: fields.maps('serviceTests').map(readService),
    settings: readSettings(settings),
    unsupported: unsupported(fields, problems),
  };
  fields.end();
  const tests = [suite.commands, suite.existence, suite.contents, suite.services].flat();
  if (fields.isMap && tests.length === 0 && !metadata && suite.unsupported.length === 0) {
    const hint = 'write `commandTests`, `fileExistenceTests`, `fileContentTests`, `metadataTest` or `serviceTests`';
    problems.add(item.at, 'bad-test', 'the file has no tests', { hint });
  }
  return suite;
}

function checkVersion(fields: Fields): void {
  if (!fields.isMap) return;
  const version = fields.required('schemaVersion');
  if (version === '' || version === VERSION) return;
  const hint = `write \`schemaVersion: ${VERSION}\`; in 1.0.0 a \`command\` was a list, now its words are in \`args\``;
  fields.bad('schemaVersion', `the schema version \`${version}\` is not supported`, hint);
}

/** Checks that do not run must not look as if they had passed. */
function unsupported(fields: Fields, problems: Problems): string[] {
  const entry = fields.entry('licenseTests');
  if (!entry) return [];
  problems.add(entry.key, 'unsupported-test', '`licenseTests` are not supported: they do not run', {
    warning: true,
    hint: 'check the files of licences with `fileContentTests` and `excludedContents`',
  });
  return ['licenseTests'];
}
