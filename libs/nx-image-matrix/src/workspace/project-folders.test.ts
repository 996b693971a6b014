import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { projectFolders } from './project-folders.ts';

describe('projectFolders', () => {
  let root: string;
  beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'projects-'))));
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  function write(...paths: string[]): void {
    for (const path of paths) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), '{}');
    }
  }

  it.each<[what: string, files: string[], folder: string, projects: string[]]>([
    ['a project there', ['app/package.json'], 'app', ['app']],
    ['projects below', ['apps/a/project.json', 'apps/team/b/Cargo.toml'], 'apps', ['apps/a', 'apps/team/b']],
    ['a project above', ['app/pom.xml', 'app/src/main/a.java'], 'app/src/main', ['app']],
    ['a project at the root', ['project.json', 'src/a.js'], 'src', ['.']],
    ['nothing but packages of others', ['app/node_modules/a/package.json', 'app/.cache/package.json'], 'app', []],
    ['a package.json at the root', ['package.json', 'src/a.js'], 'src', []],
    ['a folder that is not there', ['app/package.json'], 'apps', []],
    ['a project beside it', ['app/package.json', 'tools/run.sh'], 'tools', []],
  ])('finds %s', (_, files, folder, projects) => {
    write(...files);
    expect(projectFolders(root, [folder])).toEqual({ concerned: projects.length > 0 ? [folder] : [], projects });
  });
});
