import { setTimeout as sleep } from 'node:timers/promises';
import { createContextReader } from '../../build-context/context-files.ts';
import { readImageFiles } from '../../build-plan/image-files.ts';
import { retryTimeout, type BuildPlan } from '../../build-plan/plan.ts';

/** Files that Nx, git and this tool write while they run; `COPY .` without a .dockerignore includes them. */
const written = /(^|\/)\.(nx|git)\/|(^|\/)dist\/.*\/build\.(json|lock)(\.[\w-]+\.tmp)?$/;

/** Names of the files of an image, including copied ones, that have changed since they were planned. */
export async function changedSince(workspaceRoot: string, plan: BuildPlan): Promise<string[]> {
  const start = performance.now();
  for (;;) {
    const now = await digestsNow(workspaceRoot, plan);
    const names = new Set([...Object.keys(plan.digests), ...Object.keys(now)]);
    const changed = [...names].filter((name) => plan.digests[name] !== now[name] && !written.test(name));
    if (changed.length === 0 || performance.now() - start > retryTimeout) return changed;
    await sleep(50);
  }
}

/** Empty if a file cannot be read. */
async function digestsNow(workspaceRoot: string, { folder, copied }: BuildPlan): Promise<Record<string, string>> {
  try {
    return (await readImageFiles(workspaceRoot, folder, createContextReader(), copied)).digests;
  } catch {
    return {};
  }
}
