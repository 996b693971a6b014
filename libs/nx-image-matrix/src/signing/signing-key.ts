import { statSync } from 'node:fs';
import { EngineError, hide, secretPath, variableOf } from '@nx-image-matrix/engine';
import { isKeyUri, isPrivateKey, type SigningKey } from '@nx-image-matrix/sign';
import { readRegularFile, UnreadableFile } from '../fs/read-file.ts';

/** Bytes of the file of a key. */
const LARGEST_KEY = 100_000;

type StoredKey = Exclude<SigningKey, { in: 'token' }>;

/**
 * The key of a variable that a manifest names: the key itself, the path of its file (relative to the workspace), or a
 * URI. Anybody who edits a manifest can name any variable, so a value that is none of these is neither shown nor used.
 * @throws EngineError `bad-key`
 */
export function readSigningKey(workspaceRoot: string, variable: string, environment: NodeJS.ProcessEnv): StoredKey {
  const value = variableOf(environment, variable)?.trim();
  if (!value) {
    throw new EngineError('bad-key', `the environment variable ${variable}, which \`sign\` names, is not set`, {
      hint: 'it holds a private key of cosign, the path of its file, or its URI in a key management service',
    });
  }
  if (isPrivateKey(value)) return textKey(value);
  if (isKeyUri(value)) return { in: 'service', uri: value };
  const path = pathOfKey(workspaceRoot, value);
  if (path !== undefined) return textKey(readKeyFile(path, variable));
  throw new EngineError('bad-key', `the value of the environment variable ${variable} is not a key for signatures`, {
    hint:
      'it holds a private key as `cosign generate-key-pair` writes it, the path of an existing file with one, or a URI ' +
      'such as awskms://, azurekms://, gcpkms://, gitlab://, hashivault:// or k8s://',
  });
}

/** Whether the value of a variable only says where the key is, so that it is not secret itself. */
export function isPlaceOfKey(workspaceRoot: string, value: string): boolean {
  return isKeyUri(value.trim()) || pathOfKey(workspaceRoot, value.trim()) !== undefined;
}

/** The absolute path, if a value is that of an existing file. */
export function pathOfKey(workspaceRoot: string, value: string): string | undefined {
  if (/[\n\0]/.test(value)) return undefined;
  const path = secretPath(value, workspaceRoot);
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() ? path : undefined;
  } catch {
    return undefined;
  }
}

function readKeyFile(path: string, variable: string): string {
  let text: string;
  try {
    text = readRegularFile(path, LARGEST_KEY).toString('utf8').trim();
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    throw new EngineError('bad-key', `the file of ${variable} cannot be read: ${error.message}`, { cause: error });
  }
  if (isPrivateKey(text)) return text;
  throw new EngineError('bad-key', `the file of ${variable} is not a private key of cosign`, {
    hint: 'name the file that `cosign generate-key-pair` or `cosign import-key-pair` has written, `cosign.key`',
  });
}

function textKey(pem: string): StoredKey {
  hide(pem);
  return { in: 'text', pem };
}
