export { checkCommand, type CommandResult, type FailedSetup } from './checks/check-command.ts';
export { checkExistence, type FoundFile } from './checks/check-existence.ts';
export { checkMetadata, type ImageConfiguration } from './checks/check-metadata.ts';
export { checkText } from './checks/check-text.ts';
export { excerpt } from './excerpt.ts';
export { expandVariables } from './expand-variables.ts';
export type { FileKind } from './file-mode.ts';
export { formatJUnit } from './junit.ts';
export { readSuite } from './read/read-suite.ts';
export { countResults, type ImageResults, type TestResult } from './results.ts';
export type {
  CommandTest,
  ContentTest,
  ExistenceTest,
  RunSettings,
  ServiceTest,
  TestSuite,
  Variable,
} from './suite.ts';
