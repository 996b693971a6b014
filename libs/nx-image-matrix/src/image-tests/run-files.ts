import {
  checkExistence,
  checkText,
  expandVariables,
  type ContentTest,
  type ExistenceTest,
} from '@nx-image-matrix/container-test';
import type { SuiteContext } from './run-context.ts';

/** Whether a file is there, as it should be. */
export async function runExistence(context: SuiteContext, container: string, test: ExistenceTest): Promise<string[]> {
  const found = await context.containers.stat(container, expandVariables(test.path, context.environment));
  return checkExistence(test, found);
}

/** What is in a file. */
export async function runContent(context: SuiteContext, container: string, test: ContentTest): Promise<string[]> {
  const { path, contents } = test;
  const found = await context.containers.read(container, expandVariables(path, context.environment));
  if (!found) return [`expected the file ${path}, found nothing there`];
  if (found.kind !== 'file') return [`expected the file ${path}, found a ${found.kind} there`];
  return checkText(path, found.content.toString('utf8'), contents);
}
