import type { ExecutorContext } from '@nx/devkit';
import { suggest } from '@nx-image-matrix/diagnostics';
import { messageOf } from '@nx-image-matrix/engine/unknown';
import type { ExplainedImage } from '../../explain/cause.ts';
import { explain as explainWorkspace, type Explanation } from '../../explain/explain.ts';
import { explanationJson } from '../../explain/json.ts';
import { explanationMarkdown } from '../../explain/markdown.ts';
import { explanationTable } from '../../explain/table.ts';
import { withAncestors } from '../../explain/with-ancestors.ts';
import { defaultBase, findBase } from '../../workspace/git-base.ts';
import { imageFolders } from '../../workspace/image-folders.ts';
import { workspaceOfRun } from '../../workspace/workspace.ts';
import { isGiven, pathOf, reportTo } from '../file-option.ts';

/** Options of the `explain` executor. */
interface ExplainOptions {
  /** Workspace-relative path of the manifest. */
  manifest: string;
  /** Revision to compare with. */
  base?: string;
  /** Project of one image. */
  image?: string;
  /** Print JSON, or write it to this path, relative to the workspace. */
  json?: boolean | string;
  /** Print Markdown, or write it to this path, relative to the workspace. */
  markdown?: boolean | string;
}

/** Says why images of a manifest differ from a revision. */
export async function explain(options: ExplainOptions, context: ExecutorContext): Promise<{ success: boolean }> {
  try {
    return report(options, context, explanationFor(options, context));
  } catch (error) {
    console.error(messageOf(error));
    return { success: false };
  }
}

function explanationFor({ manifest, base, image }: ExplainOptions, context: ExecutorContext): Explanation {
  const workspace = workspaceOfRun(context);
  const revision = base ?? defaultBase(context.nxJsonConfiguration ?? {}, process.env);
  const all = explainWorkspace(workspace, findBase(context.root, revision));
  if (image !== undefined) requireImage(image, all, context);
  const isWanted = (one: ExplainedImage): boolean =>
    image === undefined ? isOf(one, manifest, workspace.manifests) : one.name === image;
  return { ...all, images: withAncestors(all.images, isWanted) };
}

/** Images of a manifest that was removed belong to no project; every matrix lists them. */
function isOf(image: ExplainedImage, manifest: string, manifests: readonly string[]): boolean {
  return image.manifest === manifest || !manifests.includes(image.manifest);
}

/** @throws Error if no image has that name, now or before. */
function requireImage(name: string, { images }: Explanation, context: ExecutorContext): void {
  const names = [...imageFolders(context).keys(), ...images.map((image) => image.name)];
  if (names.includes(name)) return;
  const near = suggest(name, names);
  throw new Error(`There is no image "${name}".${near === undefined ? '' : ` Did you mean "${near}"?`}`);
}

function report(
  { json, markdown }: ExplainOptions,
  context: ExecutorContext,
  explanation: Explanation,
): { success: boolean } {
  const [text, option] = isGiven(json)
    ? [explanationJson(explanation), json]
    : isGiven(markdown)
      ? [explanationMarkdown(explanation), markdown]
      : [explanationTable(explanation), true as const];
  const path = pathOf(option);
  if (path !== undefined) return reportTo(path, text, 'The explanation was written', context);
  console.log(text);
  return { success: true };
}
