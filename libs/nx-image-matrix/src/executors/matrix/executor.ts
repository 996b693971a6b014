import { engineChoice } from '../../options/resolve-options.ts';
import { posix } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { messageOf } from '@nx-image-matrix/engine/unknown';
import type { ExplainedImage } from '../../explain/cause.ts';
import { explain } from '../../explain/explain.ts';
import { shownDifference } from '../../explain/json.ts';
import { findBase } from '../../workspace/git-base.ts';
import { TestsOfImages } from '../../image-tests/tests-of-images.ts';
import { workspaceOfRun } from '../../workspace/workspace.ts';
import { imageFolders, type ImageFolder } from '../../workspace/image-folders.ts';
import { manifestOptions } from '../../options/manifest-options.ts';
import { isGiven, pathOf, reportTo } from '../file-option.ts';
import { imagesOfEngine } from './engine-images.ts';
import { askStaging } from './staged-images.ts';
import { filterByTags } from '../../matrix/filter-by-tags.ts';
import { manifestFacts } from './manifest-facts.ts';
import { pageData } from './page-data.ts';
import { htmlPage } from '@nx-image-matrix/page';
import { readPageParts } from './page-parts.ts';
import { imagesOfManifest, withBuildStates } from './rows.ts';
import { printNames, type NameOptions } from './print-names.ts';
import { matrixTable } from './table.ts';
import { matrixWarnings } from './warnings.ts';

const written = 'The image matrix was written';

/** Options of the `matrix` executor. */
interface MatrixOptions extends NameOptions {
  /** Workspace-relative path of the manifest. */
  manifest: string;
  /** Print JSON instead of a table, or write it to this path, relative to the workspace. */
  json?: boolean | string;
  /** Nx tags of the images to show. */
  tag?: string[] | string;
  /** Write an HTML page: to this path, relative to the workspace, or to `dist/<project root>/matrix.html`. */
  html?: boolean | string;
  /** Revision to compare with: adds why each image differs from it. */
  base?: string;
}

/** Shows every image of a manifest, and its warnings. */
export async function matrix(options: MatrixOptions, context: ExecutorContext): Promise<{ success: boolean }> {
  const filter = [options.tag ?? []].flat();
  const folders = imageFolders(context);
  const all = options.shard === undefined ? imagesOfManifest(options.manifest, folders) : [...folders.values()];
  const { kept, problem } = filterByTags(all, filter);
  if (problem !== undefined) {
    console.error(problem);
    return { success: false };
  }
  if (options.shard !== undefined || options.outputFile !== undefined) {
    return nameImages(options, folders, kept, context);
  }
  const settings = manifestOptions(context.nxJsonConfiguration, context.root)(options.manifest);
  const { rows, engine } = await withBuildStates(context.root, kept, {
    folders,
    tests: new TestsOfImages(workspaceOfRun(context)),
    askEngine: (references) => imagesOfEngine(engineChoice(settings), references),
    askStaging: (plans) => askStaging(context.root, options.manifest, settings.insecureRegistries, plans),
  });
  let differences: Differences | undefined;
  try {
    if (options.base !== undefined) differences = differencesFrom(options.base, context);
  } catch (error) {
    console.error(messageOf(error));
    return { success: false };
  }
  const json = (): string => {
    const facts = manifestFacts(options.manifest, context);
    return JSON.stringify(
      rows.map((row) => ({ ...row, ...facts.get(row.project), ...differenceOf(row.project, differences) })),
      null,
      2,
    );
  };
  const html = (): string =>
    htmlPage(
      pageData(rows, { manifest: options.manifest, engine: engine.engine, filter }, differences),
      readPageParts(),
    );
  if (isGiven(options.html)) return reportTo(pathOf(options.html) ?? defaultPage(context), html(), written, context);
  if (isGiven(options.json)) {
    const path = pathOf(options.json);
    if (path !== undefined) return reportTo(path, json(), written, context);
    console.log(json());
    return { success: true };
  }
  console.log(matrixTable(rows, differences));
  const { warnings, failed } = matrixWarnings(options.manifest, settings, context);
  for (const warning of warnings) console.warn(`\n${warning}`);
  return { success: !failed };
}

type Differences = ReadonlyMap<string, ExplainedImage>;

/** The images that differ from a revision, by project. */
function differencesFrom(revision: string, context: ExecutorContext): Differences {
  const { images } = explain(workspaceOfRun(context), findBase(context.root, revision));
  return new Map(images.map((image) => [image.name, image]));
}

function differenceOf(project: string, differences: Differences | undefined): object {
  if (!differences) return {};
  const image = differences.get(project);
  return image ? shownDifference(image) : { change: null, causes: [] };
}

function nameImages(
  options: MatrixOptions,
  folders: ReadonlyMap<string, ImageFolder>,
  kept: readonly ImageFolder[],
  context: ExecutorContext,
): { success: boolean } {
  if (kept.length === 0 && options.tag !== undefined) {
    console.error(`No image has all of these tags: ${[options.tag].flat().join(', ')}.`);
    return { success: false };
  }
  printNames(options, folders, kept, context);
  return { success: true };
}

function defaultPage({ projectName, projectsConfigurations }: ExecutorContext): string {
  return posix.join('dist', projectsConfigurations.projects[projectName!]!.root, 'matrix.html');
}
