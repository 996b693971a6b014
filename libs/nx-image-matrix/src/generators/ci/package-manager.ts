import type { PackageManager } from '@nx/devkit';
import type { CiPlan } from './plan.ts';

/** How a package manager installs what the lock file says, and starts Nx. */
export function packageManagerPlan(packageManager: PackageManager): Pick<CiPlan, 'packageManager' | 'install' | 'nx'> {
  switch (packageManager) {
    case 'pnpm':
      return { packageManager, install: ['pnpm install --frozen-lockfile'], nx: 'pnpm exec nx' };
    case 'yarn':
      return { packageManager, install: ['yarn install --frozen-lockfile'], nx: 'yarn nx' };
    case 'bun':
      return { packageManager, install: ['bun install --frozen-lockfile'], nx: 'bunx nx' };
    default:
      return { packageManager: 'npm', install: ['npm ci'], nx: 'npx nx' };
  }
}
