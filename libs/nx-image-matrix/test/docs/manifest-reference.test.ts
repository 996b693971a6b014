import { spawnSync } from 'node:child_process';
import { repository } from '../support/installation.ts';

it('docs/manifest-reference.md is that of the schema', () => {
  const { stderr } = spawnSync(process.execPath, ['tools/docs/manifest-reference.mjs', '--check'], {
    cwd: repository,
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
});
