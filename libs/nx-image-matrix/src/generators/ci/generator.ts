import type { NxJsonConfiguration, Tree } from '@nx/devkit';
import { entriesOfManifest } from '../../options/manifest-options.ts';
import { workspaceOfGenerator } from '../../workspace/workspace.ts';
import { agentFiles, checkAgents } from './agents.ts';
import { githubWorkflows } from './github.ts';
import { gitlabFile, gitlabPipeline } from './gitlab.ts';
import { allowVariables } from './allow-variables.ts';
import { textOf } from '../given.ts';
import { checkOptions, readRunners } from './check-options.ts';
import { pinActions, pinKnownActions } from './pin.ts';
import type { CiOptions } from './options.ts';
import type { CiPlan } from './plan.ts';
import { readImages } from './read-images.ts';
import { installScript } from './scanner.ts';
import type { StagingPlan } from './staging-plan.ts';
import { packageManagerFacts, packageManagerPlan } from './package-manager.ts';

/**
 * Writes the workflows of a CI service, and allows builds the variables that the manifests name.
 * @throws Error if a manifest has errors, an option is invalid or an action cannot be pinned; then nothing is written.
 */
export async function ci(tree: Tree, options: CiOptions): Promise<() => void> {
  const { readNxJson, ...devkit } = await import('@nx/devkit');
  const nxJson = readNxJson(tree) ?? {};
  const branch = textOf(options.branch, 'branch') ?? nxJson.defaultBase ?? 'main';
  checkOptions({ ...options, branch });
  const images = readImages(await workspaceOfGenerator(tree));
  const nightly = options.nightly ?? 'tag:type:devel';
  const name = devkit.detectPackageManager(tree.root);
  const manager = packageManagerFacts(
    name,
    (path) => tree.read(path, 'utf8') ?? undefined,
    () => devkit.getPackageManagerVersion(name, tree.root),
  );
  const plan: CiPlan = {
    ...packageManagerPlan(manager),
    ...images.facts,
    branch,
    shards: options.shards ?? 1,
    nodeVersionFile: ['.nvmrc', '.node-version'].find((file) => tree.exists(file)),
    nightly: nightly === 'tag:type:devel' && !images.hasDevel ? [] : ['tag:type:base', ...nightly.split(',')],
    cron: options.cron ?? '17 3 * * *',
    cache: options.cache,
    runners: readRunners(options.runners),
    agents: options.agents,
  };
  checkAgents(plan);
  const provider = options.provider ?? 'github';
  const github = provider === 'gitlab' ? {} : await pinned(githubWorkflows(plan), options);
  for (const [path, text] of Object.entries({ ...github, ...agentFiles(plan) })) tree.write(path, text);
  const scripts = plan.targets.scan === undefined ? [] : writeInstallScripts(tree, provider);
  const indicesOf = entriesOfManifest(nxJson, tree.root);
  const namesOf = (index: number): string[] =>
    [...images.buildVariables].flatMap(([manifest, names]) => (indicesOf(manifest).includes(index) ? names : []));
  const notes = [
    ...allowInNxJson(tree, plan.buildVariables, namesOf),
    ...(plan.staging ? stagingNotes(plan.staging) : []),
    ...agentNotes(plan, nxJson),
    ...scripts.map((path) => `The workflows scan images: let ${path} install a scanner.`),
    ...(provider === 'github' ? [] : writeGitlab(tree, plan)),
  ];
  return () => notes.forEach((note) => console.log(`\n${note}`));
}

/** Replaces tags with commits: known ones, with `--pin` the current ones, with `--no-pin` none. */
async function pinned(
  files: Record<string, string>,
  { pin, actionsServer }: CiOptions,
): Promise<Record<string, string>> {
  if (pin === undefined) return pinKnownActions(files);
  return pin ? pinActions(files, actionsServer ?? 'https://github.com') : files;
}

/** `nx.json` says what builds in CI may read, so that a manifest alone cannot change it. */
function allowInNxJson(
  tree: Tree,
  variables: readonly string[],
  variablesOf: (index: number) => readonly string[],
): string[] {
  if (variables.length === 0) return [];
  const text = tree.read('nx.json', 'utf8') ?? '{}';
  const allowed = allowVariables(text, variablesOf);
  if (allowed === text) return [];
  const list = JSON.stringify(variables);
  if (allowed === undefined) {
    return [
      `Add this to the options of the plugin, in the file that nx.json extends: "buildSecrets": { "env": ${list} }`,
    ];
  }
  tree.write('nx.json', allowed);
  return [`nx.json now lists what builds may read in CI, from \`secrets\` of the manifests: ${variables.join(', ')}.`];
}

/** What the workflows cannot do by themselves. */
function stagingNotes({ logins }: StagingPlan): string[] {
  const open = logins.filter(({ onlyIf, user, password }) => onlyIf === undefined && (user ?? password) !== undefined);
  const names = open.flatMap(({ user, password }) => password ?? user ?? []);
  if (names.length === 0) return [];
  return [
    `Pull requests from forks get no secrets, so their builds fail for want of ${names.join(', ')}. ` +
      'To build them without staging, add "only_if" with the name of that variable to "staging" in the manifest.',
  ];
}

/** Scripts that install a scanner belong to the user. Returns those that were written. */
function writeInstallScripts(tree: Tree, provider: 'github' | 'gitlab' | 'both'): string[] {
  const scripts = (['github', 'gitlab'] as const)
    .filter((each) => provider === 'both' || provider === each)
    .map((each) => installScript(each))
    .filter(({ path }) => !tree.exists(path));
  for (const { path, text } of scripts) tree.write(path, text);
  return scripts.map(({ path }) => path);
}

/** What Nx Agents need besides the files. */
function agentNotes({ agents }: CiPlan, { nxCloudId }: NxJsonConfiguration): string[] {
  if (agents === undefined) return [];
  return [
    ...(nxCloudId === undefined ? ['Nx Agents need Nx Cloud: connect the workspace with "nx connect".'] : []),
    'Commit .nx/workflows: a line ".nx" in .gitignore hides it; ".nx/cache" and ".nx/workspace-data" do not.',
  ];
}

/** An existing pipeline belongs to the user, who is told what to add. */
function writeGitlab(tree: Tree, plan: CiPlan): string[] {
  const include = `include:\n  - local: ${gitlabFile}\n`;
  tree.write(gitlabFile, gitlabPipeline(plan));
  if (!tree.exists('.gitlab-ci.yml')) tree.write('.gitlab-ci.yml', include);
  const included = tree.read('.gitlab-ci.yml', 'utf8')?.includes(gitlabFile);
  return included ? [] : [`Add this to .gitlab-ci.yml:\n\n${include}`];
}
