// usage: wheels.mjs FOLDER
// Makes the stand-in wheels that `pypi/packages.json` lists.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zip } from './zip.mjs';

const sources = new URL('../pypi/', import.meta.url);
const [folder] = process.argv.slice(2);

const digest = (content) => createHash('sha256').update(content).digest('base64url');

function metadata(name, version, { summary, requiresPython }) {
  return `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\nSummary: ${summary}\nRequires-Python: ${requiresPython}\n`;
}

function wheelFiles(name, version, about) {
  const info = `${name}-${version}.dist-info`;
  const modules = readdirSync(new URL(`${name}/`, sources)).filter((file) => file.endsWith('.py'));
  const scripts = Object.entries(about.scripts).map(([script, entry]) => `${script} = ${entry}\n`);
  const files = [
    ...modules.map((file) => ({ path: `${name}/${file}`, content: readFileSync(new URL(`${name}/${file}`, sources)) })),
    { path: `${info}/METADATA`, content: metadata(name, version, about) },
    {
      path: `${info}/WHEEL`,
      content: 'Wheel-Version: 1.0\nGenerator: nx-image-matrix-stand\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
    },
    { path: `${info}/entry_points.txt`, content: `[console_scripts]\n${scripts.join('')}` },
  ];
  const record = files.map(({ path, content }) => `${path},sha256=${digest(content)},${Buffer.byteLength(content)}\n`);
  return [...files, { path: `${info}/RECORD`, content: `${record.join('')}${info}/RECORD,,\n` }];
}

const packages = JSON.parse(readFileSync(new URL('packages.json', sources), 'utf8'));
for (const [name, about] of Object.entries(packages)) {
  const target = join(folder, name);
  rmSync(`${target}.new`, { recursive: true, force: true });
  mkdirSync(`${target}.new`, { recursive: true });
  for (const version of about.versions) {
    writeFileSync(join(`${target}.new`, `${name}-${version}-py3-none-any.whl`), zip(wheelFiles(name, version, about)));
  }
  if (existsSync(target)) rmSync(target, { recursive: true });
  renameSync(`${target}.new`, target);
}
