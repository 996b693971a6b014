import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, afterEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { firstFree, isOurs } from '../lib/ports.mjs';

const stand = join(dirname(fileURLToPath(import.meta.url)), '..');
const engine = join(process.env.NX_IMAGE_MATRIX_STAND ?? '/var/lib/nx-image-matrix-stand', 'engine');
const options = { skip: !existsSync(join(engine, 'usr/bin/docker-registry')) && 'the stand has no registry program' };
const states = [];
const servers = [];

/** A state folder with the programs, and with the port of its registry. */
function newState(port) {
  const state = mkdtempSync(join(tmpdir(), 'stand-'));
  states.push(state);
  symlinkSync(engine, join(state, 'engine'));
  writeFileSync(join(state, 'engine-kind'), 'own\n');
  if (port) writeFileSync(join(state, 'settings'), `REGISTRY_PORT="${port}"\n`);
  mkdirSync(join(state, 'run'));
  return state;
}

/** Runs functions of the stand, like `stand` itself. */
async function inStand(state, script, environment = {}) {
  const prelude = `set -euo pipefail; STAND_DIR=${stand}
    for room in common process ports packages network engine registry images standins commands; do source "$STAND_DIR/lib/$room.sh"; done
    load_settings; make_state_folder; `;
  const env = { ...process.env, ...environment, NX_IMAGE_MATRIX_STAND: state };
  if (!environment.STAND_REGISTRY_PORT) delete env.STAND_REGISTRY_PORT;
  const { stdout, stderr } = await promisify(execFile)('bash', ['-c', prelude + script], { env });
  return { stdout: stdout.trim(), stderr };
}

const up = async (state, environment) =>
  (await inStand(state, 'apply_requested_ports; registry_up; save_settings; echo "$REGISTRY"', environment)).stdout;
const tokenOf = (state) => readFileSync(join(state, 'token'), 'utf8').trim();

/** Another program's registry, which accepts everything. */
function foreignRegistry(port, host = '127.0.0.1') {
  const requests = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    response.writeHead(200, { 'docker-distribution-api-version': 'registry/2.0' }).end('{}');
  });
  servers.push(server);
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen({ port, host, ipv6Only: host === '::' }, () => resolve({ port: server.address().port, requests }));
  });
}

afterEach(async () => {
  for (const state of states.splice(0)) {
    await inStand(state, 'registry_down');
    rmSync(state, { recursive: true });
  }
});
after(() => servers.forEach((server) => server.closeAllConnections() ?? server.close()));

test('the registry takes another port where its own is used by another registry', options, async () => {
  const { port, requests } = await foreignRegistry(0);
  const state = newState(port);
  const address = await up(state);
  assert.notEqual(address, `127.0.0.1:${port}`);
  assert.ok(await isOurs(address, tokenOf(state)));
  assert.deepEqual(requests, []);
  assert.equal(await up(state), address, 'a second call finds it');
});

test('a registry that was killed, and whose port another program took, is not up', options, async () => {
  const state = newState();
  const address = await up(state);
  process.kill(Number(readFileSync(join(state, 'run/registry.pid'), 'utf8')), 'SIGKILL');
  const port = Number(address.split(':')[1]);
  while (await answers(port)) await new Promise((resolve) => setTimeout(resolve, 10));
  await foreignRegistry(port);
  assert.equal((await inStand(state, 'registry_is_up && echo up || echo down')).stdout, 'down');
  assert.notEqual(await up(state), address);
});

test('a process number that another program got does not make its registry ours', options, async () => {
  const { port } = await foreignRegistry(0);
  const state = newState(port);
  writeFileSync(join(state, 'token'), 'a token\n');
  writeFileSync(join(state, 'run/registry.pid'), `${process.pid}\n`);
  assert.equal(
    (await inStand(state, 'registry_runs() { true; }; registry_is_up && echo up || echo down')).stdout,
    'down',
  );
});

test('a port that was asked for must be free', options, async () => {
  const { port } = await foreignRegistry(0);
  await assert.rejects(up(newState(), { STAND_REGISTRY_PORT: String(port) }), ({ stderr }) =>
    stderr.includes(`port ${port} is used by another program; unset STAND_REGISTRY_PORT`),
  );
  await assert.rejects(up(newState(), { STAND_REGISTRY_PORT: '5000x' }), /"5000x", which is not a port/);
});

test('two that start at once with one port get different ports', options, async () => {
  const port = await firstFree(31_000, 1000, ['127.0.0.1']);
  const both = await Promise.all([newState(port), newState(port)].map((state) => up(state)));
  assert.equal(new Set(both).size, 2);
});

test('a listener on IPv6 alone does not conflict', options, async (t) => {
  let port;
  try {
    ({ port } = await foreignRegistry(0, '::'));
  } catch {
    return t.skip('no IPv6 here');
  }
  assert.equal(await firstFree(port, 1, ['127.0.0.1']), port);
});

test('a server without the token, or one that does not answer, is not ours', async () => {
  const { port } = await foreignRegistry(0);
  assert.equal(await isOurs(`127.0.0.1:${port}`, 'a'), false);
  assert.equal(await isOurs(`127.0.0.1:${port}`, undefined), false);
  assert.equal(await isOurs('127.0.0.1:1', 'a'), false);
});

const answers = (port) =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true));
    socket.on('error', () => resolve(false)).unref();
  });
