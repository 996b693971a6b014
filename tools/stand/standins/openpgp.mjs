// The part of OpenPGP (RFC 4880) that an apt repository needs: one RSA key, a cleartext and a detached signature.
// Implemented here so that no gpg, and no agent of it, is needed.
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';

const RSA = 1;
const SHA512 = 10;
const BINARY = 0x00;
const TEXT = 0x01;
const POSITIVE_CERTIFICATION = 0x13;

const u16 = (number) => Buffer.from([number >> 8, number & 255]);
const u32 = (number) => {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32BE(number);
  return buffer;
};

// 4.2.2.3: a five-octet length is right for any size.
const packet = (tag, body) => Buffer.concat([Buffer.from([0xc0 | tag, 0xff]), u32(body.length), body]);
const subpacket = (type, body) => Buffer.concat([Buffer.from([body.length + 1, type]), body]);

function integer(bytes) {
  let start = 0;
  while (bytes[start] === 0) start++;
  const trimmed = bytes.subarray(start);
  return Buffer.concat([u16(trimmed.length * 8 - Math.clz32(trimmed[0]) + 24), trimmed]);
}

function crc24(bytes) {
  let crc = 0xb704ce;
  for (const byte of bytes) {
    crc ^= byte << 16;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x800000 ? (crc << 1) ^ 0x1864cfb : crc << 1;
  }
  return Buffer.from([(crc >> 16) & 255, (crc >> 8) & 255, crc & 255]).toString('base64');
}

function armoured(kind, bytes) {
  const lines = bytes
    .toString('base64')
    .match(/.{1,64}/g)
    .join('\n');
  return `-----BEGIN PGP ${kind}-----\n\n${lines}\n=${crc24(bytes)}\n-----END PGP ${kind}-----\n`;
}

/** A new key as JSON: `{pem, created}`, `created` in seconds since 1970. */
export function newKey() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 3072 });
  return { pem: privateKey.export({ type: 'pkcs8', format: 'pem' }), created: Math.floor(Date.now() / 1000) };
}

function publicBody({ pem, created }) {
  const { n, e } = createPublicKey(createPrivateKey(pem)).export({ format: 'jwk' });
  const numbers = [n, e].map((part) => integer(Buffer.from(part, 'base64url')));
  return Buffer.concat([Buffer.from([4]), u32(created), Buffer.from([RSA]), ...numbers]);
}

const framed = (body) => Buffer.concat([Buffer.from([0x99]), u16(body.length), body]);
const fingerprint = (key) =>
  createHash('sha1')
    .update(framed(publicBody(key)))
    .digest();

function signature(key, type, data, { time, flags = [] }) {
  const print = fingerprint(key);
  const hashed = Buffer.concat([
    subpacket(2, u32(time)),
    subpacket(33, Buffer.concat([Buffer.from([4]), print])),
    ...flags,
  ]);
  const head = Buffer.concat([Buffer.from([4, type, RSA, SHA512]), u16(hashed.length), hashed]);
  const signed = Buffer.concat([data, head, Buffer.from([4, 0xff]), u32(head.length)]);
  const unhashed = subpacket(16, print.subarray(12));
  const left = createHash('sha512').update(signed).digest().subarray(0, 2);
  return packet(
    2,
    Buffer.concat([head, u16(unhashed.length), unhashed, left, integer(sign('sha512', signed, key.pem))]),
  );
}

/** The public key with its name, as the bytes of a keyring. */
export function publicKey(key, name) {
  const user = Buffer.from(name);
  const data = Buffer.concat([framed(publicBody(key)), Buffer.from([0xb4]), u32(user.length), user]);
  const maySignAndCertify = subpacket(27, Buffer.from([0x03]));
  const prefersSha512 = subpacket(21, Buffer.from([SHA512]));
  const binding = signature(key, POSITIVE_CERTIFICATION, data, {
    time: key.created,
    flags: [maySignAndCertify, prefersSha512],
  });
  return Buffer.concat([packet(6, publicBody(key)), packet(13, user), binding]);
}

export const armouredKey = (keyring) => armoured('PUBLIC KEY BLOCK', keyring);

/** The output of `gpg --clear-sign`; no line of `text` may begin with a dash (7.1). */
export function clearSigned(key, text, time) {
  const canonical = text
    .trimEnd()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\r\n');
  const block = armoured('SIGNATURE', signature(key, TEXT, Buffer.from(canonical), { time }));
  return `-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n${text.trimEnd()}\n${block}`;
}

/** The output of `gpg --armor --detach-sign`. */
export const detachedSignature = (key, text, time) =>
  armoured('SIGNATURE', signature(key, BINARY, Buffer.from(text), { time }));
