// usage: server.mjs FOLDER TOKEN-FILE PORT ADDRESS...
// Serves the stand-ins below FOLDER: a Python index (PEP 503) at /simple/, NVIDIA's package repositories at /compute.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { basename, join } from 'node:path';
import { OWNER_HEADER } from '../lib/ports.mjs';

const [folder, tokenFile, port, ...addresses] = process.argv.slice(2);
const token = readFileSync(tokenFile, 'utf8').trim();

const html = (links) => ({ type: 'text/html', body: `<!DOCTYPE html><html><body>${links.join('\n')}</body></html>\n` });
const file = (...parts) => ({ type: 'application/octet-stream', body: readFileSync(join(folder, ...parts)) });
const moved = (location) => ({ status: 301, location, type: 'text/plain', body: '' });

// PEP 503: runs of -, _ and . are one dash.
const normalized = (name) => name.toLowerCase().replace(/[-_.]+/g, '-');

function projectPage(name) {
  const wheels = readdirSync(join(folder, 'pypi', name)).filter((wheel) => wheel.endsWith('.whl'));
  return html(
    wheels.map((wheel) => {
      const sum = createHash('sha256')
        .update(readFileSync(join(folder, 'pypi', name, wheel)))
        .digest('hex');
      return `<a href="/wheels/${name}/${wheel}#sha256=${sum}">${wheel}</a>`;
    }),
  );
}

function repositoryFile(name) {
  if (name.endsWith('.deb')) return file('cuda/pool', name);
  if (name.endsWith('.pub')) return file('cuda/index/key.pub');
  if (name.endsWith('.gpg') && name !== 'Release.gpg') return file('cuda/index/keyring.gpg');
  return file('cuda/index', name);
}

const routes = [
  [/^\/$/, () => ({ type: 'text/plain', body: 'stand-ins of nx-image-matrix: /simple/ and /compute\n' })],
  [
    /^\/simple\/?$/,
    () => html(readdirSync(join(folder, 'pypi')).map((name) => `<a href="/simple/${name}/">${name}</a>`)),
  ],
  [/^\/simple\/([^/]+)$/, (name) => moved(`/simple/${name}/`)],
  [/^\/simple\/([^/]+)\/$/, (name) => projectPage(normalized(name))],
  [/^\/wheels\/([^/]+)\/([^/]+)$/, (name, wheel) => file('pypi', basename(name), basename(wheel))],
  // The content is the same for every distribution.
  [
    /^\/compute\/(?:cuda|machine-learning)\/repos\/[^/]+\/x86_64\/(?:\.\/)?([^/]+)$/,
    (name) => repositoryFile(basename(name)),
  ],
];

function answer(path) {
  for (const [pattern, respond] of routes) {
    const match = pattern.exec(path);
    if (match) return respond(...match.slice(1));
  }
  return { status: 404, type: 'text/plain', body: 'not found\n' };
}

function handle(request, response) {
  let reply;
  try {
    reply = answer(decodeURIComponent(new URL(request.url, 'http://stand').pathname).replace(/\/+/g, '/'));
  } catch (error) {
    reply =
      error.code === 'ENOENT' || error instanceof URIError
        ? { status: 404, body: 'not found\n' }
        : { status: 500, body: `${error.message}\n` };
  }
  const { status = 200, type = 'text/plain', location, body } = reply;
  response.writeHead(status, {
    [OWNER_HEADER]: token,
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    ...(location && { location }),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
  console.log(`${request.socket.remoteAddress} ${request.method} ${request.url} ${status}`);
}

for (const address of addresses) {
  const server = createServer(handle);
  server.on('error', (error) => {
    console.error(error.message);
    process.exit(1);
  });
  server.listen(Number(port), address);
}
