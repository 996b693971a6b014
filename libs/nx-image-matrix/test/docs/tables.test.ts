import { spawnSync } from 'node:child_process';
import { repository } from '../support/installation.ts';

it("the tables of options and targets in docs/ are the plugin's", () => {
  const { stderr } = spawnSync(process.execPath, ['tools/docs/tables.mjs', '--check'], {
    cwd: repository,
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
});
