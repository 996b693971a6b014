import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * `docker buildx bake` of the Dockerfiles of a workspace, as a rival: its name and its command. The base is a `target:` context.
 *
 * @param more settings of each target, given its name.
 */
export function bake({ root, log }, more = () => ({}), file = 'docker-bake.json') {
  writeBakeFile(root, readImages(root), more, file);
  const command = ['docker', ['buildx', 'bake', '--file', file], { cwd: root, env: process.env, log }];
  return { name: 'buildx bake', command };
}

/** The images of a workspace, the base first. */
export function readImages(root) {
  const paths = readdirSync(join(root, 'docker'), { recursive: true }).filter((path) => path.endsWith('image.json'));
  return paths
    .map((path) => {
      const { reference, from, releaseType } = JSON.parse(readFileSync(join(root, 'docker', path), 'utf8'));
      return { reference, from, name: releaseType, dockerfile: join('docker', dirname(path), 'Dockerfile') };
    })
    .sort((a, b) => Number(b.name === 'base') - Number(a.name === 'base'));
}

function writeBakeFile(root, images, more, path) {
  const targets = images.map(({ reference, from, name, dockerfile }) => [
    name,
    {
      context: '.',
      dockerfile,
      tags: [`${reference}-bake`],
      ...(name !== 'base' && { contexts: { [from]: 'target:base' } }),
      ...more(name),
    },
  ]);
  const file = { group: { default: { targets: targets.map(([name]) => name) } }, target: Object.fromEntries(targets) };
  writeFileSync(join(root, path), JSON.stringify(file, null, 2));
}

/** Removes every image whose name begins with the prefix. */
export function removeImages(prefix) {
  const { stdout } = spawnSync('docker', ['image', 'ls', '--format', '{{.Repository}}:{{.Tag}}'], { encoding: 'utf8' });
  const references = stdout.split('\n').filter((reference) => reference.startsWith(prefix));
  if (references.length > 0) spawnSync('docker', ['image', 'rm', '--force', ...references]);
}
