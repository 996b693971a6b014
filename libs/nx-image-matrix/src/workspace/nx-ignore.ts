import { createRequire } from 'node:module';
import { join } from 'node:path';
import { LARGEST_SOURCE, readRegularFile } from '../fs/read-file.ts';
import { nxPackage } from './nx-version.ts';

type Ignore = () => { add(text: string): { ignores(path: string): boolean } };

/** Whether `.nxignore` keeps a file, relative to the workspace, from Nx; the rules are read by the package that Nx reads them with. */
export function isNxIgnored(workspaceRoot: string, file: string): boolean {
  try {
    const path = join(workspaceRoot, '.nxignore');
    const text = readRegularFile(path, LARGEST_SOURCE, { within: workspaceRoot }).toString('utf8');
    const nx = nxPackage(workspaceRoot);
    if (nx === undefined) return false;
    const ignore: Ignore = createRequire(nx)('ignore');
    return ignore().add(text).ignores(file);
  } catch {
    return false;
  }
}
