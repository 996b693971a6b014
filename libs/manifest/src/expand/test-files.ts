import type { TestFile } from '../image.ts';
import { folderOf, resolvePath } from '../parts/paths.ts';
import type { ExpansionContext } from './context.ts';
import { renderLiquid } from './liquid.ts';
import type { Plan } from './plan.ts';
import { trackedScope } from './scope.ts';

/**
 * The test files of an image, each once. Reports and leaves out a path that cannot be rendered or leads out of the
 * workspace; whether there is a file is another question.
 */
export function testFiles(
  { settings, readArguments }: Plan,
  variables: Readonly<Record<string, unknown>>,
  versioned: ReadonlySet<string>,
  { file, problems }: ExpansionContext,
): TestFile[] {
  const found = new Map<string, TestFile>();
  // What follows from the paths is no part of the image.
  const scope = trackedScope(variables, versioned, readArguments);
  for (const text of settings.tests) {
    const fail = (message: string, hint?: string): void =>
      problems.add(text, 'missing-test', message, { hint, once: true, image: scope.image });
    const rendered = renderLiquid(text.text, scope);
    if ('error' in rendered) {
      fail(`\`tests\`: ${rendered.error}`);
      continue;
    }
    const named = rendered.text.trim();
    if (named === '') continue;
    const resolved = resolvePath(named, folderOf(file));
    if ('message' in resolved)
      fail(resolved.message, 'a test file is in the workspace, and its path is relative to the manifest');
    else if (!found.has(resolved.path)) {
      found.set(resolved.path, {
        path: resolved.path,
        at: { file: text.file ?? file, line: text.line, column: text.column },
      });
    }
  }
  return [...found.values()];
}
