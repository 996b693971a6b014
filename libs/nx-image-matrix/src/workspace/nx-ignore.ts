import { createRequire } from 'node:module';
import { join } from 'node:path';
import { LARGEST_SOURCE, readRegularFile } from '../fs/read-file.ts';
import { nxPackage } from './nx-version.ts';

type Ignore = () => { add(text: string): { ignores(path: string): boolean } };

/** Whether `.nxignore` hides a file, relative to the workspace, from Nx; parses it with the same package as Nx. */
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
