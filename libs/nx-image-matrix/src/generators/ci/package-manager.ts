import type { PackageManager } from '@nx/devkit';
import type { CiPlan } from './plan.ts';

/** What the files of a workspace say about its package manager. */
export interface PackageManagerFacts {
  name: PackageManager;
  /** `yarn@4.18.1`, from `packageManager` or `devEngines.packageManager` of package.json. */
  declared?: string;
  /** The installed version; read only if none is declared and the CI service needs one. */
  installed: () => string;
  /** Whether the lock file or the configuration is that of yarn 2 or later. */
  isBerry: boolean;
}

/** Reads the facts of a workspace. */
export function packageManagerFacts(
  name: PackageManager,
  read: (path: string) => string | undefined,
  installed: () => string,
): PackageManagerFacts {
  const declared = declaredIn(read('package.json'));
  const isBerry =
    /^yarn@(?:[2-9]|\d\d|berry|stable)/.test(declared ?? '') ||
    (!declared &&
      (read('.yarnrc.yml') !== undefined || /^__metadata:/m.test(read('yarn.lock')?.slice(0, 1_000) ?? '')));
  return { name, declared, installed, isBerry };
}

function declaredIn(text: string | undefined): string | undefined {
  const { packageManager, devEngines } = JSON.parse(text ?? '{}') as {
    packageManager?: string;
    devEngines?: { packageManager?: { name?: string; version?: string } | { name?: string; version?: string }[] };
  };
  if (packageManager) return packageManager;
  const engine = [devEngines?.packageManager ?? []].flat()[0];
  return engine?.name ? `${engine.name}@${engine.version ?? '*'}` : undefined;
}

type PackageManagerPlan = Pick<CiPlan, 'packageManager' | 'packageManagerVersion' | 'install' | 'nx'>;

/** How to select the version of a package manager, install from the lock file, and start Nx. */
export function packageManagerPlan({ name, declared, installed, isBerry }: PackageManagerFacts): PackageManagerPlan {
  switch (name) {
    case 'pnpm':
      return {
        packageManager: 'pnpm',
        // pnpm/action-setup fails if neither it nor package.json names a version, and if both do.
        ...(declared?.startsWith('pnpm@') ? {} : { packageManagerVersion: installed() }),
        install: ['pnpm install --frozen-lockfile'],
        nx: 'pnpm exec nx',
      };
    case 'yarn':
      return isBerry
        ? { packageManager: 'yarn-berry', install: ['yarn install --immutable'], nx: 'yarn nx' }
        : { packageManager: 'yarn', install: ['yarn install --frozen-lockfile'], nx: 'yarn nx' };
    case 'bun':
      return { packageManager: 'bun', install: ['bun install --frozen-lockfile'], nx: 'bunx nx' };
    default:
      return { packageManager: 'npm', install: ['npm ci'], nx: 'npx nx' };
  }
}
