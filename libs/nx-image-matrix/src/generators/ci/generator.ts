import type { Tree } from '@nx/devkit';
import { pluginOptions } from '../../workspace/image-folders.ts';
import { resolveOptions } from '../../workspace/options.ts';
import { githubWorkflows } from './github.ts';
import { gitlabFile, gitlabPipeline } from './gitlab.ts';
import { pinActions } from './pin.ts';
import type { CiPlan } from './plan.ts';
import { readImages } from './read-images.ts';
import { packageManagerPlan } from './package-manager.ts';

/** Options of the `ci` generator. */
export interface CiOptions {
  provider?: 'github' | 'gitlab' | 'both';
  chunks?: number;
  branch?: string;
  nightly?: string;
  cron?: string;
  cache?: string;
  pin?: boolean;
  actionsServer?: string;
}

/**
 * Writes the workflows of a CI service.
 * @throws Error when a manifest has errors or an action cannot be pinned; then nothing is written.
 */
export async function ci(tree: Tree, options: CiOptions): Promise<() => void> {
  const { readNxJson, detectPackageManager } = await import('@nx/devkit');
  const nxJson = readNxJson(tree) ?? {};
  const resolved = resolveOptions(pluginOptions(nxJson));
  const images = readImages(tree, resolved);
  const nightly = options.nightly ?? 'tag:release:devel';
  const plan: CiPlan = {
    ...packageManagerPlan(detectPackageManager(tree.root)),
    ...images.facts,
    branch: options.branch ?? nxJson.defaultBase ?? 'main',
    chunks: options.chunks ?? 1,
    nodeVersionFile: ['.nvmrc', '.node-version'].find((file) => tree.exists(file)),
    targets: {
      ...resolved.targets,
      promote: resolved.targets.promote,
    },
    nightly: nightly === 'tag:release:devel' && !images.hasDevel ? [] : ['tag:release:base', ...nightly.split(',')],
    cron: options.cron ?? '17 3 * * *',
    cache: options.cache,
  };
  const provider = options.provider ?? 'github';
  const github = provider === 'gitlab' ? {} : githubWorkflows(plan);
  const pinned = options.pin ? await pinActions(github, options.actionsServer ?? 'https://github.com') : github;
  for (const [path, text] of Object.entries(pinned)) tree.write(path, text);
  return provider === 'github' ? () => undefined : writeGitlab(tree, plan);
}

/** A pipeline that is there already belongs to the user, who is told what to add. */
function writeGitlab(tree: Tree, plan: CiPlan): () => void {
  const include = `include:\n  - local: ${gitlabFile}\n`;
  tree.write(gitlabFile, gitlabPipeline(plan));
  if (!tree.exists('.gitlab-ci.yml')) tree.write('.gitlab-ci.yml', include);
  const included = tree.read('.gitlab-ci.yml', 'utf8')!.includes(gitlabFile);
  return () => {
    if (!included) console.log(`\nAdd this to .gitlab-ci.yml:\n\n${include}`);
  };
}
