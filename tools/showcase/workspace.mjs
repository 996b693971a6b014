import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseDocument } from 'yaml';

const repository = join(dirname(fileURLToPath(import.meta.url)), '../..');
const parts = ['manifest.yml', 'templates', 'docker', 'tests', 'tools/model-server', 'tools/yatai-service'];

/**
 * A separate workspace below `dist/` with this repository's images: if PyPI or NVIDIA's repository cannot be reached,
 * the images are built from stand-ins, which must not be in the committed files. A second run finds the records of the
 * first.
 */
export function prepareWorkspace(environment) {
  const root = join(repository, 'dist/showcase');
  mkdirSync(root, { recursive: true });
  for (const part of parts) mirror(join(repository, part), join(root, part));
  const nxJson = JSON.parse(readFileSync(join(repository, 'nx.json'), 'utf8'));
  delete nxJson.$schema;
  const [plugin] = nxJson.plugins;
  if (environment.STAND_IN_CUDA) plugin.options.cudaRepositoryBase = environment.STAND_CUDA_URL;
  writeChanged(join(root, 'nx.json'), JSON.stringify(nxJson, null, 2));
  writeChanged(join(root, 'package.json'), JSON.stringify({ name: 'showcase', private: true }));
  writeChanged(join(root, '.gitignore'), 'dist\n.nx\n');
  writeChanged(join(root, 'manifest.yml'), manifestFor(environment));
  if (!existsSync(join(root, '.git'))) execFileSync('git', ['init', '--quiet'], { cwd: root });
  return root;
}

function manifestFor(environment) {
  const document = parseDocument(readFileSync(join(repository, 'manifest.yml'), 'utf8'), { merge: true });
  // Pushes only to the stand's own registry, whatever its port and whatever logins are in the environment.
  const repositories = document
    .get('packages')
    .items.map(({ key }) => [key.value, `${environment.STAND_REGISTRY}/bentoml/${key.value}`]);
  document.set('repository', { stand: { registry: Object.fromEntries(repositories) } });
  if (environment.STAND_IN_PYPI) {
    document.setIn(['release_spec', 'args', 'PIP_INDEX_URL'], environment.STAND_PYPI_URL);
    document.setIn(['release_spec', 'args', 'PIP_TRUSTED_HOST'], environment.STAND_PIP_TRUSTED_HOST);
  }
  return document.toString({ lineWidth: 0 });
}

/** Makes `target` a copy of `source`, without touching what is the same. */
function mirror(source, target) {
  if (!existsSync(source)) return rmSync(target, { recursive: true, force: true });
  if (!statSync(source).isDirectory()) return;
  mkdirSync(target, { recursive: true });
  for (const name of readdirSync(target)) {
    if (!existsSync(join(source, name))) rmSync(join(target, name), { recursive: true });
  }
  for (const name of readdirSync(source)) {
    const from = join(source, name);
    if (statSync(from).isDirectory()) mirror(from, join(target, name));
    else if (!sameFile(from, join(target, name))) cpSync(from, join(target, name));
  }
}

function sameFile(a, b) {
  return existsSync(b) && statSync(a).mode === statSync(b).mode && readFileSync(a).equals(readFileSync(b));
}

function writeChanged(path, content) {
  if (!existsSync(path) || readFileSync(path, 'utf8') !== content) writeFileSync(path, content);
}
