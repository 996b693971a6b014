import type { WorkspaceOptions } from '../support/workspace.ts';
import { folderMatrix, growingMatrix, smallMatrix } from '../support/matrices.ts';

const nxJson = { defaultBase: 'main', sync: { globalGenerators: ['nx-image-matrix:sync'] } };

/** Workspaces for the commands of pages, by the name in the page's first line: `<!-- workspace: small -->`. */
export const workspaces: Record<string, WorkspaceOptions> = {
  /** Only Nx and the plugin: the page itself creates the files. */
  empty: { files: {}, nxJson },
  /** Package `app` on Debian 12 and 13, with `base`, `runtime` and, on 12, `devel`. */
  small: { files: smallMatrix, nxJson },
  /** Package `app` as in `small`, with templates for Alpine too, and a repository below `ghcr.io`. */
  generators: { files: growingMatrix, nxJson },
  /** The same as `small` with template folders and copied folders. */
  folders: { files: folderMatrix, nxJson },
};
