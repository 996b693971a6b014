import { newestNx } from './installation.ts';

/** The newest release of each supported major of Nx. */
export const nxVersions: Record<string, string> = {
  '22': '22.7.12',
  '23': '23.3.2',
  '24': newestNx,
};
