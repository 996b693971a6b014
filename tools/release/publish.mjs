// Builds the plugin with its new version, and publishes it. The registry and its token are npm's own settings.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const { version } = JSON.parse(readFileSync('libs/nx-image-matrix/package.json', 'utf8'));
/** A prerelease must not be installed by default. */
const tag = version.includes('-') ? 'next' : 'latest';
// nx sets it for `nx release --dry-run`.
const dryRun = process.env.NX_DRY_RUN === 'true' ? ['--dry-run'] : [];

run('run', '--silent', 'build');
run('publish', '--workspace=nx-image-matrix', '--access=public', `--tag=${tag}`, ...dryRun);

function run(...args) {
  execFileSync('npm', args, { stdio: 'inherit' });
}
