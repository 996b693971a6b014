// usage: cuda-packages.mjs FOLDER [MANIFEST...]
// Keeps FOLDER a flat, signed apt repository that holds every package that some manifest pinned.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { cudaPackages } from './cuda-names.mjs';
import { deb, paragraph } from './deb.mjs';
import { armouredKey, clearSigned, detachedSignature, newKey, publicKey } from './openpgp.mjs';

const OWNER = 'nx-image-matrix stand (throw-away key)';
const [folder, ...manifests] = process.argv.slice(2);

// Under another name first: a build may be reading it.
function write(path, content) {
  writeFileSync(`${path}.new`, content);
  renameSync(`${path}.new`, path);
}

async function readEntries(path) {
  const { parseDocument } = await import('yaml').catch(() => {
    throw new Error('the npm package "yaml" is missing; run npm install in the repository first');
  });
  // The failsafe schema keeps every scalar's source text: 12.10 stays "12.10".
  const document = parseDocument(readFileSync(path, 'utf8'), { schema: 'failsafe', merge: true });
  if (document.errors.length > 0) throw new Error(`${path}: ${document.errors[0].message}`);
  return document.toJS({ maxAliasCount: -1 })?.cuda_dependencies || {};
}

const controlFields = ({ name, version, cuda }) => ({
  Package: name,
  Version: version,
  Architecture: 'amd64',
  Maintainer: 'nx-image-matrix stand <stand@localhost>',
  Section: 'devel',
  Priority: 'optional',
  Description: `stand-in for NVIDIA's ${name} (CUDA ${cuda}); holds a marker file only`,
});

function makePackage(one) {
  const file = `${one.name}_${one.version}_amd64.deb`;
  const path = join(folder, 'pool', file);
  if (existsSync(path)) return 0;
  const marker = { path: `./usr/local/cuda-${one.cuda}/stand-in/${one.name}`, content: `${one.name} ${one.version}\n` };
  const content = deb(controlFields(one), [marker]);
  const hashes = Object.fromEntries(
    [
      ['MD5sum', 'md5'],
      ['SHA1', 'sha1'],
      ['SHA256', 'sha256'],
    ].map(([field, name]) => [field, createHash(name).update(content).digest('hex')]),
  );
  const entry = paragraph({ ...controlFields(one), Filename: `./${file}`, Size: content.length, ...hashes });
  write(join(folder, 'entries', `${file}.txt`), entry);
  write(path, content);
  return 1;
}

function loadKey() {
  const path = join(folder, 'key.json');
  if (!existsSync(path)) writeFileSync(path, JSON.stringify(newKey()), { mode: 0o600 });
  return JSON.parse(readFileSync(path, 'utf8'));
}

function releaseText(files, time) {
  const list = (name) =>
    files
      .map(([file, content]) => ` ${createHash(name).update(content).digest('hex')} ${content.length} ${file}\n`)
      .join('');
  return (
    paragraph({
      Origin: 'nx-image-matrix stand',
      Label: 'stand-in',
      Date: new Date(time * 1000).toUTCString().replace('GMT', '+0000'),
      Architectures: 'amd64',
    }) + `MD5Sum:\n${list('md5')}SHA256:\n${list('sha256')}`
  );
}

function writeIndex() {
  const entries = readdirSync(join(folder, 'entries'))
    .filter((file) => file.endsWith('.txt'))
    .sort();
  const packages = Buffer.from(
    entries.map((file) => `${readFileSync(join(folder, 'entries', file), 'utf8')}\n`).join(''),
  );
  const key = loadKey();
  const time = Math.floor(Date.now() / 1000);
  const files = [
    ['Packages', packages],
    ['Packages.gz', gzipSync(packages)],
  ];
  const release = releaseText(files, time);
  const keyring = publicKey(key, OWNER);
  for (const [file, content] of files) write(join(folder, 'index', file), content);
  write(join(folder, 'index/Release'), release);
  write(join(folder, 'index/Release.gpg'), detachedSignature(key, release, time));
  write(join(folder, 'index/InRelease'), clearSigned(key, release, time));
  write(join(folder, 'index/key.pub'), armouredKey(keyring));
  write(join(folder, 'index/keyring.gpg'), keyring);
}

for (const part of ['pool', 'entries', 'index']) mkdirSync(join(folder, part), { recursive: true });
try {
  const made = [];
  for (const manifest of manifests) {
    const packages = cudaPackages(await readEntries(manifest));
    const added = packages.reduce((sum, one) => sum + makePackage(one), 0);
    made.push(`${manifest}: ${packages.length} CUDA packages served, ${added} of them new`);
  }
  if (!existsSync(join(folder, 'index/InRelease')) || manifests.length > 0) writeIndex();
  if (made.length > 0) console.log(made.join('\n'));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
