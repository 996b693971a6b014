import type { ImageConfiguration } from '@nx-image-matrix/container-test';
import { isObject } from '@nx-image-matrix/engine/unknown';

/** The configuration of an image, from what an engine reports (OCI image specification, "Image Configuration"). */
export function imageConfiguration(config: Readonly<Record<string, unknown>>): ImageConfiguration {
  const variables = texts(config['Env']).map((variable): [string, string] => {
    const sign = variable.indexOf('=');
    return sign < 0 ? [variable, ''] : [variable.slice(0, sign), variable.slice(sign + 1)];
  });
  return {
    environment: new Map(variables),
    labels: new Map(Object.entries(map(config['Labels'])).map(([name, value]) => [name, String(value)])),
    exposedPorts: Object.keys(map(config['ExposedPorts'])),
    volumes: Object.keys(map(config['Volumes'])),
    entrypoint: texts(config['Entrypoint']),
    cmd: texts(config['Cmd']),
    workdir: text(config['WorkingDir']),
    user: text(config['User']),
  };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
}

function map(value: unknown): Record<string, unknown> {
  return isObject(value) && !Array.isArray(value) ? value : {};
}
